"""The page of any thing that acts are about, by its type and id: those that have no better address of their own."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPFound, HTTPNotFound

from feedsite.accounts.services import PeopleService
from feedsite.feeds import Entity, Manager
from feedsite.feeds.activity import RESERVED
from feedsite.feeds.errors import InvalidIdentifier
from feedsite.graph.presenters import watch_thing
from feedsite.posts.models import Note
from feedsite.posts.presenters import note_url
from feedsite.posts.text import tag_name
from feedsite.timelines.services import Timeline
from feedsite.web.presenting import TagView
from feedsite.web.wording import compact

#: Types of the site's own that are no things to anybody.
_INNER = RESERVED | {"shares"}


def thing_of(request: Any) -> Entity:
    """The thing that an address names.

    Raises HTTPNotFound where it names none, and HTTPFound where the thing has a page of another address.
    """
    try:
        entity = Entity(request.matchdict["type"], request.matchdict["id"])
    except InvalidIdentifier:
        raise HTTPNotFound from None
    if entity.type in _INNER:
        raise HTTPNotFound
    if entity.type in ("person", "note", "tag"):
        raise HTTPFound(_own_page(request, entity))
    return entity


def _own_page(request: Any, entity: Entity) -> str:
    """The address of a person, a note or a tag. Raises HTTPNotFound."""
    people = request.find_service(PeopleService)
    if entity.type == "tag":
        name = tag_name(entity.id)
        if name is not None:
            return str(request.route_path("timelines.tag", tag=name))
    if entity.type == "person":
        person = people.by_id(entity.id)
        if person is not None and person.is_shown:
            return str(request.route_path("timelines.profile", handle=person.handle))
    if entity.type == "note":
        note = request.dbsession.get(Note, entity.id)
        author = None if note is None else people.by_id(note.author_id)
        # Who may not see it is told so by its page.
        if author is not None:
            return note_url(request, note, author)
    raise HTTPNotFound


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
    watchers = request.find_service(Manager).count_followers(entity, kinds=("watch",))
    said = request.localizer.pluralize(
        "${count} person watches it",
        "${count} people watch it",
        watchers,
        domain="feedsite",
        mapping={"count": compact(watchers, request.locale_name)},
    )
    return TagView(name, thing_path(request, entity), said, watch_thing(request, entity, name))


def thing_path(request: Any, entity: Entity) -> str:
    """The address of a thing's page."""
    return str(request.route_path("timelines.thing", type=entity.type, id=entity.id))
