"""The page of those who ask to follow the reader, and the answers to them."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPBadRequest
from pyramid.i18n import TranslationStringFactory
from pyramid.response import Response
from pyramid.view import view_config

from feedsite.requesting.answers import AnswerService
from feedsite.requesting.presenters import accepted_sentence, declined_sentence, request_list
from feedsite.requesting.services import PAGE, FollowRequestService
from feedsite.security.permissions import Permission
from feedsite.security.throttle import Throttle
from feedsite.web.places import Cursors
from feedsite.web.redirects import see_other

_ = TranslationStringFactory("feedsite")

_LONGEST_ID = 40


@view_config(
    route_name="requesting.list",
    renderer="requesting/list.html",
    request_method="GET",
    permission=Permission.ARRANGE,
)
def requests(request: Any) -> dict[str, object]:
    """Who asks to follow the reader, the newest first."""
    cursors = Cursors(request, "follow requests")
    page = request.find_service(FollowRequestService).page(request.identity.id, cursors.place())
    return {"list": request_list(request, page, cursors)}


@view_config(route_name="requesting.accept", request_method="POST", permission=Permission.ARRANGE)
def accept(request: Any) -> Response:
    """Let those follow whom the form names."""
    accepted = request.find_service(AnswerService).accept(request.identity.id, _given(request))
    request.flash(accepted_sentence(request, accepted), "success" if accepted else "info")
    return see_other(request, request.route_path("requesting.list"))


@view_config(route_name="requesting.decline", request_method="POST", permission=Permission.ARRANGE)
def decline(request: Any) -> Response:
    """Take away what those asked whom the form names; they are not told."""
    declined = request.find_service(AnswerService).decline(request.identity.id, _given(request))
    request.flash(declined_sentence(request, declined), "success" if declined else "info")
    return see_other(request, request.route_path("requesting.list"))


def _given(request: Any) -> list[str]:
    """The ids that a form carried; counted as following is. Raises HTTPBadRequest where they are none of a page."""
    request.find_service(Throttle).hit("follow", request.identity.id)
    given = request.POST.getall("request")
    if not 1 <= len(given) <= PAGE or any(not 1 <= len(one) <= _LONGEST_ID for one in given):
        rule = _("request: the ids of 1 to ${count} people who ask to follow you.", mapping={"count": PAGE})
        raise HTTPBadRequest(rule)
    return [str(one) for one in given]
