"""Which form of a page somebody wants: HTML, or ActivityStreams where they say so in `Accept`."""

from __future__ import annotations

from typing import Any

ACTIVITY_JSON = "application/activity+json"
#: The other name of the same (https://www.w3.org/TR/activitystreams-core/#media-type).
_PROFILE = 'profile="https://www.w3.org/ns/activitystreams"'
_PAGES = ("text/html", "application/xhtml+xml")

#: Routes whose address is that of a page and of a document, as `Accept` says.
NEGOTIATED = frozenset(
    {
        "timelines.profile",
        "timelines.tag",
        "timelines.thing",
        "timelines.explore",
        "posts.note",
        "feedsout.person",
        "feedsout.note",
        "feedsout.act",
    }
)


def wants_activity(request: Any) -> bool:
    """Whether ActivityStreams is asked for by name, and no page is wanted more. ``*/*`` gets the page."""
    accepted = getattr(request.accept, "parsed", None) or ()
    activity = max((quality for media, quality, *_ in accepted if _is_activity(media)), default=0.0)
    page = max((quality for media, quality, *_ in accepted if _type(media) in _PAGES), default=0.0)
    return activity > 0 and activity >= page


def _type(media: str) -> str:
    return media.partition(";")[0].strip().lower()


def _is_activity(media: str) -> bool:
    if _type(media) == ACTIVITY_JSON:
        return True
    return _type(media) == "application/ld+json" and _PROFILE in media


class WantsActivity:
    """View predicate: ``wants_activity=True`` takes the requests that ask for ActivityStreams."""

    def __init__(self, value: bool, _info: Any) -> None:
        self._value = value

    def text(self) -> str:
        """How `pviews` shows it."""
        return f"wants_activity = {self._value}"

    phash = text

    def __call__(self, _context: object, request: Any) -> bool:
        return wants_activity(request) is self._value


def add_vary(event: Any) -> None:
    """Tell caches that the answer depends on `Accept`, the page's as much as the document's."""
    route = getattr(event.request, "matched_route", None)
    if route is not None and route.name in NEGOTIATED:
        event.response.vary = (*(event.response.vary or ()), "Accept")
