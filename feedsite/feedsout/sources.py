"""The lists that one can subscribe to: what each is called, where it is, and what it is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyramid.httpexceptions import HTTPFound, HTTPNotFound
from pyramid.i18n import TranslationStringFactory

from feedsite.accounts.models import Person
from feedsite.feeds import Entity, Page
from feedsite.feeds.aggregators import Aggregator
from feedsite.feedsout.addresses import Addresses
from feedsite.posts.text import tag_name
from feedsite.timelines.feeds import profile_acts, public_acts, tag_acts, thing_acts
from feedsite.timelines.people import person_of
from feedsite.timelines.things import thing_of
from feedsite.web.presenting import AlternateView

_ = TranslationStringFactory("feedsite")

#: Formats by the ending of their addresses: media type and name.
FORMATS: Mapping[str, tuple[str, str]] = {
    "atom": ("application/atom+xml", "Atom"),
    "json": ("application/feed+json", "JSON Feed"),
}


@dataclass(frozen=True)
class Source:
    """A public list, as anybody sees it who is not signed in.

    Attributes:
        id: what it is called for good.
        title: plain text.
        page_url: the page that shows it.
        urls: its addresses: "atom", "json", and "outbox" (ActivityStreams).
        aggregator: what it is made of.
        person: whose it is, where it is one person's.
        needs_acts: there is no such list while nothing is in it.
    """

    id: str
    title: str
    page_url: str
    urls: Mapping[str, str]
    aggregator: Aggregator
    person: Person | None = None
    needs_acts: bool = False

    def check(self, page: Page, cursor: str | None) -> None:
        """Raise HTTPNotFound where there is no such list."""
        if self.needs_acts and cursor is None and not page.items:
            raise HTTPNotFound

    @property
    def began(self) -> datetime | None:
        """Since when there may be something; None: nobody knows."""
        return None if self.person is None else self.person.created

    def alternates(self) -> tuple[AlternateView, ...]:
        """Its formats, for the head of its page."""
        activity = AlternateView("application/activity+json", "ActivityStreams", self.urls["outbox"])
        feeds = tuple(AlternateView(media, name, self.urls[ending]) for ending, (media, name) in FORMATS.items())
        return (*feeds, activity)


def person_source(request: Any, person: Person) -> Source:
    """What somebody did."""
    addresses, site = Addresses(request), request.site_settings.site_name
    return Source(
        id=f"{addresses.person(person.id)}#acts",
        title=f"{person.name} (@{person.handle}) · {site}",
        page_url=addresses.page("timelines.profile", handle=person.handle),
        urls=_urls(addresses, "profile", handle=person.handle),
        aggregator=profile_acts(person.id, None),
        person=person,
    )


def tag_source(request: Any, name: str) -> Source:
    """What was written under a tag."""
    addresses = Addresses(request)
    page = addresses.page("timelines.tag", tag=name)
    title = f"#{name} · {request.site_settings.site_name}"
    return Source(page, title, page, _urls(addresses, "tag", tag=name), tag_acts(name, None))


def thing_source(request: Any, entity: Entity, name: str = "") -> Source:
    """What touched a thing; there is no such list while nothing has."""
    addresses, parts = Addresses(request), {"type": entity.type, "id": entity.id}
    page = addresses.page("timelines.thing", **parts)
    title = f"{name or f'{entity.type} {entity.id}'} · {request.site_settings.site_name}"
    return Source(page, title, page, _urls(addresses, "thing", **parts), thing_acts(entity, None), needs_acts=True)


def public_source(request: Any) -> Source:
    """What everybody writes in public."""
    addresses = Addresses(request)
    page = addresses.page("timelines.explore")
    title = f"{request.translate(_('Latest from everybody'))} · {request.site_settings.site_name}"
    return Source(page, title, page, _urls(addresses, "public"), public_acts(None))


def source_of(request: Any) -> Source:
    """The list that a request is for, by its route.

    Raises HTTPNotFound, or HTTPFound where an address has another spelling or a former handle.
    """
    if "handle" in request.matchdict:
        return person_source(request, person_of(request))
    if "type" in request.matchdict:
        return thing_source(request, thing_of(request))
    if "tag" not in request.matchdict:
        return public_source(request)
    given = request.matchdict["tag"]
    name = tag_name(given)
    if name is None:
        raise HTTPNotFound
    if name != given:
        raise HTTPFound(request.route_path(request.matched_route.name, **{**request.matchdict, "tag": name}))
    return tag_source(request, name)


def _urls(addresses: Addresses, name: str, **parts: str) -> dict[str, str]:
    feeds = {ending: addresses.page(f"feedsout.{name}", format=ending, **parts) for ending in FORMATS}
    return {**feeds, "outbox": addresses.page(f"feedsout.{name}_outbox", **parts)}
