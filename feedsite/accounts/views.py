"""Signing up, in and out, and one's own settings."""

from __future__ import annotations

import secrets
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.i18n import TranslationStringFactory
from pyramid.response import Response
from pyramid.security import forget, remember
from pyramid.view import view_config

from feedsite.accounts.forms import DisplayForm, JoinForm, LoginForm, ProfileForm
from feedsite.accounts.models import THEMES, Person
from feedsite.accounts.services import AccountService, PeopleService, Suspended, Taken
from feedsite.security.cookies import DEVICE, THEME, read_cookie, write_cookie
from feedsite.security.permissions import Permission
from feedsite.security.signing import BadToken, signer
from feedsite.security.throttle import Throttle, address_key
from feedsite.web.redirects import safe_next, see_other

_ = TranslationStringFactory("feedsite")

_DEVICE_SECONDS = 2 * 365 * 86_400
_THEME_SECONDS = 365 * 86_400


# -- signing up ------------------------------------------------------------------------------------------------------


@view_config(route_name="accounts.join", renderer="accounts/join.html", request_method="GET")
def join_page(request: Any) -> dict[str, object] | Response:
    """The form; who is signed in has an account already."""
    if request.identity is not None:
        return HTTPSeeOther(request.route_path("timelines.home"))
    return {"form": JoinForm.of(request, zone=request.zone, next=safe_next(request, ""))}


@view_config(route_name="accounts.join", renderer="accounts/join.html", request_method="POST")
def join(request: Any) -> dict[str, object] | Response:
    """Make the account and sign in to it."""
    request.find_service(Throttle).hit("join", address_key(request.remote_addr))
    settings = request.site_settings
    form = JoinForm.of(request)
    form.reserved, form.site_name = settings.reserved_handles, settings.site_name
    if form.validate():
        try:
            person = request.find_service(AccountService).join(
                handle=form.handle.data,
                name=form.name.data,
                email=form.email.data,
                password=form.password.data,
                zone=form.zone.data,
                locale=settings.default_locale,
            )
        except Taken as taken:
            form.refuse(taken.field, _TAKEN[taken.field])
        else:
            request.flash(_("Welcome, ${name}! Your account is ready.", mapping={"name": person.name}))
            return _signed_in(request, person)
    request.response.status = 422
    return {"form": form}


_TAKEN = {
    "handle": _("Somebody has this handle already. Choose another one."),
    "email": _("This address cannot be used for a new account."),
}


# -- signing in and out ----------------------------------------------------------------------------------------------


@view_config(route_name="accounts.login", renderer="accounts/login.html", request_method="GET")
def login_page(request: Any) -> dict[str, object] | Response:
    """The form; who is signed in goes where they wanted to."""
    if request.identity is not None:
        return see_other(request, request.route_path("timelines.home"))
    return {"form": LoginForm.of(request, next=safe_next(request, ""))}


@view_config(route_name="accounts.login", renderer="accounts/login.html", request_method="POST")
def login(request: Any) -> dict[str, object] | Response:
    """Sign in. Whatever is wrong, the answer is the same."""
    form = LoginForm.of(request)
    if form.validate():
        accounts = request.find_service(AccountService)
        person = accounts.find_login(form.login.data)
        _count_attempt(request, person, form.login.data or "")
        try:
            if accounts.authenticate(person, form.password.data):
                return _signed_in(request, person)
            form.refuse_all(_("The handle or address and the password do not belong together."))
        except Suspended:
            form.refuse_all(
                _("This account is suspended. Write to the people who run this site if you think it is a mistake.")
            )
    request.response.status = 422
    return {"form": form}


@view_config(route_name="accounts.logout", request_method="POST", permission=Permission.SIGN_OUT)
def logout(request: Any) -> Response:
    """End this login, and have the browser forget what it kept of it."""
    headers = forget(request)
    request.flash(_("You are signed out."))
    response = HTTPSeeOther(request.route_path("timelines.front"), headers=headers)
    # Not "cookies": that would take the theme and the message of this very answer as well.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _count_attempt(request: Any, person: Person | None, login_text: str) -> None:
    """Count a sign-in by address and by account, before any password is looked at.

    A browser that has signed in to the account before has its own count: strangers who try passwords cannot lock the
    owner out. (OWASP Authentication Cheat Sheet, device cookies.)
    """
    throttle = request.find_service(Throttle)
    throttle.hit("login_address", address_key(request.remote_addr))
    account = person.id if person is not None else login_text.lower()
    throttle.hit("login_account", signer(request, "throttle").digest(_device(request, person) or account))


def _device(request: Any, person: Person | None) -> str:
    try:
        owner, nonce = signer(request, "device").read(read_cookie(request, DEVICE), max_age=_DEVICE_SECONDS)
    except (BadToken, ValueError, TypeError):
        return ""
    return f"device:{nonce}" if person is not None and owner == person.id else ""


def _signed_in(request: Any, person: Person) -> Response:
    response = see_other(request, request.route_path("timelines.home"))
    response.headerlist.extend(remember(request, person.id))
    device = signer(request, "device").sign([person.id, secrets.token_urlsafe(12)])
    write_cookie(request, response, DEVICE, device, max_age=_DEVICE_SECONDS)
    return response


# -- settings --------------------------------------------------------------------------------------------------------


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
    """Time zone and theme."""
    form = DisplayForm.of(request, obj=_myself(request))
    if request.method == "POST":
        if form.validate():
            request.find_service(AccountService).change_display(
                request.identity.id, zone=form.zone.data, theme=form.theme.data
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
