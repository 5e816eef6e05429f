"""What a page says to search engines."""

from __future__ import annotations

from typing import Any

#: Google, Bing and others read it; the layout says the same in the page (`<meta name="robots">`).
HEADER = "X-Robots-Tag"
NOINDEX = "noindex"


def keep_out(request: Any) -> None:
    """Ask search engines not to list the page that is being made."""
    request.response.headers[HEADER] = NOINDEX


def respect(request: Any, *people: Any) -> None:
    """Ask search engines not to list the page, if one of those it is about wants that.

    Args:
        people: rows of people; None among them is passed over.
    """
    if any(person is not None and person.noindex for person in people):
        keep_out(request)
