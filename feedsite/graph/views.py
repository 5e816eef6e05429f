"""Following and muting people, watching tags: buttons on many pages, which they return to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyramid.httpexceptions import HTTPForbidden, HTTPNotFound
from pyramid.i18n import TranslationStringFactory
from pyramid.response import Response
from pyramid.view import view_config

from feedsite.accounts.models import Person
from feedsite.accounts.services import PeopleService
from feedsite.feeds import Entity, Manager
from feedsite.graph.services import GraphService, LinkRefused
from feedsite.posts.acts import shares_of
from feedsite.posts.text import tag_name
from feedsite.security.permissions import Permission
from feedsite.security.throttle import Throttle
from feedsite.timelines.feeds import thing_acts
from feedsite.timelines.things import thing_of, thing_path
from feedsite.web.redirects import see_other

_ = TranslationStringFactory("feedsite")


@view_config(route_name="graph.follow", request_method="POST", permission=Permission.FOLLOW)
def follow(request: Any) -> Response:
    """Follow somebody, or ask to."""
    return _with_person(request, GraphService.follow)


@view_config(route_name="graph.unfollow", request_method="POST", permission=Permission.FOLLOW)
def unfollow(request: Any) -> Response:
    """Stop following somebody, or asking to."""
    return _with_person(request, GraphService.unfollow)


@view_config(route_name="graph.mute", request_method="POST", permission=Permission.ARRANGE)
def mute(request: Any) -> Response:
    """See nothing more of somebody."""
    return _with_person(
        request,
        lambda graph, me, person: graph.mute(me, Entity("person", person.id)),
        _("You see nothing more of ${name}. You can take that back on their profile."),
    )


@view_config(route_name="graph.unmute", request_method="POST", permission=Permission.ARRANGE)
def unmute(request: Any) -> Response:
    """See somebody again."""
    return _with_person(
        request,
        lambda graph, me, person: graph.unmute(me, Entity("person", person.id)),
        _("You see ${name} again."),
    )


@view_config(route_name="graph.block", request_method="POST", permission=Permission.ARRANGE)
def block(request: Any) -> Response:
    """See nothing more of each other."""
    return _with_person(request, GraphService.block, _("You have blocked ${name}: you see nothing more of each other."))


@view_config(route_name="graph.unblock", request_method="POST", permission=Permission.ARRANGE)
def unblock(request: Any) -> Response:
    """Take a block back."""
    return _with_person(request, GraphService.unblock, _("You no longer block ${name}."))


@view_config(route_name="graph.remove_follower", request_method="POST", permission=Permission.ARRANGE)
def remove_follower(request: Any) -> Response:
    """Have somebody follow one no longer."""
    return _with_person(request, GraphService.remove_follower, _("${name} does not follow you any more."))


@view_config(route_name="graph.hide_shares", request_method="POST", permission=Permission.ARRANGE)
def hide_shares(request: Any) -> Response:
    """See no more of what somebody shares."""
    return _with_person(
        request,
        lambda graph, me, person: graph.mute(me, shares_of(person.id)),
        _("You see no more of what ${name} shares. You can take that back on their profile."),
    )


@view_config(route_name="graph.show_shares", request_method="POST", permission=Permission.ARRANGE)
def show_shares(request: Any) -> Response:
    """See somebody's shares again."""
    return _with_person(
        request,
        lambda graph, me, person: graph.unmute(me, shares_of(person.id)),
        _("You see what ${name} shares again."),
    )


def _with_person(
    request: Any, change: Callable[[GraphService, str, Person], object], message: str | None = None
) -> Response:
    """Do something about the person of the address, say so where that cannot be seen, and go back."""
    request.find_service(Throttle).hit("follow", request.identity.id)
    people, handle = request.find_service(PeopleService), request.matchdict["handle"]
    person = people.by_handle(handle) or people.formerly(handle)
    if person is None:
        raise HTTPNotFound(_("Nobody has this handle."))
    try:
        change(request.find_service(GraphService), request.identity.id, person)
    except LinkRefused as refused:
        raise HTTPForbidden(refused.message) from None
    if message is not None:
        request.flash(request.localizer.translate(message, mapping={"name": person.name}))
    return see_other(request, request.route_path("timelines.profile", handle=person.handle))


@view_config(route_name="graph.watch_tag", request_method="POST", permission=Permission.ARRANGE)
def watch_tag(request: Any) -> Response:
    """Hear of what is written under a tag."""
    return _with_tag(request, GraphService.watch)


@view_config(route_name="graph.unwatch_tag", request_method="POST", permission=Permission.ARRANGE)
def unwatch_tag(request: Any) -> Response:
    """Stop watching a tag."""
    return _with_tag(request, GraphService.unwatch)


@view_config(route_name="graph.watch_thing", request_method="POST", permission=Permission.ARRANGE)
def watch_thing(request: Any) -> Response:
    """Hear of what happens to a thing of any type, to which something happened that the reader may see."""
    seen = thing_acts(thing_of(request), request.identity.entity)
    if not request.find_service(Manager).get_page(seen).items:
        raise HTTPNotFound
    return _with_thing(request, GraphService.watch)


@view_config(route_name="graph.unwatch_thing", request_method="POST", permission=Permission.ARRANGE)
def unwatch_thing(request: Any) -> Response:
    """Stop watching it."""
    return _with_thing(request, GraphService.unwatch)


def _with_thing(request: Any, change: Callable[[GraphService, str, Entity], bool]) -> Response:
    request.find_service(Throttle).hit("follow", request.identity.id)
    entity = thing_of(request)
    change(request.find_service(GraphService), request.identity.id, entity)
    return see_other(request, thing_path(request, entity))


def _with_tag(request: Any, change: Callable[[GraphService, str, Entity], bool]) -> Response:
    request.find_service(Throttle).hit("follow", request.identity.id)
    tag = tag_name(request.matchdict["tag"])
    if tag is None:
        raise HTTPNotFound(_("A tag has 1 to 64 letters, digits and underscores."))
    change(request.find_service(GraphService), request.identity.id, Entity("tag", tag))
    return see_other(request, request.route_path("timelines.tag", tag=tag))
