"""Blocks of networks and of e-mail domains: kept from making accounts, or from every page."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Register the service, what the process keeps, the page and its views, and the guard before all pages."""
    from pyramid.i18n import TranslationStringFactory

    from feedsite.blocking.services import REMEMBERED, BlockService, Kept, block_service, not_over
    from feedsite.remembering import Remembered, remember
    from feedsite.security.permissions import Permission

    _ = TranslationStringFactory("feedsite")
    remember(config.registry, REMEMBERED, Remembered(not_over, Kept()))
    config.register_service_factory(block_service, BlockService)
    # Inside of what counts and logs requests, outside of their transactions.
    config.add_tween(
        "feedsite.blocking.guard.blocks_tween",
        under="feedsite.observability.observe_tween",
        over=("pyramid_tm.tm_tween_factory", "pyramid.tweens.excview_tween_factory"),
    )
    config.add_admin_page(
        "admin.blocks",
        _("Blocks"),
        Permission.ADMINISTER,
        order=400,
        about=_("Networks and e-mail domains that are kept out."),
    )
    config.scan(".views")
