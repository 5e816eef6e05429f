"""Links as rows of a list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from pyramid.i18n import TranslationStringFactory

from feedsite.db import utcnow
from feedsite.feeds import Entity
from feedsite.feeds.activity import RESERVED
from feedsite.feeds.order import instant
from feedsite.feeds.stores.base import LinkRow
from feedsite.links.services import WEIGHTS, Links, Taken
from feedsite.posts.presenters import note_url
from feedsite.posts.rendering import excerpt
from feedsite.web.plurals import counted
from feedsite.web.presenting import ChoiceView, TimeView
from feedsite.web.wording import time_view

_ = TranslationStringFactory("feedsite")

_WEIGHT_WORDS = {
    0.25: _("Much less"),
    0.5: _("Less"),
    1.0: _("As others"),
    2.0: _("More"),
    4.0: _("Much more"),
}
_ICONS = {"person": "user", "tag": "tag", "note": "reply", "shares": "share", "word": "pen", "project": "folder"}


@dataclass(frozen=True, slots=True)
class LinkRowView:
    """A link.

    Attributes:
        key: what it leads to, as forms call it.
        name: what people call that; `url` is where it is, empty where nowhere.
        kind: what is done: "Following", "Watching", "Muted", "Blocked".
        since, until: when it began, and ends by itself.
        weights: the weights there are; empty where it has none.
        mute: it is a mute, and may end at another time.
    """

    key: str
    icon: str
    name: str
    url: str
    kind: str
    since: TimeView
    until: TimeView | None = None
    weights: tuple[ChoiceView, ...] = ()
    handle: str = ""
    mute: bool = False


class LinkPresenter:
    """Shows the links of a page to their holder. No statement."""

    def __init__(self, request: Any, links: Links) -> None:
        self._request, self._links = request, links

    def rows(self, *, weighed: bool = False) -> tuple[LinkRowView, ...]:
        """The links; with `weighed` what their weight may be."""
        return tuple(self._row(row, weighed) for row in self._links.page.links)

    def _row(self, row: LinkRow, weighed: bool) -> LinkRowView:
        name, url = self._named(row.entity)
        person = self._links.people.get(Entity("person", row.entity.id).key)
        kinds = {"follow": _("Following"), "watch": _("Watching"), "mute": _("Muted"), "block": _("Blocked")}
        return LinkRowView(
            key=row.entity.key,
            icon=_ICONS.get(row.entity.type, "leaf"),
            name=name,
            url=url,
            kind=self._request.translate(kinds[row.kind]),
            since=self._time(row.since),
            until=None if row.until is None else self._time(row.until),
            weights=self._weights(row.weight) if weighed else (),
            mute=row.kind == "mute",
            handle=person.handle if person is not None and row.entity.type == "person" else "",
        )

    def _time(self, ms: int) -> TimeView:
        return time_view(instant(ms), utcnow(), self._request.zone, self._request.locale_name)

    def _weights(self, weight: float) -> tuple[ChoiceView, ...]:
        # A weight that came with a table may be any other: it is shown as it is, and kept until another is chosen.
        known = sorted({*WEIGHTS, weight})
        words = {value: self._request.translate(_WEIGHT_WORDS.get(value, f"{value:g}")) for value in known}
        return tuple(ChoiceView(f"{value:g}", words[value], value == weight) for value in known)

    def _named(self, entity: Entity) -> tuple[str, str]:
        request = self._request
        if entity.type in ("person", "shares"):
            person = self._links.people.get(Entity("person", entity.id).key)
            if person is None:
                return request.translate(_("Somebody")), ""
            url = request.route_path("timelines.profile", handle=person.handle)
            if entity.type == "person":
                return person.name, url
            return request.localizer.translate(_("What ${name} shares"), mapping={"name": person.name}), url
        if entity.type == "tag":
            return f"#{entity.id}", request.route_path("timelines.tag", tag=entity.id)
        if entity.type == "note":
            return self._thread(entity)
        if entity.type in RESERVED:
            return entity.id, ""
        url = "" if "/" in entity.id else request.route_path("timelines.thing", type=entity.type, id=entity.id)
        return f"{entity.type} {entity.id}", url

    def _thread(self, entity: Entity) -> tuple[str, str]:
        note = self._links.notes.get(entity.key)
        author = None if note is None else self._links.people.get(note.author.key)
        if note is None or author is None or note.deleted is not None:
            return self._request.translate(_("A thread")), ""
        parts = {"name": author.name, "text": excerpt(note.text, 60)}
        # What is muted cannot be read, and its text is not shown here either.
        readable = entity.key in self._links.readable
        message = _("A thread by ${name}: ${text}") if readable else _("A thread by ${name}")
        url = note_url(self._request, note, author)
        return self._request.localizer.translate(message, mapping=parts), url


def term_views(request: Any) -> tuple[ChoiceView, ...]:
    """How long a mute may last."""
    terms = (("", _("For good")), ("hour", _("For an hour")), ("day", _("For a day")), ("week", _("For a week")))
    return tuple(ChoiceView(value, request.translate(text), not value) for value, text in terms)


def taken_sentences(request: Any, taken: Taken) -> Iterable[str]:
    """What came of a table, as sentences."""
    yield counted(request, "${count} link is new.", "${count} links are new.", taken.added)
    if taken.asked:
        yield counted(
            request,
            "${count} person approves who follows them, and was asked.",
            "${count} people approve who follows them, and were asked.",
            taken.asked,
        )
    if taken.known:
        yield counted(request, "${count} was there already.", "${count} were there already.", taken.known)
    for number, message in taken.refused[:_NAMED]:
        why = {"number": number, "why": request.translate(message)}
        yield request.localizer.translate(_("Line ${number} was passed over: ${why}"), mapping=why)
    more = len(taken.refused) - _NAMED
    if more > 0:
        yield counted(request, "${count} more line was passed over.", "${count} more lines were passed over.", more)


_NAMED = 5
