"""Signing up, and confirming the address."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.i18n import TranslationStringFactory
from pyramid.renderers import render_to_response
from pyramid.response import Response
from pyramid.view import view_config

from feedsite.accounts.entering import count_mail, let_in
from feedsite.accounts.forms import InvitationForm, JoinForm
from feedsite.accounts.models import Person
from feedsite.accounts.services import (
    AddressService,
    InvitationService,
    JoiningService,
    NoSuchLink,
    NotOpen,
    PeopleService,
    Taken,
)
from feedsite.accounts.views.links import over
from feedsite.blocking.guard import sign_up_is_refused
from feedsite.security.events import note
from feedsite.security.permissions import Permission
from feedsite.security.throttle import Throttle, address_key
from feedsite.web.redirects import safe_next

_ = TranslationStringFactory("feedsite")

HANDLE_TAKEN = _("Somebody has this handle already. Choose another one.")


@view_config(route_name="accounts.join", renderer="accounts/join.html", request_method="GET")
def join_page(request: Any) -> dict[str, object] | Response:
    """The form, or what stands in its place; who is signed in has an account already."""
    if request.identity is not None:
        return HTTPSeeOther(request.route_path("timelines.home"))
    code = request.GET.get("invitation", "")
    if request.site_settings.sign_up in ("open", "approval") or request.find_service(InvitationService).is_good(code):
        return {"form": _form(request, invitation=code, zone=request.zone, next=safe_next(request, ""))}
    return _not_open(request, code)


@view_config(route_name="accounts.join", renderer="accounts/join.html", request_method="POST")
def join(request: Any) -> dict[str, object] | Response:
    """Make the account, ask its address by mail, and sign in: reading can begin."""
    request.find_service(Throttle).hit("join", address_key(request.remote_addr))
    form = _form(request)
    if form.validate() and not _kept_out(request, form):
        count_mail(request, form.email.data or "")
        try:
            person = _joined(request, form)
        except Taken:
            form.refuse("handle", HANDLE_TAKEN)
        except NotOpen:
            return _not_open(request, form.invitation.data or "")
        else:
            request.flash(_("Welcome, ${name}! A mail is on its way to you.", mapping={"name": person.name}))
            return let_in(request, person, joined=True)
    request.response.status = 422
    return {"form": form}


def _kept_out(request: Any, form: JoinForm) -> bool:
    """Whether the network or the domain is blocked, which the form then says; it tells nothing of any account."""
    refused = sign_up_is_refused(request, form.email.data or "")
    if refused:
        form.refuse("email", _("The people who look after this site let nobody join with this address."))
    return refused


def _form(request: Any, **data: str) -> JoinForm:
    form, settings = JoinForm.of(request, **data), request.site_settings
    form.reserved, form.site_name = settings.reserved_handles, settings.site_name
    invited = request.find_service(InvitationService).is_good(form.invitation.data or "")
    if settings.sign_up != "approval" or invited:
        del form.message
    return form


def _not_open(request: Any, code: str) -> Response:
    form = None
    if request.site_settings.sign_up == "invitation":
        form = InvitationForm.blank(request, invitation=code)
        if code:
            form.validate()
            form.refuse("invitation", _("This invitation is over, used up, or not whole."))
    values = {"form": form}
    response = render_to_response("accounts/join_closed.html", values, request=request)
    response.status_int = 422 if request.method == "POST" else 200
    return response


def _joined(request: Any, form: JoinForm) -> Person:
    made: Person = request.find_service(JoiningService).join(
        handle=form.handle.data or "",
        name=form.name.data or "",
        email=form.email.data or "",
        password=form.password.data or "",
        zone=form.zone.data,
        locale=request.locale_name,
        message=(form.message.data or "") if form.message else "",
        invitation=form.invitation.data or "",
    )
    return made


@view_config(
    route_name="accounts.verify",
    renderer="accounts/verify.html",
    request_method="GET",
    permission=Permission.MANAGE_ACCOUNT,
)
def verify(request: Any) -> dict[str, object]:
    """Which address is to be confirmed, and how to go on when no mail came."""
    claim = request.find_service(AddressService).claim_of(request.identity.id)
    return {"email": None if claim is None else claim.email}


@view_config(route_name="accounts.verify", request_method="POST", permission=Permission.MANAGE_ACCOUNT)
def verify_again(request: Any) -> Response:
    """Send the mails once more."""
    addresses = request.find_service(AddressService)
    claim = addresses.claim_of(request.identity.id)
    if claim is not None:
        count_mail(request, claim.email)
        addresses.ask_again(request.find_service(PeopleService).by_id(request.identity.id))
        request.flash(_("The mail is on its way once more."))
    return HTTPSeeOther(request.route_path("accounts.verify"))


@view_config(route_name="accounts.verify_link", renderer="accounts/verify_link.html", request_method="GET")
def verify_link(request: Any) -> dict[str, object] | Response:
    """What the link of a mail confirms; mail programs that open links by themselves confirm nothing."""
    try:
        person, claim = request.find_service(AddressService).what_for(request.matchdict["token"])
    except NoSuchLink:
        return over(request)
    return {"handle": person.handle, "email": claim.email, "is_change": person.email is not None}


@view_config(route_name="accounts.verify_link", request_method="POST")
def verified(request: Any) -> Response:
    """Confirm the address, or this end of its change."""
    try:
        confirmed = request.find_service(AddressService).confirm(request.matchdict["token"])
    except NoSuchLink:
        return over(request)
    except Taken:
        return over(request, _("This address has become that of another account meanwhile."))
    note(request, "address confirmed", person=confirmed.person.id)
    if confirmed.is_done:
        request.flash(_("Your e-mail address is confirmed."))
    else:
        request.flash(_("Thank you. The other address has to be confirmed as well: a mail went there too."), "info")
    return HTTPSeeOther(request.route_path("timelines.home" if request.identity else "accounts.login"))
