"""Pages of feeds as Atom or JSON Feed documents, and the answers that carry them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Protocol

from pyramid.response import Response

from feedsite.accounts.models import Person
from feedsite.feedsout import atom, jsonfeed
from feedsite.feedsout.addresses import Addresses
from feedsite.feedsout.answers import answer
from feedsite.feedsout.entries import Document, EntryWriter, clean
from feedsite.feedsout.material import Material
from feedsite.web.cursors import cursor_from

#: When an empty feed that nobody knows the age of changed last: a feed has to say something (RFC 4287, 4.1.1).
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_WRITERS: dict[str, tuple[str, Callable[[Document], bytes]]] = {
    "atom": (atom.CONTENT_TYPE, atom.write),
    "json": (jsonfeed.CONTENT_TYPE, jsonfeed.write),
}


class Listed(Protocol):
    """What a feed is called and where it is; see `sources.Source`."""

    @property
    def id(self) -> str:
        """What it is called for good."""

    @property
    def title(self) -> str:
        """Plain text."""

    @property
    def page_url(self) -> str:
        """The page that shows the same."""

    @property
    def person(self) -> Person | None:
        """Whose it is, where all of it is one person's."""

    @property
    def began(self) -> datetime | None:
        """Since when there may be something."""


def feed_answer(request: Any, source: Listed, material: Material, *, private: bool = False) -> Response:
    """A page of a feed in the format of the address, or 304.

    Args:
        private: for its owner alone.
    """
    ending = request.matchdict["format"]
    content_type, write = _WRITERS[ending]
    own = Addresses(request).whole(request.path)
    tag = material.fingerprint(ending, own, cursor_from(request), source.title, request.locale_name)
    return answer(
        request,
        lambda: write(_document(request, source, material, own)),
        content_type=content_type,
        tag=tag,
        modified=material.modified(),
        private=private,
    )


def _document(request: Any, source: Listed, material: Material, own: str) -> Document:
    page, addresses, writer = material.page, Addresses(request), EntryWriter(request, material)
    return Document(
        id=source.id,
        title=clean(source.title),
        page_url=source.page_url,
        url=addresses.at(own, cursor=cursor_from(request)),
        first_url=own,
        next_url="" if page.next is None else addresses.at(own, cursor=page.next),
        previous_url="" if page.previous is None else addresses.at(own, cursor=page.previous),
        updated=material.modified() or source.began or _NEVER,
        language=request.locale_name.replace("_", "-"),
        entries=writer.groups(page.groups) if page.kind == "groups" else writer.acts(material.items()),
        author=None if source.person is None else writer.author(source.person),
    )
