"""The page of any thing that acts are about, by its type and id: those that have no better address of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyramid.httpexceptions import HTTPFound, HTTPNotFound

from feedsite.accounts.services import PeopleService
from feedsite.feeds import Entity, Manager
from feedsite.feeds.activity import RESERVED
from feedsite.feeds.errors import InvalidIdentifier
from feedsite.graph.presenters import watch_thing
from feedsite.posts.finding import url_of
from feedsite.posts.services import NoSuchNote, NoteDeleted, NoteService
from feedsite.posts.text import tag_name
from feedsite.timelines.services import Timeline
from feedsite.web.plurals import counted
from feedsite.web.presenting import TagView
from feedsite.web.wording import compact

#: Types of the site's own that are no things to anybody.
_INNER = RESERVED | {"shares"}


def thing_of(request: Any) -> Entity:
    """The thing that an address names. Raises HTTPNotFound where it names none, or one with an address of its own."""
    try:
        entity = Entity(request.matchdict["type"], request.matchdict["id"])
    except InvalidIdentifier:
        raise HTTPNotFound from None
    if entity.type in _INNER or entity.type in _ELSEWHERE:
        raise HTTPNotFound
    return entity


def lead_elsewhere(request: Any) -> None:
    """Raise HTTPFound, with the address of its page, where a person, a note or a tag is asked for that the reader may
    see: a handle changes, so that it is no address for good."""
    make = _ELSEWHERE.get(request.matchdict["type"])
    found = None if make is None else make(request, request.matchdict["id"])
    if found is not None:
        raise HTTPFound(found)


def _person_page(request: Any, person_id: str) -> str | None:
    person = request.find_service(PeopleService).by_id(person_id)
    if person is None or not person.is_shown:
        return None
    return str(request.route_path("timelines.profile", handle=person.handle))


def _note_page(request: Any, note_id: str) -> str | None:
    try:
        note = request.find_service(NoteService).find(note_id, request.identity)
    except (NoSuchNote, NoteDeleted):
        # Whose it is, or that there is one, is told to nobody who may not see it.
        return None
    return url_of(request, note)


def _tag_page(request: Any, tag: str) -> str | None:
    name = tag_name(tag)
    return None if name is None else str(request.route_path("timelines.tag", tag=name))


#: Types whose things have pages of other addresses.
_ELSEWHERE: dict[str, Callable[[Any, str], str | None]] = {
    "person": _person_page,
    "note": _note_page,
    "tag": _tag_page,
}


def name_of(entity: Entity, timeline: Timeline) -> str:
    """What its newest act calls it; else its type and id."""
    for item in timeline.page.items:
        for role, end in (("object", item.object), ("target", item.target), ("origin", item.origin)):
            name = (item.extras.get(role) or {}).get("name")
            if end == entity and isinstance(name, str) and name.split():
                return " ".join(name.split())
    return f"{entity.type} {entity.id}"


def expect_thing_view(request: Any, entity: Entity) -> None:
    """Say that the head of a thing's page will be asked for soon."""
    request.find_service(Manager).expect(lambda feeds: feeds.count_followers(entity, kinds=("watch",)))


def thing_view(request: Any, entity: Entity, name: str) -> TagView:
    """A thing with how many watch it, and the button that watches it."""
    return TagView(name, thing_path(request, entity), watched(request, entity), watch_thing(request, entity, name))


def watched(request: Any, entity: Entity) -> str:
    """How many watch a thing, as a sentence."""
    watchers = request.find_service(Manager).count_followers(entity, kinds=("watch",))
    shown = compact(watchers, request.locale_name)
    return counted(request, "${count} person watches it", "${count} people watch it", watchers, count=shown)


def thing_path(request: Any, entity: Entity) -> str:
    """The address of a thing's page."""
    return str(request.route_path("timelines.thing", type=entity.type, id=entity.id))
