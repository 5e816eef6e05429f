"""Cursors in addresses."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from feedsite.feeds.errors import InvalidCursor

_LONGEST = 6000


def cursor_from(request: Any) -> str | None:
    """The ``cursor`` parameter of a page's address; None: the first page.

    Whether it is a good one is known when the engine reads it: `InvalidCursor` becomes a 400 page
    with a link to the first page.
    """
    values = request.GET.getall("cursor")
    if not values or values == [""]:
        return None
    if len(values) > 1 or len(values[0]) > _LONGEST:
        raise InvalidCursor(field="cursor", value=values[0][:80], rule="one cursor, as a page gave it")
    cursor: str = values[0]
    return cursor


def first_page_url(request: Any) -> str:
    """The address of the same list without its cursor."""
    rest = [(name, value) for name, value in request.GET.items() if name != "cursor"]
    return f"{request.path}?{urlencode(rest)}" if rest else str(request.path)


def page_url(request: Any, cursor: str | None) -> str | None:
    """The address of the same list at another cursor; None stays None."""
    if cursor is None:
        return None
    rest = [(name, value) for name, value in request.GET.items() if name != "cursor"]
    return f"{request.path}?{urlencode([*rest, ('cursor', cursor)])}"
