"""Redirects that stay on this site."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from pyramid.httpexceptions import HTTPSeeOther

_LONGEST = 2000


def safe_next(request: Any, default: str) -> str:
    """Where to go after a form: its ``next`` field (or query parameter) when that is a path of this site.

    Args:
        default: where to go when there is none, or one that leads elsewhere.
    """
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    return wanted if isinstance(wanted, str) and is_local_path(wanted) else default


def is_local_path(url: str) -> bool:
    """Whether browsers read `url` as a path of the site that shows it, and as nothing else.

    They take a backslash for a slash and drop tabs and line breaks, so a slash and a backslash before a
    host, or two slashes with a tab between them, lead away.
    """
    if not url.startswith("/") or url.startswith("//") or len(url) > _LONGEST:
        return False
    if "\\" in url or any(ord(character) <= 0x20 or ord(character) == 0x7F for character in url):
        return False
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return not parts.scheme and not parts.netloc


def see_other(request: Any, default: str) -> HTTPSeeOther:
    """303 to the form's ``next``, or to `default`."""
    return HTTPSeeOther(location=safe_next(request, default))
