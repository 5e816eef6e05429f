"""Password, and the browsers that are signed in."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.i18n import TranslationStringFactory
from pyramid.response import Response
from pyramid.view import view_config

from feedsite.accounts.entering import confirmed_again
from feedsite.accounts.forms import ChangePasswordForm, NoticesForm
from feedsite.accounts.presenters import login_views
from feedsite.accounts.services import AccountService, NoticeService, PeopleService
from feedsite.accounts.views.signing_in import WRONG_PASSWORD, is_own_password
from feedsite.mail.services import MailService
from feedsite.security.events import note
from feedsite.security.permissions import Permission
from feedsite.security.sessions import LoginSessionService

_ = TranslationStringFactory("feedsite")


@view_config(
    route_name="accounts.password",
    renderer="accounts/password.html",
    request_method=("GET", "POST"),
    permission=Permission.MANAGE_ACCOUNT,
)
def password(request: Any) -> dict[str, object] | Response:
    """Change the password; every other login ends."""
    form, person = ChangePasswordForm.of(request), request.find_service(PeopleService).by_id(request.identity.id)
    form.known = (person.handle, person.name, person.email or "", request.site_settings.site_name)
    if request.method == "POST":
        if form.validate() and is_own_password(request, form.current.data or ""):
            request.find_service(AccountService).change_password(person, form.password.data)
            request.find_service(LoginSessionService).end_all(person.id, but=request.identity.session_id)
            request.find_service(NoticeService).write(person, "accounts.password_changed")
            request.flash(_("Your password is changed. All your other browsers are signed out."))
            note(request, "password changed")
            return confirmed_again(request, HTTPSeeOther(request.route_path("accounts.password")))
        if not form.errors:
            form.refuse("current", WRONG_PASSWORD)
        request.response.status = 422
    refused = request.find_service(MailService).refuses(person.id, "logins")
    return {"form": form, "notices": NoticesForm.blank(request, logins=not refused)}


@view_config(
    route_name="accounts.login_notices",
    request_method="POST",
    permission=Permission.MANAGE_ACCOUNT,
)
def login_notices(request: Any) -> Response:
    """Have mails about new browsers, or none."""
    wanted = bool(NoticesForm.of(request).logins.data)
    request.find_service(MailService).refuse(request.identity.id, "logins", refused=not wanted)
    request.flash(_("Your settings are saved."))
    return HTTPSeeOther(request.route_path("accounts.password"))


@view_config(
    route_name="accounts.sessions",
    renderer="accounts/sessions.html",
    request_method="GET",
    permission=Permission.MANAGE_ACCOUNT,
)
def sessions(request: Any) -> dict[str, object]:
    """Every browser that is signed in."""
    return {"logins": login_views(request, request.find_service(LoginSessionService).of(request.identity.id))}


@view_config(
    route_name="accounts.session_end",
    request_method="POST",
    permission=Permission.MANAGE_ACCOUNT,
    fresh_login="accounts.sessions",
)
def session_end(request: Any) -> Response:
    """End one login, or all the others."""
    note(request, "end logins")
    logins, me = request.find_service(LoginSessionService), request.identity
    which = str(request.POST.get("session", ""))
    if which == "others":
        logins.end_all(me.id, but=me.session_id)
        request.flash(_("All your other browsers are signed out."))
    elif logins.end_own(me.id, which):
        request.flash(_("This browser is signed out."))
    else:
        request.flash(_("This browser was signed out already."), "info")
    return HTTPSeeOther(request.route_path("accounts.sessions"))
