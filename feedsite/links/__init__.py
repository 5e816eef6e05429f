"""One's links, on pages of their own: what is followed and watched, with weights; what is muted and blocked."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Register the service and find the views."""
    from feedsite.links.services import LinkService, link_service

    config.register_service_factory(link_service, LinkService)
    config.scan(".views")
