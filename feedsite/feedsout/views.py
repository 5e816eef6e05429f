"""Atom and JSON Feed of the public lists. Whoever asks, they say what everybody may see."""

from __future__ import annotations

from typing import Any

from pyramid.response import Response
from pyramid.view import view_config

from feedsite.feedsout.documents import feed_answer
from feedsite.feedsout.material import material
from feedsite.feedsout.sources import source_of
from feedsite.security.policy import act_as
from feedsite.timelines.services import TimelineService
from feedsite.web.cursors import cursor_from


@view_config(route_name="feedsout.profile", request_method="GET")
@view_config(route_name="feedsout.tag", request_method="GET")
@view_config(route_name="feedsout.thing", request_method="GET")
@view_config(route_name="feedsout.public", request_method="GET")
def feed(request: Any) -> Response:
    """A page of a public list, newest first."""
    act_as(request, None)
    source = source_of(request)
    cursor = cursor_from(request)
    read = request.find_service(TimelineService).read(source.aggregator, cursor)
    source.check(read.page, cursor)
    return feed_answer(request, source, material(request, read))
