"""The page that says how the site stands: database, search cluster, mails, jobs, versions, settings."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Register the service, the page, and the jobs that every site has; have their runs noted."""
    from pyramid.i18n import TranslationStringFactory

    from feedsite.indexing.process import index_of
    from feedsite.mail.process import mail_of
    from feedsite.security.permissions import Permission
    from feedsite.system.jobs import add_job, jobs_of
    from feedsite.system.services import SystemService, system_service

    _ = TranslationStringFactory("feedsite")
    config.add_directive("add_job", add_job)
    config.register_service_factory(system_service, SystemService)
    config.add_job("mail", _("Sending mails"), command="feedsite mail deliver")
    config.add_job("digests", _("Writing digests of notifications"), command="feedsite mail digests")
    mail_of(config.registry).told = jobs_of(config.registry).teller("mail")
    index = index_of(config.registry)
    if index is not None:
        config.add_job("delivery", _("Delivering to the search index"), command="feedsite index deliver")
        index.deliverer.told = jobs_of(config.registry).teller("delivery")
    config.add_admin_page(
        "admin.system",
        _("System"),
        Permission.ADMINISTER,
        order=900,
        about=_("How the site stands: database, search cluster, mails, jobs, versions and settings."),
    )
    config.scan(".views")
