"""The page of people whom one could follow, and the button that takes one away."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.i18n import TranslationStringFactory
from pyramid.response import Response
from pyramid.view import view_config

from feedsite.accounts.services import PeopleService
from feedsite.security.permissions import Permission
from feedsite.security.throttle import Throttle
from feedsite.suggestions.presenters import MANY, suggested
from feedsite.suggestions.services import SuggestionService
from feedsite.web.redirects import see_other

_ = TranslationStringFactory("feedsite")


@view_config(route_name="suggestions.people", renderer="suggestions/people.html", request_method="GET")
def people(request: Any) -> dict[str, object]:
    """Whom the reader could follow."""
    return {"people": suggested(request, MANY)}


@view_config(route_name="suggestions.dismiss", request_method="POST", permission=Permission.ARRANGE)
def dismiss(request: Any) -> Response:
    """Suggest somebody no more."""
    request.find_service(Throttle).hit("follow", request.identity.id)
    person = request.find_service(PeopleService).by_handle(request.matchdict["handle"])
    if person is None:
        raise HTTPNotFound(_("Nobody has this handle."))
    request.find_service(SuggestionService).dismiss(request.identity.id, person)
    request.flash(request.localizer.translate(_("${name} is not suggested again."), mapping={"name": person.name}))
    return see_other(request, request.route_path("suggestions.people"))
