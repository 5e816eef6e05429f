"""Changing a note that was written, with its earlier versions; and drafts that survive an expired login."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Register the service and find the views."""
    from feedsite.editing.services import EditService, edit_service

    config.register_service_factory(edit_service, EditService)
    config.add_personal_data("editing", tables=("note_versions",))
    config.scan(".views")
