"""How one's account stands, a word about that from its owner, and those who answer it."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Register the service, the page of the administration, and the views."""
    from pyramid.i18n import TranslationStringFactory

    from feedsite.appeals.services import AppealService, appeal_service
    from feedsite.security.permissions import Permission

    _ = TranslationStringFactory("feedsite")
    config.register_service_factory(appeal_service, AppealService)
    config.add_admin_page(
        "admin.appeals",
        _("Appeals"),
        Permission.MODERATE,
        order=210,
        about=_("What people say to warnings, limits and suspensions, and the answers."),
        count=_waiting,
    )
    config.scan(".views")
    config.scan(".admin_views")


def _waiting(request: Any) -> int:
    from feedsite.appeals.services import AppealService

    return int(request.find_service(AppealService).count_waiting())
