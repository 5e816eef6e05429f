"""What much happened to lately, as the page that explores shows it."""

from __future__ import annotations

from typing import Any

from babel.numbers import format_decimal
from markupsafe import Markup
from pyramid.i18n import TranslationStringFactory

from feedsite.feeds import Entity, Group
from feedsite.posts.presenters import note_url
from feedsite.posts.rendering import excerpt
from feedsite.posts.services import NoteService
from feedsite.timelines.services import Timeline
from feedsite.web.plurals import counted
from feedsite.web.presenting import TrendView

_ = TranslationStringFactory("feedsite")

_LENGTH = 60
_LINK = Markup('<a href="{}">{}</a>')


def trend_views(request: Any, trends: Timeline) -> tuple[TrendView, ...]:
    """The things of a page of trends, less the notes that the reader may not see. One statement, if there are notes."""
    notes = trends.notes.values()
    readable = request.find_service(NoteService).readable(notes, request.identity) if notes else set()
    shown = ((group, _heading(request, trends, group.value, readable)) for group in trends.page.groups)
    return tuple(TrendView(heading, _count(request, group)) for group, heading in shown if heading is not None)


def _heading(request: Any, trends: Timeline, thing: Any, readable: set[str]) -> Markup | None:
    assert isinstance(thing, Entity)
    if thing.type == "tag":
        return _LINK.format(request.route_path("timelines.tag", tag=thing.id), f"#{thing.id}")
    note = trends.notes.get(thing.key)
    author = None if note is None else trends.people.get(note.author.key)
    if note is None or author is None or thing.key not in readable:
        return None
    said = {"name": author.name, "text": excerpt(note.text, _LENGTH)}
    text = request.localizer.translate(_("A note by ${name}: ${text}"), mapping=said)
    return _LINK.format(note_url(request, note, author), text)


def _count(request: Any, group: Group) -> str:
    return counted(
        request,
        "${count} activity",
        "${count} activities",
        group.total,
        count=format_decimal(group.total, locale=request.locale_name),
    )
