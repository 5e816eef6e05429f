"""What no page can make sense of is turned away before a page is chosen: too large, or not text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyramid.httpexceptions import HTTPBadRequest, HTTPRequestEntityTooLarge
from pyramid.response import Response

from feedsite.settings import settings_of


def inputs_tween(handler: Callable[[Any], Response], registry: Any) -> Callable[[Any], Response]:
    """Refuse bodies over the limit with 413, and broken UTF-8, NUL and unreadable forms with 400."""
    limit = settings_of(registry).max_body_bytes

    def tween(request: Any) -> Response:
        if (request.content_length or 0) > limit:
            raise HTTPRequestEntityTooLarge
        try:
            texts = [request.path_info, *_texts(request.GET), *_texts(request.POST)]
        except (UnicodeError, ValueError):
            raise HTTPBadRequest from None
        # NUL is text to Python and to SQLite, and an error in the middle of a transaction to PostgreSQL. A lone
        # surrogate is text to Python alone.
        if any("\0" in text or not _encodable(text) for text in texts):
            raise HTTPBadRequest
        return handler(request)

    return tween


def _texts(values: Any) -> list[str]:
    return [text for pair in values.items() for text in pair if isinstance(text, str)]


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def includeme(config: Any) -> None:
    """Inside of the error pages, so that a refusal looks like the site."""
    config.add_tween("feedsite.web.inputs.inputs_tween", under="pyramid.tweens.excview_tween_factory")
