"""The search index as the site runs it: one client and one deliverer a process, and the page that shows how it stands.

Without `feedsite.store = elasticsearch` there is none of it, and the page says so.
"""

from __future__ import annotations

from typing import Any

from pyramid.i18n import TranslationStringFactory

from feedsite.security.permissions import Permission

_ = TranslationStringFactory("feedsite")


def includeme(config: Any) -> None:
    """Register the service and the page; start the deliverer with the first request."""
    from feedsite.indexing.services import IndexService, index_service

    config.register_service_factory(index_service, IndexService)
    if config.registry.get("feedsite.index") is not None:
        config.add_subscriber("feedsite.indexing.process.start_delivering", "pyramid.events.NewRequest")
        config.add_admin_page(
            "admin.index",
            _("Search index"),
            Permission.ADMINISTER,
            order=920,
            about=_("How the search index stands, what waits for it, and what it refused."),
        )
    config.scan(".views")
