"""One sentence for the next page ("You have signed out."), in a signed cookie that is taken back when it is shown."""

from __future__ import annotations

from typing import Any, NamedTuple

from feedsite.security.cookies import FLASH, drop_cookie, read_cookie, write_cookie
from feedsite.security.signing import BadToken, signer

_SECONDS = 300


class Flash(NamedTuple):
    """A message.

    Attributes:
        kind: "success", "info" or "error".
        text: a whole sentence, translated.
    """

    kind: str
    text: str


def flash(request: Any, text: str, kind: str = "success") -> None:
    """Show a sentence on the next page this browser loads.

    Args:
        text: the sentence; a translation string is translated here.
        kind: "success", "info" or "error".
    """
    pending = getattr(request, "_feedsite_flashes", None)
    if pending is None:
        pending = request._feedsite_flashes = []
        request.add_response_callback(_send)
    pending.append([kind, str(request.localizer.translate(text))])


def _send(request: Any, response: Any) -> None:
    write_cookie(request, response, FLASH, signer(request, "flash").sign(request._feedsite_flashes), max_age=_SECONDS)


def pop_flashes(request: Any) -> list[Flash]:
    """The messages to show on this page; they are not shown again."""
    token = read_cookie(request, FLASH)
    if not token:
        return []
    request.add_response_callback(_take_back)
    try:
        return [Flash(kind, text) for kind, text in signer(request, "flash").read(token, max_age=_SECONDS)]
    except BadToken:
        return []


def _take_back(request: Any, response: Any) -> None:
    # A page that shows messages and leaves new ones keeps the cookie of the new ones.
    if not hasattr(request, "_feedsite_flashes"):
        drop_cookie(request, response, FLASH)


def includeme(config: Any) -> None:
    """``request.flash(text, kind)``."""
    config.add_request_method(flash, "flash")
