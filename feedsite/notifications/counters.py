"""What an open page asks once a minute: the badge, and how much came to home since the page was made."""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import Any

from pyramid.response import Response
from pyramid.view import view_config

from feedsite.feeds import Counted
from feedsite.notifications.presenters import badge_words
from feedsite.notifications.services import NotificationService
from feedsite.security.permissions import Permission
from feedsite.timelines.home import HomeService
from feedsite.timelines.marks import HOME, read_mark
from feedsite.timelines.presenters import new_label


@view_config(route_name="notifications.counters", request_method="GET", permission=Permission.READ_NOTIFICATIONS)
def counters(request: Any) -> Response:
    """The badge; with ``?since=`` the number of new items too. Nothing changed: 304, by the ETag.

    JSON of finished words: ``badge`` ("3", at most "99+", empty for none), ``badge_text`` ("3 new notifications") and
    ``home`` ("5 new", empty for none).

    Raises HTTPBadRequest when ``since`` is nothing that a page of this reader's home had.
    """
    reader, since = request.identity.entity, request.GET.get("since", "")
    homes, service = request.find_service(HomeService), request.find_service(NotificationService)
    mark = read_mark(request, HOME, since) if since else None
    new = Counted(0, True) if mark is None else homes.count_since(reader, mark)
    label, text = badge_words(request, service.badge(reader).number)
    return _conditional({"badge": label, "badge_text": text, "home": new_label(request, new.number)})


def _conditional(said: dict[str, str]) -> Response:
    body = json.dumps(said, ensure_ascii=False).encode()
    response = Response(body, content_type="application/json", charset="utf-8", conditional_response=True)
    response.etag = blake2b(body, digest_size=12).hexdigest()
    return response
