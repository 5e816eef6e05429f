"""Signing in and out, and giving the password again."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.i18n import TranslationStringFactory
from pyramid.response import Response
from pyramid.security import forget
from pyramid.view import view_config

from feedsite.accounts.entering import confirmed_again, count_attempt, enter
from feedsite.accounts.forms import ConfirmForm, LoginForm
from feedsite.accounts.services import AccountService, PeopleService
from feedsite.security.events import note
from feedsite.security.permissions import Permission
from feedsite.security.throttle import Throttle
from feedsite.web.redirects import safe_next, see_other

_ = TranslationStringFactory("feedsite")


@view_config(route_name="accounts.login", renderer="accounts/login.html", request_method="GET")
def login_page(request: Any) -> dict[str, object] | Response:
    """The form; who is signed in goes where they wanted to."""
    if request.identity is not None:
        return see_other(request, request.route_path("timelines.home"))
    if request.is_suspended:
        return HTTPSeeOther(request.route_path("appeals.standing"))
    return {"form": LoginForm.of(request, next=safe_next(request, ""))}


@view_config(route_name="accounts.login", renderer="accounts/login.html", request_method="POST")
def login(request: Any) -> dict[str, object] | Response:
    """Sign in. Whatever is wrong, the answer is the same."""
    form = LoginForm.of(request)
    if form.validate():
        accounts = request.find_service(AccountService)
        person = accounts.find_login(form.login.data)
        count_attempt(request, person, form.login.data or "")
        if accounts.authenticate(person, form.password.data):
            return enter(request, person)
        note(request, "sign in", "refused", person=person.id if person else "", why="wrong password")
        form.refuse_all(_("The handle or address and the password do not belong together."))
    request.response.status = 422
    return {"form": form}


@view_config(route_name="accounts.logout", request_method="POST", permission=Permission.SIGN_OUT)
def logout(request: Any) -> Response:
    """End this login, and have the browser forget what it kept of it."""
    note(request, "sign out")
    headers = forget(request)
    request.flash(_("You are signed out."))
    response = HTTPSeeOther(request.route_path("timelines.front"), headers=headers)
    # Not "cookies": that would take the theme and the message of this very answer as well.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@view_config(
    route_name="accounts.confirm",
    renderer="accounts/confirm.html",
    request_method=("GET", "POST"),
    permission=Permission.MANAGE_ACCOUNT,
)
def confirm(request: Any) -> dict[str, object] | Response:
    """Give the password again, and go on to what needed it."""
    form = ConfirmForm.of(request, next=safe_next(request, ""))
    if request.method == "POST":
        if form.validate() and is_own_password(request, form.password.data or ""):
            return confirmed_again(request, see_other(request, request.route_path("accounts.account")))
        if not form.errors:
            form.refuse("password", WRONG_PASSWORD)
        request.response.status = 422
    return {"form": form}


WRONG_PASSWORD = _("This is not your password.")


def is_own_password(request: Any, password: str) -> bool:
    """Whether a password is that of whoever is signed in; each try counts. Raises TooManyRequests."""
    request.find_service(Throttle).hit("confirm", request.identity.id)
    person = request.find_service(PeopleService).by_id(request.identity.id)
    right = bool(request.find_service(AccountService).authenticate(person, password))
    note(request, "password again", "done" if right else "refused")
    return right
