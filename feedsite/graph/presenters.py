"""People as a reader sees them: with the button to follow them, and what else can be done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from markupsafe import Markup
from pyramid.i18n import TranslationStringFactory

from feedsite.accounts.models import Person
from feedsite.feeds import Entity, Manager
from feedsite.posts.acts import shares_of
from feedsite.posts.rendering import render
from feedsite.posts.text import normalised
from feedsite.requesting.services import FollowRequestService
from feedsite.security.permissions import Permission
from feedsite.web.presenting import ActionView, PersonView
from feedsite.web.wording import hue, initials

_ = TranslationStringFactory("feedsite")


def person_view(request: Any, person: Person, **more: Any) -> PersonView:
    """Somebody by name and picture, with nothing to press; `more` are other fields of PersonView. No statement."""
    me = request.identity
    return PersonView(
        key=person.key,
        handle=person.handle,
        name=person.name,
        url=request.route_path("timelines.profile", handle=person.handle),
        initials=initials(person.name),
        hue=hue(person.key),
        picture=picture_path(request, person),
        is_me=me is not None and me.id == person.id,
        **more,
    )


def picture_path(request: Any, person: Person) -> str:
    """The path of somebody's picture; empty where there is none to be seen. No statement."""
    if person.picture is None or not person.is_shown:
        return ""
    path: str = request.route_path("pictures.show", hash=person.picture)
    return path


class PeoplePresenter:
    """Shows people to the reader of a request, however many with one statement; with two where some of them approve
    who follows them, and the reader follows these not yet."""

    def __init__(self, request: Any) -> None:
        self._request, self._me = request, request.identity
        self._may_follow = bool(request.has_permission(Permission.FOLLOW))
        self._may_arrange = bool(request.has_permission(Permission.ARRANGE))

    def views(self, people: Iterable[Person]) -> dict[str, PersonView]:
        """People by their keys, with bio, follow button and menu; in the order given."""
        shown = list(people)
        ties = self._ties(shown)
        return {person.key: self._view(person, ties.get(person.key, frozenset())) for person in shown}

    def _ties(self, people: list[Person]) -> dict[str, frozenset[str]]:
        """What the reader has said of each: "follow", "mute", "block", "shares", "request"."""
        if self._me is None:
            return {}
        ends = [Entity("person", person.id) for person in people]
        if self._may_arrange:
            ends += [shares_of(person.id) for person in people]
        rows = self._request.find_service(Manager).linked(self._me.entity, ends, kinds=("follow", "mute", "block"))
        found: dict[str, set[str]] = {}
        for row in rows:
            kind = "shares" if row.entity.type == "shares" else row.kind
            found.setdefault(Entity("person", row.entity.id).key, set()).add(kind)
        for person_id in self._asked(people, found):
            found.setdefault(Entity("person", person_id).key, set()).add("request")
        return {key: frozenset(kinds) for key, kinds in found.items()}

    def _asked(self, people: list[Person], ties: dict[str, set[str]]) -> set[str]:
        if not self._may_follow:
            return set()
        locked = [p.id for p in people if p.locked and p.id != self._me.id and "follow" not in ties.get(p.key, ())]
        asked: set[str] = self._request.find_service(FollowRequestService).asked_of(self._me.id, locked)
        return asked

    def _view(self, person: Person, ties: frozenset[str]) -> PersonView:
        follow = None if "block" in ties else self._follow(person, ties)
        approves = self._request.translate(_("Approves who follows them")) if person.locked else ""
        return person_view(
            self._request,
            person,
            bio=self._bio(person),
            following=None if follow is None else follow.on,
            muted="mute" in ties,
            follow=follow,
            menu=self._menu(person, ties),
            badge=self._badge(person, ties),
            approves=approves,
        )

    def _bio(self, person: Person) -> Markup:
        text = normalised(person.bio)
        if not text:
            return Markup("")
        return render(text, mentions={}, tag_url=lambda tag: self._request.route_path("timelines.tag", tag=tag))

    def _badge(self, person: Person, ties: frozenset[str]) -> str:
        if person.state == "suspended":
            return self._request.translate(_("Suspended"))
        if "block" in ties:
            return self._request.translate(_("Blocked"))
        return self._request.translate(_("Muted")) if "mute" in ties else ""

    def _follow(self, person: Person, ties: frozenset[str]) -> ActionView | None:
        if self._me is None or self._me.id == person.id or not self._may_follow:
            return None
        if "follow" in ties:
            return self._button(person, "unfollow", _("Following"), _("Following ${name}: stop following"))
        if person.state == "suspended":
            return None
        if not person.locked:
            return self._button(person, "follow", _("Follow"), _("Follow ${name}"))
        if "request" in ties:
            message = _("Requested to follow ${name}: take the request back")
            return self._button(person, "unfollow", _("Requested"), message)
        return self._button(person, "follow", _("Ask to follow"), _("Ask to follow ${name}"))

    def _button(self, person: Person, does: str, text: str, message: str) -> ActionView:
        return ActionView(
            "follow",
            self._request.localizer.translate(message, mapping={"name": person.name}),
            self._request.route_path(f"graph.{does}", handle=person.handle),
            text=self._request.translate(text),
            on=does == "unfollow",
        )

    def _menu(self, person: Person, ties: frozenset[str]) -> tuple[ActionView, ...]:
        if not self._may_mute(person):
            return ()
        if "block" in ties:
            unblock = self._entry(person, "unblock", "lock", _("Unblock ${name}"), on=True)
            return (unblock, report_person(self._request, person))
        shares = (
            ("show_shares", _("Show what ${name} shares"))
            if "shares" in ties
            else ("hide_shares", _("Hide what ${name} shares"))
        )
        return (
            mute_person(self._request, person, "mute" in ties),
            self._entry(person, shares[0], "share", shares[1], on="shares" in ties),
            self._entry(person, "remove_follower", "leave", _("Remove ${name} from your followers")),
            self._entry(person, "block", "lock", _("Block ${name}"), danger=True),
            report_person(self._request, person),
        )

    def _entry(
        self, person: Person, name: str, icon: str, message: str, *, on: bool = False, danger: bool = False
    ) -> ActionView:
        text = self._request.localizer.translate(message, mapping={"name": person.name})
        path = self._request.route_path(f"graph.{name}", handle=person.handle)
        return ActionView(name, text, path, icon, text, on=on, danger=danger)

    def _may_mute(self, person: Person) -> bool:
        return self._me is not None and self._me.id != person.id and self._may_arrange


