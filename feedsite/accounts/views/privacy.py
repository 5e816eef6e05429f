"""Where somebody may be found, and who may follow them."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.i18n import TranslationStringFactory
from pyramid.response import Response
from pyramid.view import view_config

from feedsite.accounts.forms import PrivacyForm
from feedsite.accounts.services import PeopleService, PrivacyService
from feedsite.requesting.presenters import waiting_link
from feedsite.security.permissions import Permission

_ = TranslationStringFactory("feedsite")


@view_config(
    route_name="accounts.privacy",
    renderer="accounts/privacy.html",
    request_method=("GET", "POST"),
    permission=Permission.MANAGE_ACCOUNT,
)
def privacy(request: Any) -> dict[str, object] | Response:
    """Search engines, and this site's search and suggestions, followers. A box that is ticked keeps out."""
    if request.method == "POST":
        # A box has no wrong value: it came with the form, or it did not.
        form = PrivacyForm.of(request)
        request.find_service(PrivacyService).change(
            request.identity.id,
            noindex=bool(form.noindex.data),
            discoverable=not form.undiscoverable.data,
            locked=bool(form.locked.data),
        )
        request.flash(_("Your settings are saved."))
        return HTTPSeeOther(request.route_path("accounts.privacy"))
    me = request.find_service(PeopleService).by_id(request.identity.id)
    form = PrivacyForm.of(request, noindex=me.noindex, undiscoverable=not me.discoverable, locked=me.locked)
    return {"form": form, "waiting": waiting_link(request)}
