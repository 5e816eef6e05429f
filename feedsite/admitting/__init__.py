"""Who joins a site that is not open to everybody: the queue of those who wait, and invitations."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Register the service, the pages of the administration, and the views."""
    from pyramid.i18n import TranslationStringFactory

    from feedsite.admitting.services import AdmissionService, admission_service
    from feedsite.security.permissions import Permission

    _ = TranslationStringFactory("feedsite")
    config.register_service_factory(admission_service, AdmissionService)
    config.add_admin_page(
        "admin.joining",
        _("Sign-ups"),
        Permission.MODERATE,
        order=220,
        about=_("Who waits to be let in."),
        count=_waiting,
    )
    config.add_admin_page(
        "admin.invitations",
        _("Invitations"),
        Permission.MODERATE,
        order=230,
        about=_("Invite people to join, and see who did."),
    )
    config.scan(".views")
    config.scan(".invitation_views")


def _waiting(request: Any) -> int:
    from feedsite.accounts.services import JoiningService

    return int(request.find_service(JoiningService).count_waiting())
