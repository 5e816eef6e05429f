"""Reports: people tell those who look after the site about notes and accounts, who answer each of them."""

from __future__ import annotations

from typing import Any


def _unanswered(request: Any) -> int:
    """How many reports wait, at most a hundred."""
    from feedsite.reporting.services import ReportService

    return int(request.find_service(ReportService).count_unanswered(100))


def includeme(config: Any) -> None:
    """Register the service, the page of the administration, and the views."""
    from pyramid.i18n import TranslationStringFactory

    from feedsite.reporting.services import ReportService, report_service
    from feedsite.security.permissions import Permission

    _ = TranslationStringFactory("feedsite")
    config.register_service_factory(report_service, ReportService)
    config.add_personal_data(
        "reporting", tables=("reports",), erase=lambda find, who: find(ReportService).forget(who.key)
    )
    config.add_admin_page(
        "admin.reports",
        _("Reports"),
        Permission.MODERATE,
        order=200,
        about=_("What people say about notes and accounts, and the answers."),
        count=_unanswered,
    )
    config.scan(".views")
    config.scan(".admin_views")
