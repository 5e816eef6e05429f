"""Taking an archive into one's own account."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.i18n import TranslationStringFactory
from pyramid.response import Response
from pyramid.view import view_config

from feedsite.accounts.services import PeopleService
from feedsite.importing.account import AccountImport
from feedsite.importing.archive import read_archive
from feedsite.importing.contents import BadArchive, TakenIn
from feedsite.security.permissions import Permission
from feedsite.security.throttle import Throttle

_ = TranslationStringFactory("feedsite")


@view_config(
    route_name="importing.account",
    renderer="importing/account.html",
    request_method=("GET", "POST"),
    permission=Permission.WRITE,
    fresh_login="importing.account",
)
def account(request: Any) -> dict[str, object] | Response:
    """What is taken in, and taking it in."""
    problem = ""
    if request.method == "POST":
        request.find_service(Throttle).hit("import", request.identity.id)
        file = request.files.get("archive")
        person = request.find_service(PeopleService).by_id(request.identity.id)
        try:
            if not hasattr(file, "file"):
                raise BadArchive("the archive", 0, "a file that was chosen")
            taken = request.find_service(AccountImport).take_in(person, read_archive(file.file))
        except BadArchive as bad:
            problem, request.response.status = str(bad), 422
        else:
            _tell(request, taken)
            return HTTPSeeOther(request.route_path("importing.account"))
    return {"problem": problem, "most": request.site_settings.max_body_bytes // 1024}


def _tell(request: Any, taken: TakenIn) -> None:
    figures = {"notes": taken.notes, "links": taken.links, "bookmarks": taken.bookmarks, "known": taken.known}
    said = _(
        "Taken in: notes ${notes}, links ${links}, bookmarks ${bookmarks}. There already: ${known}.", mapping=figures
    )
    request.flash(said)
    if taken.skipped:
        # What is left out is told in the words of the archive's makers: English.
        reasons = "; ".join(f"{count} {what}" for what, count in taken.skipped.most_common(8))
        request.flash(_("Left out or changed: ${reasons}", mapping={"reasons": reasons}), "info")
