"""A new password for who forgot theirs."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.i18n import TranslationStringFactory
from pyramid.response import Response
from pyramid.view import view_config

from feedsite.accounts.entering import count_mail, know_browser
from feedsite.accounts.forms import NewPasswordForm, ResetForm
from feedsite.accounts.services import NoSuchLink, ResetService
from feedsite.accounts.views.links import over
from feedsite.security.events import note
from feedsite.security.throttle import Throttle, address_key

_ = TranslationStringFactory("feedsite")


@view_config(route_name="accounts.reset", renderer="accounts/reset.html", request_method="GET")
def reset_page(request: Any) -> dict[str, object]:
    """The form."""
    return {"form": ResetForm.of(request)}


@view_config(route_name="accounts.reset", renderer="accounts/reset.html", request_method="POST")
def reset(request: Any) -> dict[str, object] | Response:
    """Send a mail. What is answered, and what is done for it, is the same for every address."""
    request.find_service(Throttle).hit("reset", address_key(request.remote_addr))
    form = ResetForm.of(request)
    if form.validate():
        count_mail(request, form.email.data or "")
        note(request, "password forgotten")
        request.find_service(ResetService).ask(form.email.data, locale=request.site_settings.default_locale)
        request.flash(_("A mail is on its way to this address. It says how to go on."))
        return HTTPSeeOther(request.route_path("accounts.login"))
    request.response.status = 422
    return {"form": form}


@view_config(route_name="accounts.reset_link", renderer="accounts/reset_link.html", request_method=("GET", "POST"))
def reset_link(request: Any) -> dict[str, object] | Response:
    """Choose the new password, by the link of the mail."""
    resets, token = request.find_service(ResetService), request.matchdict["token"]
    try:
        person = resets.who(token)
        form = NewPasswordForm.of(request)
        form.known = (person.handle, person.name, person.email or "", request.site_settings.site_name)
        if request.method == "POST":
            if form.validate():
                resets.reset(token, form.password.data)
                note(request, "password by mail", person=person.id)
                request.flash(_("Your password is changed. Sign in with it."))
                response = HTTPSeeOther(request.route_path("accounts.login"))
                # Strangers who try passwords cannot keep out who reads this address's mail.
                know_browser(request, response, person)
                return response
            request.response.status = 422
    except NoSuchLink:
        return over(request)
    return {"form": form, "handle": person.handle}
