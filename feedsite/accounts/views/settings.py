"""One's own profile, and how pages look."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.i18n import TranslationStringFactory
from pyramid.response import Response
from pyramid.view import view_config

from feedsite.accounts.forms import DisplayForm, ProfileForm
from feedsite.accounts.models import THEMES, Person
from feedsite.accounts.services import AccountService, PeopleService
from feedsite.security.cookies import THEME, write_cookie
from feedsite.security.permissions import Permission
from feedsite.web.redirects import see_other

_ = TranslationStringFactory("feedsite")

_THEME_SECONDS = 365 * 86_400


@view_config(
    route_name="accounts.profile",
    renderer="accounts/profile.html",
    request_method=("GET", "POST"),
    permission=Permission.MANAGE_ACCOUNT,
)
def profile(request: Any) -> dict[str, object] | Response:
    """Name and bio."""
    form = ProfileForm.of(request, obj=_myself(request))
    if request.method == "POST":
        if form.validate():
            request.find_service(AccountService).change_profile(
                request.identity.id, name=form.name.data, bio=form.bio.data or ""
            )
            request.flash(_("Your profile is saved."))
            return HTTPSeeOther(request.route_path("accounts.profile"))
        request.response.status = 422
    return {"form": form}


@view_config(
    route_name="accounts.display",
    renderer="accounts/display.html",
    request_method=("GET", "POST"),
    permission=Permission.MANAGE_ACCOUNT,
)
def display(request: Any) -> dict[str, object] | Response:
    """Language, time zone, theme, and whether keys are shortcuts."""
    form = DisplayForm.of(request, obj=_myself(request))
    if request.method == "POST":
        if form.validate():
            request.find_service(AccountService).change_display(
                request.identity.id,
                locale=form.locale.data,
                zone=form.zone.data,
                theme=form.theme.data,
                shortcuts=form.shortcuts.data,
            )
            request.flash(_("Your settings are saved."))
            return HTTPSeeOther(request.route_path("accounts.display"))
        request.response.status = 422
    return {"form": form}


@view_config(route_name="accounts.theme", request_method="POST")
def theme(request: Any) -> Response:
    """Choose a theme from any page: on the account, or in a cookie when nobody is signed in."""
    chosen = request.POST.get("theme")
    response = see_other(request, request.route_path("timelines.front"))
    if chosen not in THEMES:
        return response
    if request.identity is not None:
        request.find_service(AccountService).change_theme(request.identity.id, chosen)
    write_cookie(request, response, THEME, chosen, max_age=_THEME_SECONDS)
    return response


def _myself(request: Any) -> Person | None:
    found: Person | None = request.find_service(PeopleService).by_id(request.identity.id)
    return found
