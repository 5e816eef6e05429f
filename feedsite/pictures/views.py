"""One's own picture, and everybody's by its hash."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.i18n import TranslationStringFactory
from pyramid.response import Response
from pyramid.view import view_config

from feedsite.accounts.forms import ProfileForm
from feedsite.accounts.services import PeopleService
from feedsite.pictures.encoding import PictureRefused
from feedsite.pictures.services import PictureService
from feedsite.security.permissions import Permission
from feedsite.security.throttle import Throttle

_ = TranslationStringFactory("feedsite")

#: A hash is of these bytes for good. Only the reader's own browser keeps them: no cache in between goes on giving out
#: the picture of somebody who removed it, or who is gone.
_FOR_GOOD = "private, max-age=31536000, immutable"


@view_config(route_name="pictures.show", request_method="GET")
def show(request: Any) -> Response:
    """A picture."""
    name = request.matchdict["hash"]
    body = request.find_service(PictureService).shown(name)
    if body is None:
        raise HTTPNotFound
    response = Response(body, content_type="image/webp", conditional_response=True)
    response.etag = name
    response.headers["Cache-Control"] = _FOR_GOOD
    response.headers["Content-Disposition"] = "inline"
    return response


@view_config(
    route_name="pictures.choose",
    renderer="accounts/profile.html",
    request_method="POST",
    permission=Permission.MANAGE_ACCOUNT,
)
def choose(request: Any) -> dict[str, object] | Response:
    """Take the file that was sent as the picture."""
    request.find_service(Throttle).hit("picture", request.identity.id)
    file = request.files.get("picture")
    try:
        if file is None:
            raise PictureRefused(_("Please choose a file."))
        request.find_service(PictureService).choose(request.identity.id, file.file)
    except PictureRefused as refused:
        request.response.status = 422
        me = request.find_service(PeopleService).by_id(request.identity.id)
        return {
            "form": ProfileForm.blank(request, name=me.name, bio=me.bio),
            "problem": request.translate(refused.rule),
        }
    request.flash(_("Your picture is saved."))
    return HTTPSeeOther(request.route_path("accounts.profile"))


@view_config(route_name="pictures.choose", request_method="GET", permission=Permission.MANAGE_ACCOUNT)
def choose_again(request: Any) -> Response:
    """To the page with the form, for who comes back to the address of a file that was refused."""
    return HTTPSeeOther(request.route_path("accounts.profile"))


@view_config(route_name="pictures.remove", request_method="POST", permission=Permission.MANAGE_ACCOUNT)
def remove(request: Any) -> Response:
    """Be initials again."""
    request.find_service(PictureService).remove(request.identity.id)
    request.flash(_("Your picture is removed."))
    return HTTPSeeOther(request.route_path("accounts.profile"))
