"""The second factor: signing in with it, setting it up, recovery codes, removing it."""

from __future__ import annotations

import io
from typing import Any

import segno
from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.i18n import TranslationStringFactory
from pyramid.response import Response
from pyramid.view import view_config

from feedsite.accounts.entering import expected, let_in, no_longer_expected
from feedsite.accounts.forms import CodeForm, LoginCodeForm
from feedsite.accounts.models import Person
from feedsite.accounts.services import PeopleService, TwoFactorService
from feedsite.security.events import note
from feedsite.security.permissions import Permission
from feedsite.security.throttle import Throttle
from feedsite.web.redirects import safe_next

_ = TranslationStringFactory("feedsite")

_WRONG = _("This code is wrong, or was used already.")
_FEW = 3


@view_config(route_name="accounts.login_code", renderer="accounts/login_code.html", request_method=("GET", "POST"))
def login_code(request: Any) -> dict[str, object] | Response:
    """The second half of signing in, for who gave the right password a moment ago."""
    person = expected(request)
    if person is None:
        return HTTPSeeOther(request.route_path("accounts.login"))
    form = LoginCodeForm.of(request, next=safe_next(request, ""))
    if request.method == "POST":
        request.find_service(Throttle).hit("code", person.id)
        factors = request.find_service(TwoFactorService)
        if form.validate() and factors.check(person, form.code.data or ""):
            if factors.codes_left(person.id) < _FEW:
                request.flash(_("Few recovery codes are left: make new ones in your settings, under Security."), "info")
            return no_longer_expected(request, let_in(request, person))
        note(request, "second factor", "refused", person=person.id)
        if not form.errors:
            form.refuse("code", _WRONG)
        request.response.status = 422
    return {"form": form}


@view_config(
    route_name="accounts.two_factor",
    renderer="accounts/two_factor.html",
    request_method="GET",
    permission=Permission.MANAGE_ACCOUNT,
    fresh_login="accounts.two_factor",
)
def two_factor(request: Any) -> dict[str, object]:
    """Whether it is on, and what can be done about it."""
    return _page(request)


@view_config(
    route_name="accounts.two_factor_begin",
    request_method="POST",
    permission=Permission.MANAGE_ACCOUNT,
    fresh_login="accounts.two_factor",
)
def begin(request: Any) -> Response:
    """Make a key for an authenticator."""
    request.find_service(TwoFactorService).begin(request.identity.id)
    return HTTPSeeOther(request.route_path("accounts.two_factor"))


@view_config(
    route_name="accounts.two_factor_qr",
    request_method="GET",
    permission=Permission.MANAGE_ACCOUNT,
    fresh_login="accounts.two_factor",
)
def qr(request: Any) -> Response:
    """The key as a picture that an authenticator reads; drawn here, by nobody else."""
    uri = request.find_service(TwoFactorService).setup_uri(_myself(request))
    if uri is None:
        raise HTTPNotFound
    drawn = io.BytesIO()
    segno.make(uri, error="m").save(drawn, kind="svg", scale=5, border=4, light="#fff", xmldecl=False)
    return Response(drawn.getvalue(), content_type="image/svg+xml", charset="utf-8")


@view_config(
    route_name="accounts.two_factor_enable",
    renderer="accounts/two_factor.html",
    request_method="POST",
    permission=Permission.MANAGE_ACCOUNT,
    fresh_login="accounts.two_factor",
)
def enable(request: Any) -> dict[str, object]:
    """Turn it on by a first code; the recovery codes are shown this once, so there is no page to go on to."""
    form, codes = CodeForm.of(request), None
    if form.validate():
        request.find_service(Throttle).hit("code", request.identity.id)
        codes = request.find_service(TwoFactorService).enable(_myself(request), form.code.data or "")
    note(request, "second factor on", "refused" if codes is None else "done")
    if codes is None:
        if not form.errors:
            form.refuse("code", _WRONG)
        request.response.status = 422
    return _page(request, form=form, codes=codes)


@view_config(
    route_name="accounts.two_factor_codes",
    renderer="accounts/two_factor.html",
    request_method="POST",
    permission=Permission.MANAGE_ACCOUNT,
    fresh_login="accounts.two_factor",
)
def codes(request: Any) -> dict[str, object]:
    """New recovery codes, shown this once."""
    made = request.find_service(TwoFactorService).renew_codes(_myself(request))
    if made is None:
        request.response.status = 422
    return _page(request, codes=made)


@view_config(
    route_name="accounts.two_factor_disable",
    request_method="POST",
    permission=Permission.MANAGE_ACCOUNT,
    fresh_login="accounts.two_factor",
)
def disable(request: Any) -> Response:
    """Sign in with the password alone again."""
    if request.find_service(TwoFactorService).disable(_myself(request)):
        note(request, "second factor off")
        request.flash(_("The second factor is off. Your password alone signs you in."))
    return HTTPSeeOther(request.route_path("accounts.two_factor"))


def _page(request: Any, *, form: CodeForm | None = None, codes: list[str] | None = None) -> dict[str, object]:
    factors, me = request.find_service(TwoFactorService), _myself(request)
    return {
        "form": form or CodeForm.blank(request),
        "is_on": factors.is_on(me.id),
        "key": factors.setup_key(me),
        "codes": codes,
        "left": factors.codes_left(me.id),
    }


def _myself(request: Any) -> Person:
    found: Person = request.find_service(PeopleService).by_id(request.identity.id)
    return found
