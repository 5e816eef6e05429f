"""Opening a thread reads the notifications about what stands on its page."""

from __future__ import annotations

from typing import Any

from feedsite.feeds import Page
from feedsite.notifications.services import NotificationService
from feedsite.posts.models import Note


def announce_thread(request: Any, note: Note) -> None:
    """Have the reader's New groups of the note's thread fetched along with its page."""
    if request.identity is not None:
        service = request.find_service(NotificationService)
        service.expect(service.new_in_thread(request.identity.entity, note.root))


def thread_was_opened(request: Any, note: Note, page: Page) -> None:
    """Mark as read what was done to the note, and to those on the page of its thread."""
    if request.identity is None:
        return
    service, reader = request.find_service(NotificationService), request.identity.entity
    shown = {note.key, *(item.object.key for item in page.items)}
    groups = service.groups(service.new_in_thread(reader, note.root))
    service.opened(reader, [group for group in groups if group.item.object.key in shown])
