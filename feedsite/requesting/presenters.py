"""Requests to follow as templates show them, and what is said of their answers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pyramid.i18n import TranslationStringFactory

from feedsite.accounts.models import Person
from feedsite.accounts.services import PeopleService
from feedsite.db import utcnow
from feedsite.keyset import Rows
from feedsite.requesting.models import FollowRequest
from feedsite.requesting.services import COUNTED, FollowRequestService
from feedsite.timelines.people import person_views
from feedsite.web.places import Cursors
from feedsite.web.plurals import counted
from feedsite.web.presenting import ActionView, LinkView, PersonView, TimeView
from feedsite.web.wording import time_view

_ = TranslationStringFactory("feedsite")


@dataclass(frozen=True, slots=True)
class RequestView:
    """Somebody who asks to follow the reader: since when, and the two answers, which carry `id`."""

    id: str
    person: PersonView
    time: TimeView
    accept: ActionView
    decline: ActionView


@dataclass(frozen=True, slots=True)
class RequestListView:
    """A page of them; the links are those of TimelineView.

    Attributes:
        accept_all: accepts everybody on the page; None where that is one or nobody.
        open: the reader approves nobody now: everybody can follow them.
    """

    requests: tuple[RequestView, ...]
    accept_all: ActionView | None
    open: bool
    older_url: str
    newer_url: str
    first_url: str


def request_list(request: Any, page: Rows[FollowRequest], cursors: Cursors) -> RequestListView:
    """A page of requests. As many statements whatever their number."""
    people = request.find_service(PeopleService).by_ids(row.requester_id for row in page.rows)
    rows = [row for row in page.rows if row.requester_id in people]
    views = person_views(request, [people[row.requester_id] for row in rows])
    shown = tuple(_request_view(request, *pair) for pair in zip(rows, views, strict=True))
    urls = cursors.urls(page)
    return RequestListView(
        shown,
        _accept_all(request, shown) if len(shown) > 1 else None,
        open=not request.identity.locked,
        older_url=urls["next"],
        newer_url=urls["previous"],
        first_url=urls["first"],
    )


def _request_view(request: Any, row: FollowRequest, person: PersonView) -> RequestView:
    translate, path, name = request.localizer.translate, request.route_path, {"name": person.name}
    accept = translate(_("Accept: ${name} may follow you"), mapping=name)
    decline = translate(_("Decline the request of ${name}"), mapping=name)
    return RequestView(
        row.requester_id,
        person,
        time_view(row.asked, utcnow(), request.zone, request.locale_name),
        ActionView("accept", accept, path("requesting.accept"), text=translate(_("Accept"))),
        ActionView("decline", decline, path("requesting.decline"), text=translate(_("Decline"))),
    )


def _accept_all(request: Any, shown: Sequence[RequestView]) -> ActionView:
    count = len(shown)
    text = counted(request, "Accept ${count} on this page", "Accept all ${count} on this page", count)
    fields = tuple(("request", one.id) for one in shown)
    return ActionView("accept", text, request.route_path("requesting.accept"), text=text, fields=fields)


def waiting_link(request: Any) -> LinkView | None:
    """How many ask to follow the reader, with the way to them; None where nobody does, or the reader approves nobody.

    One statement for who approves followers; none for others.
    """
    if request.identity is None or not request.identity.locked:
        return None
    count = request.find_service(FollowRequestService).count(request.identity.id)
    if not count:
        return None
    said = f"{COUNTED - 1}+" if count >= COUNTED else str(count)
    text = counted(
        request, "${count} person asks to follow you", "${count} people ask to follow you", count, count=said
    )
    return LinkView(text, request.route_path("requesting.list"))


def accepted_sentence(request: Any, people: Sequence[Person]) -> str:
    """What came of accepting."""
    if not people:
        return _gone(request)
    if len(people) == 1:
        said: str = request.localizer.translate(_("${name} follows you now."), mapping={"name": people[0].name})
        return said
    return counted(request, "${count} person follows you now.", "${count} people follow you now.", len(people))


def declined_sentence(request: Any, count: int) -> str:
    """What came of declining."""
    if not count:
        return _gone(request)
    return counted(
        request,
        "${count} request is declined. Nobody is told.",
        "${count} requests are declined. Nobody is told.",
        count,
    )


def _gone(request: Any) -> str:
    said: str = request.translate(_("There is no such request any more: it was taken back, or answered already."))
    return said
