"""Notes and replies: writing, reading, deleting them, liking and sharing them."""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Register the service and find the views."""
    from feedsite.posts.forgetting import NoteForgetter, note_forgetter
    from feedsite.posts.services import NoteService, note_service

    config.register_service_factory(note_service, NoteService)
    config.register_service_factory(note_forgetter, NoteForgetter)
    config.add_personal_data("posts", tables=("notes",), erase=lambda find, who: find(NoteForgetter).forget(who))
    config.scan(".views")
