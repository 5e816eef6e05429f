"""What is said when a link of a mail is good for nothing any more."""

from __future__ import annotations

from typing import Any

from pyramid.i18n import TranslationStringFactory
from pyramid.response import Response

from feedsite.errors import error_page
from feedsite.security.events import note
from feedsite.web.presenting import LinkView

_ = TranslationStringFactory("feedsite")


def over(request: Any, message: str | None = None) -> Response:
    """404, with the ways to another link."""
    note(request, "link of a mail", "refused")
    message = message or _(
        "It was used already, it is too old, or it was not copied whole. Links in mails work once, and not for long."
    )
    links = tuple(
        LinkView(text=request.translate(text), url=request.route_path(route))
        for text, route in (
            (_("Ask for a new password"), "accounts.reset"),
            (_("Confirm your e-mail address"), "accounts.verify"),
        )
    )
    return error_page(request, 404, title=_("This link is over"), message=message, links=links)
