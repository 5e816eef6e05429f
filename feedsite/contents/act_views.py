"""The administration's page of likes, shares and follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.i18n import TranslationStringFactory
from pyramid.response import Response
from pyramid.view import view_config

from feedsite.accounts.services import PeopleService
from feedsite.admin.presenters import who_view
from feedsite.contents.acts import SIZE, ActService
from feedsite.contents.forms import ACT_VERBS, ActFilterForm, RemoveForm
from feedsite.db import utcnow
from feedsite.feeds import Entity, Item
from feedsite.moderation.ranks import Actor, Several
from feedsite.security.permissions import Permission
from feedsite.web.cursors import cursor_from, first_page_url, page_url
from feedsite.web.plurals import counted, ngettext
from feedsite.web.presenting import LinkView, TimeView
from feedsite.web.wording import time_view

_ = TranslationStringFactory("feedsite")


@dataclass(frozen=True, slots=True)
class ActRow:
    """A like, share or follow for those who look after the site."""

    id: str
    time: TimeView
    who: LinkView
    verb: str
    thing: LinkView


@view_config(
    route_name="admin.acts", renderer="contents/acts.html", request_method="GET", permission=Permission.MODERATE
)
def acts(request: Any) -> dict[str, object]:
    """What people did besides writing, filtered, newest first."""
    return _page(request, RemoveForm.blank(request))


@view_config(
    route_name="admin.acts", renderer="contents/acts.html", request_method="POST", permission=Permission.MODERATE
)
def remove(request: Any) -> dict[str, object] | Response:
    """Remove what is ticked."""
    form, chosen = RemoveForm.of(request), request.POST.getall("act")[:SIZE]
    if not chosen:
        form.refuse_all(_("Tick what this is for."))
    if not form.validate() or not chosen:
        request.response.status = 422
        return _page(request, form, frozenset(chosen))
    done = request.find_service(ActService).remove(Actor.of(request.identity), chosen, form.reason.data)
    for sentence, kind in _said(request, done):
        request.flash(sentence, kind)
    return HTTPSeeOther(request.path_qs)


def _page(request: Any, removing: RemoveForm, ticked: frozenset[str] = frozenset()) -> dict[str, object]:
    form, everybody = ActFilterForm.of_query(request), request.find_service(PeopleService)
    asked = form.asked(everybody)
    shown: list[ActRow] = []
    pages = {"next": "", "previous": "", "first": ""}
    if asked is None:
        request.response.status = 400
    else:
        cursor = cursor_from(request)
        page = request.find_service(ActService).page(asked, cursor)
        keys = {end.key for item in page.items for end in (item.actor, item.object)}
        people = everybody.by_key(keys)
        shown = [_row(request, item, people) for item in page.items]
        pages["next"] = page_url(request, page.next) or ""
        pages["first"] = first_page_url(request) if cursor else ""
        pages["previous"] = page_url(request, page.previous) or ""
    return {"form": form, "removing": removing, "ticked": ticked, "acts": shown, "pages": pages}


def _row(request: Any, item: Item, people: Any) -> ActRow:
    return ActRow(
        id=item.id,
        time=time_view(item.published, utcnow(), request.zone, request.locale_name),
        who=who_view(request, item.actor.key, people),
        verb=request.translate(ACT_VERBS[item.verb]),
        thing=_thing(request, item.object, people),
    )


def _thing(request: Any, thing: Entity, people: Any) -> LinkView:
    if thing.type == "person":
        return who_view(request, thing.key, people)
    return LinkView(thing.key, request.route_path("admin.note", note_id=thing.id) if thing.type == "note" else "")


def _said(request: Any, done: Several) -> list[tuple[str, str]]:
    """What is said after removing several, each sentence with its kind."""
    said: list[tuple[str, str]] = []
    for (one, many), ids, kind in (
        (ngettext("${count} act is removed.", "${count} acts are removed."), done.done, "success"),
        (ngettext("${count} act was gone already.", "${count} acts were gone already."), done.same, "info"),
        (
            ngettext(
                "${count} act stays: you may not act on who did it.",
                "${count} acts stay: you may not act on who did them.",
            ),
            done.refused,
            "error",
        ),
    ):
        if ids:
            sentence = counted(request, one, many, len(ids))
            said.append((sentence, kind))
    return said
