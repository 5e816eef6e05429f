"""Cursors of lists of rows: signed, good for one list with one filter, and for one reader."""

from __future__ import annotations

from typing import Any

from feedsite.feeds.errors import InvalidCursor
from feedsite.keyset import Place, Rows
from feedsite.security.signing import BadToken, signer
from feedsite.web.cursors import cursor_from, first_page_url, page_url


class Cursors:
    """Reads the request's cursor and makes the addresses of its list's other pages.

    Args:
        request: whose list it is.
        feed: what else tells this list from every other: its name, filter and order.
    """

    def __init__(self, request: Any, *feed: object) -> None:
        self._request = request
        self._signer = signer(request, "cursor of a list")
        self._feed = repr([request.identity.id, *map(str, feed)])

    def place(self) -> Place | None:
        """Where the asked page begins; None: it is the first. Raises InvalidCursor."""
        given = cursor_from(self._request)
        if given is None:
            return None
        try:
            feed, values, backwards = self._signer.read(given)
        except (BadToken, ValueError, TypeError):
            feed = values = None
        if values is None or not self._signer.knows(self._feed, feed):
            raise InvalidCursor(field="cursor", value=given[:80], rule="a cursor of this list, unchanged")
        return Place(tuple(values), bool(backwards))

    def urls(self, rows: Rows[Any]) -> dict[str, str]:
        """The addresses of the next, the previous and the first page; empty where there is none."""
        return {
            "next": self._url(rows.next),
            "previous": self._url(rows.previous),
            "first": first_page_url(self._request) if rows.previous is not None else "",
        }

    def _url(self, place: Place | None) -> str:
        if place is None:
            return ""
        token = self._signer.sign([self._signer.digest(self._feed), list(place.values), place.backwards])
        return page_url(self._request, token) or ""
