"""Addresses in feeds: whole, and for what things are called for good, the same after every rename."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode

from markupsafe import Markup


class Addresses:
    """Makes the addresses of one request's answer."""

    def __init__(self, request: Any) -> None:
        self._request, self.site = request, str(request.site_settings.site_url)

    def whole(self, path: str) -> str:
        """A path of this site with its host in front."""
        return self.site + path

    def page(self, route: str, **parts: Any) -> str:
        """The address of a page."""
        return self.whole(self._request.route_path(route, **parts))

    def html(self, sentence: Markup) -> Markup:
        """A sentence with links, whose paths get the host.

        For what `Markup.format` made: there a quotation mark outside of a tag is escaped, and no text looks like an
        attribute.
        """
        return Markup(sentence.replace('href="/', f'href="{self.site}/'))  # noqa: S704 - as safe as it was

    def at(self, address: str, **query: str | None) -> str:
        """An address with these parameters; None is left out."""
        given = {name: value for name, value in query.items() if value is not None}
        return f"{address}?{urlencode(given)}" if given else address

    # What things are called: nothing in these changes, whatever a person calls themselves.

    def person(self, person_id: str) -> str:
        """A person's id in feeds."""
        return f"{self.site}/id/person/{person_id}"

    def note(self, note_id: str) -> str:
        """A note's id in feeds."""
        return f"{self.site}/id/note/{note_id}"

    def act(self, act_id: str) -> str:
        """An act's id in feeds."""
        return f"{self.site}/id/act/{quote(act_id, safe='')}"
