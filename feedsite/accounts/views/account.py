"""Handle and e-mail address."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.i18n import TranslationStringFactory
from pyramid.response import Response
from pyramid.view import view_config

from feedsite.accounts.entering import count_mail
from feedsite.accounts.forms import AddressForm, HandleForm
from feedsite.accounts.models import Person
from feedsite.accounts.services import (
    AccountService,
    AddressService,
    NoticeService,
    PeopleService,
    Taken,
    TooManyNames,
)
from feedsite.accounts.views.joining import HANDLE_TAKEN
from feedsite.blocking.guard import domain_is_refused
from feedsite.security.events import note
from feedsite.security.permissions import Permission

_ = TranslationStringFactory("feedsite")


@view_config(
    route_name="accounts.account",
    renderer="accounts/account.html",
    request_method="GET",
    permission=Permission.MANAGE_ACCOUNT,
    fresh_login="accounts.account",
)
def account(request: Any) -> dict[str, object]:
    """What the account is called, and its address."""
    return _page(request)


@view_config(
    route_name="accounts.rename",
    renderer="accounts/account.html",
    request_method="POST",
    permission=Permission.MANAGE_ACCOUNT,
    fresh_login="accounts.account",
)
def rename(request: Any) -> dict[str, object] | Response:
    """Give the account another handle; the old one leads to it for a while."""
    form, before = HandleForm.of(request), request.identity.handle
    form.reserved = request.site_settings.reserved_handles
    if form.validate():
        try:
            if request.find_service(AccountService).rename(request.identity.id, form.handle.data):
                person = _myself(request)
                note(request, "handle changed")
                request.find_service(NoticeService).write(person, "accounts.handle_changed", before=before)
                request.flash(_("You are @${handle} now.", mapping={"handle": person.handle}))
            return HTTPSeeOther(request.route_path("accounts.account"))
        except Taken:
            form.refuse("handle", HANDLE_TAKEN)
        except TooManyNames:
            form.refuse("handle", _("You changed your handle several times in 90 days. Wait until one is free."))
    request.response.status = 422
    return _page(request, handle_form=form)


@view_config(
    route_name="accounts.address",
    renderer="accounts/account.html",
    request_method="POST",
    permission=Permission.MANAGE_ACCOUNT,
    fresh_login="accounts.account",
)
def address(request: Any) -> dict[str, object] | Response:
    """Ask both addresses whether the new one is to be the account's."""
    form = AddressForm.of(request)
    right = form.validate()
    if right and domain_is_refused(request, form.email.data or ""):
        form.refuse("email", _("The people who look after this site let nobody use an address of this domain."))
    elif right:
        count_mail(request, form.email.data or "")
        note(request, "address claimed")
        request.find_service(AddressService).claim(_myself(request), form.email.data)
        request.flash(_("A mail is on its way. The address is changed when it is confirmed."), "info")
        return HTTPSeeOther(request.route_path("accounts.account"))
    request.response.status = 422
    return _page(request, address_form=form)


@view_config(
    route_name="accounts.address_withdraw",
    request_method="POST",
    permission=Permission.MANAGE_ACCOUNT,
    fresh_login="accounts.account",
)
def address_withdraw(request: Any) -> Response:
    """Leave the address as it is."""
    if _myself(request).email is not None and request.find_service(AddressService).withdraw(request.identity.id):
        request.flash(_("Your e-mail address stays as it is."))
    return HTTPSeeOther(request.route_path("accounts.account"))


def _page(
    request: Any, *, handle_form: HandleForm | None = None, address_form: AddressForm | None = None
) -> dict[str, object]:
    claim = request.find_service(AddressService).claim_of(request.identity.id)
    return {
        "form": handle_form or address_form or HandleForm.blank(request),
        "handle_form": handle_form or HandleForm.blank(request, handle=request.identity.handle),
        "address_form": address_form or AddressForm.blank(request),
        "email": _myself(request).email,
        "claimed": None if claim is None else claim.email,
        "former": [row.handle for row in request.find_service(AccountService).former_handles(request.identity.id)],
    }


def _myself(request: Any) -> Person:
    found: Person = request.find_service(PeopleService).by_id(request.identity.id)
    return found
