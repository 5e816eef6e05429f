"""Answers to conditional requests: what a reader has already is not written again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from pyramid.response import Response

from feedsite.db import utcnow
from feedsite.web.robots import HEADER, NOINDEX

#: A date has seconds: within the second it names, something else may still happen (RFC 9110, 8.8.2.2).
_SETTLED = timedelta(seconds=60)
#: Changes whenever the same things are written down in another way, so that readers fetch them anew.
_EDITION = "1"


def fingerprint(*parts: object) -> str:
    """A name of what a document says, for `ETag`: of whatever has one and the same spelling, whole and in order."""
    digest = hashlib.sha256(_EDITION.encode())
    for part in parts:
        digest.update(repr(part).encode(errors="surrogatepass") + b"\n")
    return digest.hexdigest()[:32]


def answer(
    request: Any,
    write: Callable[[], bytes],
    *,
    content_type: str,
    tag: str,
    modified: datetime | None = None,
    private: bool = False,
) -> Response:
    """A document, or 304 where the one that asks has it.

    Args:
        write: makes the document; not called where it is not needed.
        content_type: of the document.
        tag: its fingerprint.
        modified: when what it says changed last; None: not known.
        private: for its owner alone, not for caches that many use.
    """
    response = Response(status=304 if _has_it(request, tag, modified) else 200)
    if response.status_int == 200:
        response.body = write()
        response.headers["Content-Type"] = content_type
    else:
        del response.content_type
    response.etag = tag
    response.last_modified = modified
    # Asked again each time: what is deleted is gone at once. The tag makes that cheap.
    response.headers["Cache-Control"] = f"{'private' if private else 'public'}, no-cache"
    response.headers[HEADER] = NOINDEX
    return response


def _has_it(request: Any, tag: str, modified: datetime | None) -> bool:
    if "If-None-Match" in request.headers:
        return tag in request.if_none_match
    since = request.if_modified_since
    if since is None or modified is None or modified > utcnow() - _SETTLED:
        return False
    # The same date, not a later one: when the newest act is deleted, the date goes back.
    return bool(since == modified.replace(microsecond=0))
