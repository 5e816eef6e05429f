"""What readers keep of notes: bookmarks, which nobody else sees, and the note that stands on top of one's profile."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Register the service and find the views."""
    from feedsite.keeping.services import KeepingService, keeping_service

    config.register_service_factory(keeping_service, KeepingService)
    config.add_personal_data("keeping", tables=("bookmarks", "pins"))
    config.scan(".views")
