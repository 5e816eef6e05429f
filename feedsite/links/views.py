"""The page of what one follows and watches, and the page of what one has muted and blocked."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPBadRequest, HTTPSeeOther
from pyramid.i18n import TranslationStringFactory
from pyramid.response import Response
from pyramid.view import view_config

from feedsite.graph.services import GraphService, LinkRefused
from feedsite.links.presenters import LinkPresenter, taken_sentences, term_views
from feedsite.links.services import TERMS, LinkService, entities_of
from feedsite.links.tables import NoTable
from feedsite.security.permissions import Permission
from feedsite.security.throttle import Throttle
from feedsite.web.cursors import cursor_from, first_page_url, page_url

_ = TranslationStringFactory("feedsite")

_LARGEST_TABLE = 256 * 1024


@view_config(route_name="links.list", renderer="links/list.html", request_method="GET", permission=Permission.ARRANGE)
def links(request: Any) -> dict[str, object]:
    """What the reader follows and watches, the newest link first."""
    read = request.find_service(LinkService).read(request.identity, cursor=cursor_from(request))
    return {"links": LinkPresenter(request, read).rows(weighed=True), "pages": _pages(request, read.page.next)}


@view_config(route_name="links.list", request_method="POST", permission=Permission.ARRANGE)
def change_links(request: Any) -> Response:
    """Give the links of a page their weights, or remove one."""
    _count(request)
    service, removed = request.find_service(LinkService), entities_of(request.POST.getall("remove"))
    if removed:
        for entity in removed[:1]:
            service.remove(request.identity, entity)
        request.flash(_("The link is removed."))
    else:
        service.weigh(request.identity, _weights(request))
        request.flash(_("Your weights are saved."))
    return HTTPSeeOther(request.route_path("links.list"))


def _weights(request: Any) -> dict[Any, float]:
    """The weights that a form carried. Raises HTTPBadRequest where one is none."""
    found: dict[Any, float] = {}
    for name, value in list(request.POST.items())[:200]:
        if not name.startswith("weight:"):
            continue
        try:
            weight = float(value)
        except (TypeError, ValueError):
            weight = 0.0
        if not 0 < weight <= 100:
            raise HTTPBadRequest(_("A weight is a number above 0, at most 100."))
        found |= dict.fromkeys(entities_of([name.removeprefix("weight:")]), weight)
    return found


@view_config(route_name="links.table", request_method="GET", permission=Permission.ARRANGE)
def table(request: Any) -> Response:
    """All of them as CSV."""
    text = request.find_service(LinkService).table(request.identity)
    response = Response(text.encode(), content_type="text/csv", charset="utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="links.csv"'
    response.headers["Cache-Control"] = "no-store"
    return response


@view_config(route_name="links.take_in", request_method="POST", permission=Permission.FOLLOW)
def take_in(request: Any) -> Response:
    """Follow and watch what a table has."""
    throttle, file = request.find_service(Throttle), request.files.get("table", request.POST.get("table"))
    try:
        taken = request.find_service(LinkService).take_in(
            request.identity, _text(file), lambda: throttle.hit("follow", request.identity.id)
        )
    except NoTable as refused:
        request.flash(refused.message, "error")
    else:
        for sentence in taken_sentences(request, taken):
            request.flash(sentence, "success")
    return HTTPSeeOther(request.route_path("links.list"))


def _text(file: Any) -> str:
    """The text of a file that was sent, or of a field. Raises NoTable."""
    if file is None or (not isinstance(file, str) and not hasattr(file, "file")):
        raise NoTable(_("Choose a file first."))
    raw = file.encode() if isinstance(file, str) else file.file.read(_LARGEST_TABLE + 1)
    if not raw.strip():
        raise NoTable(_("Choose a file first."))
    try:
        if len(raw) <= _LARGEST_TABLE and b"\0" not in raw:
            return str(raw.decode())
    except UnicodeDecodeError:
        pass
    raise NoTable(_("This is no table of comma-separated values."))


@view_config(route_name="links.mutes", renderer="links/mutes.html", request_method="GET", permission=Permission.ARRANGE)
def mutes(request: Any) -> dict[str, object]:
    """What the reader has muted, and whom they block, the newest first."""
    return _mutes(request)


def _mutes(request: Any, name: str = "", error: str = "") -> dict[str, object]:
    read = request.find_service(LinkService).read(request.identity, ("mute", "block"), cursor_from(request))
    return {
        "links": LinkPresenter(request, read).rows(),
        "pages": _pages(request, read.page.next),
        "terms": term_views(request),
        "name": name,
        "error": error,
        "form": None,
    }


@view_config(
    route_name="links.mutes", renderer="links/mutes.html", request_method="POST", permission=Permission.ARRANGE
)
def add_mute(request: Any) -> dict[str, object] | Response:
    """Mute somebody or a word."""
    _count(request)
    name = request.POST.get("name", "")
    name = name if isinstance(name, str) else ""
    try:
        muted = request.find_service(LinkService).mute_named(request.identity, name, _term(request))
    except LinkRefused as refused:
        request.response.status = 422
        return _mutes(request, name, request.translate(refused.message))
    request.flash(request.localizer.translate(_("${name} is muted."), mapping={"name": muted}))
    return HTTPSeeOther(request.route_path("links.mutes"))


@view_config(route_name="links.change_mute", request_method="POST", permission=Permission.ARRANGE)
def change_mute(request: Any) -> Response:
    """Let a mute end at another time, or take it or a block back."""
    _count(request)
    found = entities_of(value for value in (request.POST.get("unmute"), request.POST.get("set")) if value)
    for entity in found[:1]:
        if "unmute" in request.POST:
            request.find_service(GraphService).release(request.identity.id, entity)
        else:
            request.find_service(LinkService).change_mute(request.identity, entity, _term(request))
    return HTTPSeeOther(request.route_path("links.mutes"))


def _term(request: Any) -> str:
    term = request.POST.get("term", "")
    if term not in TERMS:
        raise HTTPBadRequest(_("A mute lasts for an hour, a day, a week or for good."))
    return str(term)


def _count(request: Any) -> None:
    request.find_service(Throttle).hit("follow", request.identity.id)


def _pages(request: Any, following: str | None) -> dict[str, str]:
    return {
        "older_url": page_url(request, following) or "",
        "newer_url": "",
        "first_url": first_page_url(request) if request.GET.get("cursor") else "",
    }
