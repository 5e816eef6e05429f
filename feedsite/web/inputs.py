"""What no page can make sense of is turned away before a page is chosen: too large, or not text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pyramid.httpexceptions import HTTPBadRequest, HTTPRequestEntityTooLarge
from pyramid.request import Request
from pyramid.response import Response

from feedsite.pictures.encoding import too_large
from feedsite.pictures.services import limits_of
from feedsite.settings import Settings, settings_of

#: Where a body may be larger than elsewhere: the file that somebody's picture is made of, and what stands around it.
_PICTURE, _AROUND_A_FILE = "/settings/profile/picture", 16_384


class SiteRequest(Request):
    """A request whose form holds texts alone: a file in place of a text is, to the field, nothing.

    A view that takes a file asks `files` for it.
    """

    @property
    def POST(self) -> Any:  # noqa: N802 (the base's name)
        """The texts of the form that was sent."""
        given = super().POST
        if all(isinstance(value, str) for value in given.values()):
            return given
        texts = given.copy()
        texts.clear()
        texts.extend([(name, value) for name, value in given.items() if isinstance(value, str)])
        return texts

    @property
    def files(self) -> dict[str, Any]:
        """The files of the form that was sent, by their fields; of several in one field the last one."""
        return {name: value for name, value in super().POST.items() if hasattr(value, "file")}


def inputs_tween(handler: Callable[[Any], Response], registry: Any) -> Callable[[Any], Response]:
    """Refuse bodies over the limit with 413, and broken UTF-8, NUL and unreadable forms with 400."""
    settings = settings_of(registry)

    def tween(request: Any) -> Response:
        if (request.content_length or 0) > _limit(request, settings):
            raise HTTPRequestEntityTooLarge(too_large(limits_of(settings)) if _is_picture(request) else None)
        try:
            path = request.path_info
        except UnicodeError:
            request.environ["PATH_INFO"] = "/"  # what makes the error page asks for the path as well
            raise HTTPBadRequest from None
        try:
            texts = [path, *_texts(request.GET), *_texts(request.POST)]
        except (UnicodeError, ValueError, DeprecationWarning):
            # The last one is raised by WebOb, not warned of, for a form in another encoding than UTF-8.
            raise HTTPBadRequest from None
        # NUL is text to Python and to SQLite, and an error in the middle of a transaction to PostgreSQL. A lone
        # surrogate is text to Python alone.
        if any("\0" in text or not _encodable(text) for text in texts):
            raise HTTPBadRequest
        return handler(request)

    return tween


def _is_picture(request: Any) -> bool:
    # By the path as it came: no route is chosen yet, and it may be no text.
    return request.environ.get("PATH_INFO") == _PICTURE


def _limit(request: Any, settings: Settings) -> int:
    """The most bytes of a request's body."""
    if _is_picture(request):
        return max(settings.picture_max_bytes + _AROUND_A_FILE, settings.max_body_bytes)
    return settings.max_body_bytes


def _texts(values: Any) -> list[str]:
    return [text for pair in values.items() for text in pair if isinstance(text, str)]


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def attempts(request: Any) -> int | None:
    """How often a request may be tried; None: as the settings say. What is too large is not even read."""
    return 1 if (request.content_length or 0) > _limit(request, request.site_settings) else None


def includeme(config: Any) -> None:
    """Inside of the error pages, so that a refusal looks like the site."""
    settings = settings_of(config.registry)
    # A body is kept to be read again when the request is tried again: in memory, no larger than we accept.
    limit = max(settings.picture_max_bytes + _AROUND_A_FILE, settings.max_body_bytes)
    config.set_request_factory(type("Request", (SiteRequest,), {"request_body_tempfile_limit": limit}))
    config.add_tween("feedsite.web.inputs.inputs_tween", under="pyramid.tweens.excview_tween_factory")
