"""Who follows whom, who watches what, who has muted whom."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Register the service and find the views."""
    from feedsite.graph.services import GraphService, graph_service

    config.register_service_factory(graph_service, GraphService)
    config.scan(".views")
