"""ActivityStreams of the public lists, of people, notes and acts. Whoever asks, they say what everybody may see."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPFound, HTTPNotFound
from pyramid.response import Response
from pyramid.view import view_config

from feedsite.accounts.models import Person
from feedsite.accounts.services import PeopleService
from feedsite.feeds import Manager, Page
from feedsite.feedsout.activitystreams import CONTENT_TYPE, ActivityWriter, Thing, person_thing, written
from feedsite.feedsout.addresses import Addresses
from feedsite.feedsout.answers import answer, fingerprint
from feedsite.feedsout.entries import EntryWriter
from feedsite.feedsout.material import Material, material
from feedsite.feedsout.sources import Source, person_source, source_of
from feedsite.posts.finding import note_of, url_of
from feedsite.security.policy import act_as
from feedsite.timelines.people import person_of
from feedsite.timelines.services import TimelineService
from feedsite.web.cursors import cursor_from


def _read(request: Any, page: Page) -> Material:
    return material(request, request.find_service(TimelineService).of(page))


# -- lists -----------------------------------------------------------------------------------------------------------


@view_config(route_name="feedsout.profile_outbox", request_method="GET")
@view_config(route_name="feedsout.tag_outbox", request_method="GET")
@view_config(route_name="feedsout.thing_outbox", request_method="GET")
@view_config(route_name="feedsout.public_outbox", request_method="GET")
@view_config(route_name="timelines.tag", request_method="GET", wants_activity=True)
@view_config(route_name="timelines.thing", request_method="GET", wants_activity=True)
@view_config(route_name="timelines.explore", request_method="GET", wants_activity=True)
def outbox(request: Any) -> Response:
    """A public list: where its first page is, or with ``?page=`` or a cursor a page of it."""
    act_as(request, None)
    source, cursor = source_of(request), cursor_from(request)
    is_whole = cursor is None and "page" not in request.GET
    if is_whole and not source.needs_acts:
        return _thing_answer(request, _collection(source))
    page = request.find_service(Manager).get_page(source.aggregator, cursor)
    source.check(page, cursor)
    if is_whole:
        return _thing_answer(request, _collection(source))
    made = _read(request, page)
    return answer(
        request,
        lambda: written(_page(request, source, made)),
        content_type=CONTENT_TYPE,
        tag=made.fingerprint("activity", source.urls["outbox"], cursor, request.locale_name),
        modified=made.modified(),
    )


def _collection(source: Source) -> Thing:
    outbox = source.urls["outbox"]
    return {"id": outbox, "type": "OrderedCollection", "name": source.title, "first": f"{outbox}?page=1"}


def _page(request: Any, source: Source, made: Material) -> Thing:
    at, outbox, page = Addresses(request).at, source.urls["outbox"], made.page
    cursor = cursor_from(request)
    thing: Thing = {
        "id": f"{outbox}?page=1" if cursor is None else at(outbox, cursor=cursor),
        "type": "OrderedCollectionPage",
        "partOf": outbox,
    }
    if page.next is not None:
        thing["next"] = at(outbox, cursor=page.next)
    if page.previous is not None:
        thing["prev"] = at(outbox, cursor=page.previous)
    return {**thing, "orderedItems": ActivityWriter(request, made).acts()}


# -- people ----------------------------------------------------------------------------------------------------------


@view_config(route_name="timelines.profile", request_method="GET", wants_activity=True)
def actor(request: Any) -> Response:
    """Somebody as an actor."""
    act_as(request, None)
    return _person(request, person_of(request))


@view_config(route_name="feedsout.person", request_method="GET")
def person(request: Any) -> Response:
    """Somebody's address for good: the actor, or the way to their page."""
    act_as(request, None)
    found = request.find_service(PeopleService).by_id(request.matchdict["person_id"])
    if found is None or not found.is_shown:
        raise HTTPNotFound
    return HTTPFound(request.route_path("timelines.profile", handle=found.handle))


@view_config(route_name="feedsout.person", request_method="GET", wants_activity=True)
def person_document(request: Any) -> Response:
    """Somebody as an actor, by their address for good."""
    act_as(request, None)
    found = request.find_service(PeopleService).by_id(request.matchdict["person_id"])
    if found is None or not found.is_shown:
        raise HTTPNotFound
    return _person(request, found)


def _person(request: Any, found: Person) -> Response:
    thing = person_thing(request, found, person_source(request, found).urls["outbox"])
    return _thing_answer(request, thing)


# -- notes -----------------------------------------------------------------------------------------------------------


@view_config(route_name="feedsout.note", request_method="GET")
def note(request: Any) -> Response:
    """A note's address for good: the way to its page."""
    act_as(request, None)
    return HTTPFound(url_of(request, note_of(request)))


@view_config(route_name="feedsout.note", request_method="GET", wants_activity=True)
@view_config(route_name="posts.note", request_method="GET", wants_activity=True)
def note_document(request: Any) -> Response:
    """A note as an object, for whoever may read it: everybody."""
    act_as(request, None)
    found = note_of(request)
    writing = request.find_service(Manager).get_activity(found.act_id)
    if writing is None:
        raise HTTPNotFound
    made = _read(request, Page("activities", (writing,)))
    return answer(
        request,
        lambda: written(ActivityWriter(request, made).note(found)),
        content_type=CONTENT_TYPE,
        tag=made.fingerprint("note"),
        modified=made.modified(),
    )


# -- acts ------------------------------------------------------------------------------------------------------------


@view_config(route_name="feedsout.act", request_method="GET")
def act(request: Any) -> Response:
    """An act's address for good: the way to the page that shows it."""
    act_as(request, None)
    made = _act(request)
    (entry,) = EntryWriter(request, made).acts(made.items())
    return HTTPFound(entry.url)


@view_config(route_name="feedsout.act", request_method="GET", wants_activity=True)
def act_document(request: Any) -> Response:
    """An act, by its address for good."""
    act_as(request, None)
    made = _act(request)
    return answer(
        request,
        lambda: written(ActivityWriter(request, made).acts()[0]),
        content_type=CONTENT_TYPE,
        tag=made.fingerprint("act", request.locale_name),
        modified=made.modified(),
    )


def _act(request: Any) -> Material:
    feeds, act_id = request.find_service(Manager), request.matchdict["act_id"]
    found = feeds.get_activity(act_id) if feeds.readable([act_id], None) else None
    made = None if found is None else _read(request, Page("activities", (found,)))
    if made is None or not made.items():
        raise HTTPNotFound
    return made


def _thing_answer(request: Any, thing: Thing) -> Response:
    document = written(thing)
    return answer(request, lambda: document, content_type=CONTENT_TYPE, tag=fingerprint(document))
