"""Whom a reader could follow, and why."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Register the service and find the views."""
    from feedsite.suggestions.services import SuggestionService, suggestion_service

    config.register_service_factory(suggestion_service, SuggestionService)
    config.add_personal_data("suggestions", tables=("dismissals",))
    config.scan(".views")
