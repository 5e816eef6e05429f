"""People's pages: finding who an address means, the head of a profile, lists of followers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from babel.dates import format_skeleton
from pyramid.httpexceptions import HTTPFound, HTTPGone, HTTPNotFound
from pyramid.i18n import TranslationStringFactory

from feedsite.accounts.models import Person
from feedsite.accounts.services import PeopleService
from feedsite.feeds import Counted, Entity, InvalidCursor, LinkPage, Manager
from feedsite.feeds.aggregators import ActorAggregator
from feedsite.graph.presenters import PeoplePresenter
from feedsite.graph.services import GraphService
from feedsite.security.signing import BadToken, signer
from feedsite.timelines.services import TimelineService
from feedsite.web.cursors import cursor_from
from feedsite.web.plurals import ngettext
from feedsite.web.presenting import PersonView, ProfileView, TabView
from feedsite.web.robots import respect
from feedsite.web.wording import compact

_ = TranslationStringFactory("feedsite")

PAGE = 20
_COUNTED = 1000


def person_of(request: Any) -> Person:
    """The person whose page an address is. Where they want that, the page asks search engines not to be listed.

    Raises HTTPFound to the right address where the handle has capitals or was given up, HTTPNotFound where nobody has
    it, or who has it is suspended, HTTPGone where who has it is leaving.
    """
    handle = request.matchdict["handle"]
    people = request.find_service(PeopleService)
    person = people.by_handle(handle) or people.formerly(handle)
    if person is None or person.state == "suspended":
        raise HTTPNotFound
    if person.leaves is not None:
        raise HTTPGone(_("This account has been deleted."))
    if handle != person.handle:
        parts = {name: value for name, value in request.matchdict.items() if name != "at"}
        path = request.route_path(request.matched_route.name, **{**parts, "handle": person.handle})
        raise HTTPFound(path + (f"?{request.query_string}" if request.query_string else ""))
    respect(request, person)
    found: Person = person
    return found


class LinkLists:
    """Who follows whom, in pages whose cursors belong to the list.

    Args:
        request: for its reader and its cursor.
        person: whose list it is.
        name: "followers" or "following".
    """

    def __init__(self, request: Any, person: Person, name: str) -> None:
        self._request, self._person, self._name = request, person, name
        self._signer = signer(request, f"list {name} {person.id}")

    def read(self) -> tuple[list[Person], str | None]:
        """The people of the page that the request asks for, and the cursor of the next one.

        Raises InvalidCursor.
        """
        me = self._request.identity
        if me is not None:
            self._request.find_service(GraphService).expect_blocked_around(me.id)
        feeds, entity = self._request.find_service(Manager), Entity("person", self._person.id)
        read = feeds.followers if self._name == "followers" else feeds.following
        page: LinkPage = read(entity, cursor=self._cursor(), size=PAGE)
        ends = [row.follower if self._name == "followers" else row.entity for row in page.links]
        if me is not None:
            hidden = self._request.find_service(GraphService).blocked_around(me.id)
            ends = [end for end in ends if end not in hidden]
        people = self._request.find_service(TimelineService).people_of(ends)
        return people, None if page.next is None else self._signer.sign(page.next)

    def _cursor(self) -> str | None:
        token = cursor_from(self._request)
        if token is None:
            return None
        try:
            return str(self._signer.read(token))
        except BadToken as error:
            raise InvalidCursor(field="cursor", value=token, rule="a cursor of this list, unchanged") from error


class ProfilePresenter:
    """The head of a person's pages."""

    def __init__(self, request: Any, person: Person) -> None:
        self._request, self._person = request, person
        self._feeds: Manager = request.find_service(Manager)

    def expect(self) -> None:
        """Say that the figures of the head will be asked for soon."""
        for _name, _route, figure in self._figures():
            self._feeds.expect(figure)

    def view(self, current: str = "") -> ProfileView:
        """The person, since when, and the tabs of their pages.

        Args:
            current: the tab that is open: "notes", "following" or "followers".
        """
        created = format_skeleton("yMMMM", self._person.created, locale=self._request.locale_name)
        return ProfileView(
            person=PeoplePresenter(self._request).views([self._person])[self._person.key],
            joined=self._request.localizer.translate(_("Joined in ${month}"), mapping={"month": created}),
            stats=self._stats(current),
        )

    def _figures(self) -> tuple[tuple[str, str, Callable[[Manager], Counted]], ...]:
        """What is counted, the page that shows it, and the question."""
        viewer = None if self._request.identity is None else self._request.identity.entity
        entity = Entity("person", self._person.id)
        written = ActorAggregator(entity, viewer=viewer, verbs=("create", "reply"))
        return (
            ("notes", "timelines.profile", lambda feeds: feeds.count_new(written, None, cap=_COUNTED)),
            ("following", "timelines.following", lambda feeds: Counted(feeds.count_following(entity), True)),
            ("followers", "timelines.followers", lambda feeds: Counted(feeds.count_followers(entity), True)),
        )

    def _stats(self, current: str) -> tuple[TabView, ...]:
        counts = [(name, route, figure(self._feeds)) for name, route, figure in self._figures()]
        return tuple(
            TabView(
                self._words(name, count),
                self._request.route_path(route, handle=self._person.handle),
                name == current,
                compact(count.number, self._request.locale_name) + ("" if count.is_exact else "+"),
            )
            for name, route, count in counts
        )

    def _words(self, name: str, count: Counted) -> str:
        one, many = {
            "notes": ngettext("note", "notes"),
            "following": ngettext("following", "following"),
            "followers": ngettext("follower", "followers"),
        }[name]
        text: str = self._request.localizer.pluralize(one, many, count.number, domain="feedsite")
        return text


def person_views(request: Any, people: Sequence[Person]) -> tuple[PersonView, ...]:
    """People as cards, in their order."""
    return tuple(PeoplePresenter(request).views(people).values())
