"""People as a reader sees them: with the button to follow them, and what else can be done."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from markupsafe import Markup
from pyramid.i18n import TranslationStringFactory

from feedsite.accounts.models import Person
from feedsite.feeds import Entity, Manager
from feedsite.posts.rendering import render
from feedsite.posts.text import normalised
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
        is_me=me is not None and me.id == person.id,
        **more,
    )


class PeoplePresenter:
    """Shows people to the reader of a request, however many with one statement."""

    def __init__(self, request: Any) -> None:
        self._request, self._me = request, request.identity
        self._may_follow = bool(request.has_permission(Permission.FOLLOW))
        self._may_arrange = bool(request.has_permission(Permission.ARRANGE))

    def views(self, people: Iterable[Person]) -> dict[str, PersonView]:
        """People by their keys, with bio, follow button and menu; in the order given."""
        shown = list(people)
        following, muted = self._links(shown)
        return {person.key: self._view(person, person.key in following, person.key in muted) for person in shown}

    def _links(self, people: list[Person]) -> tuple[set[str], set[str]]:
        if self._me is None:
            return set(), set()
        ends = [Entity("person", person.id) for person in people]
        rows = self._request.find_service(Manager).linked(self._me.entity, ends, kinds=("follow", "mute"))
        following = {row.entity.key for row in rows if row.kind == "follow"}
        return following, {row.entity.key for row in rows if row.kind == "mute"}

    def _view(self, person: Person, following: bool, muted: bool) -> PersonView:
        follow = self._follow(person, following)
        return person_view(
            self._request,
            person,
            bio=self._bio(person),
            following=None if follow is None else following,
            muted=muted,
            follow=follow,
            menu=self._menu(person, muted),
            badge=self._badge(person, muted),
        )

    def _bio(self, person: Person) -> Markup:
        text = normalised(person.bio)
        if not text:
            return Markup("")
        return render(text, mentions={}, tag_url=lambda tag: self._request.route_path("timelines.tag", tag=tag))

    def _badge(self, person: Person, muted: bool) -> str:
        if person.state == "suspended":
            return self._request.translate(_("Suspended"))
        return self._request.translate(_("Muted")) if muted else ""

    def _follow(self, person: Person, following: bool) -> ActionView | None:
        if self._me is None or self._me.id == person.id or not self._may_follow:
            return None
        translate, name = self._request.translate, {"name": person.name}
        if following:
            return ActionView(
                "follow",
                translate(_("Following ${name}: stop following", mapping=name)),
                self._request.route_path("graph.unfollow", handle=person.handle),
                text=translate(_("Following")),
                on=True,
            )
        if person.state == "suspended":
            return None
        return ActionView(
            "follow",
            translate(_("Follow ${name}", mapping=name)),
            self._request.route_path("graph.follow", handle=person.handle),
            text=translate(_("Follow")),
        )

    def _menu(self, person: Person, muted: bool) -> tuple[ActionView, ...]:
        if not self._may_mute(person):
            return ()
        return (mute_person(self._request, person, muted), report_person(self._request, person))

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
    me = request.identity
    if me is None or not request.has_permission(Permission.ARRANGE):
        return None
    watching = bool(request.find_service(Manager).linked(me.entity, [Entity("tag", tag)], kinds=("watch",)))
    route = "graph.unwatch_tag" if watching else "graph.watch_tag"
    text = request.translate(_("Watching") if watching else _("Watch"))
    message = _("Watching #${tag}: stop watching") if watching else _("Watch #${tag}")
    label = request.localizer.translate(message, mapping={"tag": tag})
    return ActionView("watch", label, request.route_path(route, tag=tag), "eye", text, on=watching)
