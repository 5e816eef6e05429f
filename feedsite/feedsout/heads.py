"""What the public pages say of themselves to machines: the address for good, feeds, and a card for those that show
links (https://ogp.me). Nothing that is not public is in a card."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pyramid.i18n import TranslationStringFactory

from feedsite.accounts.models import Person
from feedsite.feeds import Entity
from feedsite.feedsout.activitystreams import CONTENT_TYPE
from feedsite.feedsout.addresses import Addresses
from feedsite.feedsout.sources import Source, person_source, public_source, tag_source, thing_source
from feedsite.graph.presenters import picture_path
from feedsite.posts.models import Note
from feedsite.posts.presenters import note_url
from feedsite.posts.rendering import excerpt
from feedsite.web.presenting import AlternateView, HeadView

_ = TranslationStringFactory("feedsite")

_DESCRIPTION = 200


def profile_head(request: Any, person: Person) -> HeadView:
    """Of a profile."""
    title = f"{person.name} (@{person.handle})"
    said = request.localizer.translate(_("What ${name} did"), mapping={"name": person.name})
    view = _list(request, person_source(request, person), title, excerpt(person.bio, _DESCRIPTION) or said)
    picture = picture_path(request, person)
    image = Addresses(request).whole(picture) if picture else ""
    return replace(view, kind="profile", username=person.handle, image=image)


def tag_head(request: Any, name: str) -> HeadView:
    """Of a tag's page."""
    said = request.localizer.translate(_("Latest with #${tag}"), mapping={"tag": name})
    return _list(request, tag_source(request, name), f"#{name}", said)


def thing_head(request: Any, entity: Entity, name: str) -> HeadView:
    """Of the page of a thing of any type."""
    said = request.localizer.translate(_("Latest with ${name}"), mapping={"name": name})
    return _list(request, thing_source(request, entity, name), name, said)


def explore_head(request: Any) -> HeadView:
    """Of the page of everything that is public."""
    said = request.translate(_("Latest from everybody"))
    return _list(request, public_source(request), request.translate(_("Explore")), said)


def note_head(request: Any, note: Note, author: Person) -> HeadView | None:
    """Of a note's page; None where the note is not for everybody."""
    if note.visibility != "public":
        return None
    addresses = Addresses(request)
    return HeadView(
        url=_for_good(request, addresses.whole(note_url(request, note, author))),
        title=f"{author.name} (@{author.handle})",
        description=excerpt(note.text, _DESCRIPTION),
        kind="article",
        alternates=(AlternateView(CONTENT_TYPE, "ActivityStreams", addresses.note(note.id)),),
        author=addresses.page("timelines.profile", handle=author.handle),
        published=note.created.isoformat(timespec="seconds"),
        modified="" if note.edited is None else note.edited.isoformat(timespec="seconds"),
    )


def _list(request: Any, source: Source, title: str, description: str) -> HeadView:
    return HeadView(
        url=_for_good(request, source.page_url),
        title=title,
        description=description,
        alternates=source.alternates(),
    )


def _for_good(request: Any, url: str) -> str:
    """An address as the one for good; a further page of a list has none: what is on it moves on."""
    return "" if request.GET.get("cursor") else url