def mute_person(request: Any, person: Person, muted: bool) -> ActionView:
    """The entry that mutes somebody, or takes that back."""
    route = "graph.unmute" if muted else "graph.mute"
    message = _("Unmute ${name}") if muted else _("Mute ${name}")
    text = request.localizer.translate(message, mapping={"name": person.name})
    return ActionView("mute", text, request.route_path(route, handle=person.handle), "mute", text, on=muted)


def report_person(request: Any, person: Person) -> ActionView:
    """The entry that leads to reporting somebody."""
    text = request.localizer.translate(_("Report ${name}"), mapping={"name": person.name})
    url = request.route_path("reporting.person", handle=person.handle)
    return ActionView("report", text, url, "flag", text, method="get")


def watch_tag(request: Any, tag: str) -> ActionView | None:
    """The button that watches a tag or stops watching it; None for who may not. One statement.

    Args:
        tag: its name, as `posts.text.tag_name` makes it.
    """
    return _watch(request, Entity("tag", tag), f"#{tag}", "tag", tag=tag)


def watch_thing(request: Any, thing: Entity, name: str) -> ActionView | None:
    """The button that watches any thing or stops watching it; None for who may not. One statement."""
    return _watch(request, thing, name, "thing", type=thing.type, id=thing.id)


def _watch(request: Any, thing: Entity, name: str, route: str, **parts: str) -> ActionView | None:
    me = request.identity
    if me is None or not request.has_permission(Permission.ARRANGE):
        return None
    watching = bool(request.find_service(Manager).linked(me.entity, [thing], kinds=("watch",)))
    text = request.translate(_("Watching") if watching else _("Watch"))
    message = _("Watching ${name}: stop watching") if watching else _("Watch ${name}")
    label = request.localizer.translate(message, mapping={"name": name})
    path = request.route_path(f"graph.{'unwatch' if watching else 'watch'}_{route}", **parts)
    return ActionView("watch", label, path, "eye", text, on=watching)
