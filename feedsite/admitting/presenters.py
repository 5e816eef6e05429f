"""What pages show of those who wait, and of invitations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pyramid.i18n import TranslationStringFactory

from feedsite.accounts.models import Invitation, Invited, Person, SignUpRequest
from feedsite.accounts.services import InvitationService, PeopleService
from feedsite.admin.presenters import who_view
from feedsite.db import utcnow
from feedsite.moderation.ranks import Several
from feedsite.web.plurals import ngettext
from feedsite.web.presenting import LinkView, TimeView
from feedsite.web.wording import time_view

_ = TranslationStringFactory("feedsite")


@dataclass(frozen=True, slots=True)
class WaitingView:
    """Somebody who waits to be let in.

    Attributes:
        email: the address they claim.
        confirmed: they have shown that it is theirs.
        message: why they want to join, in their words.
    """

    id: str
    person: LinkView
    name: str
    email: str
    confirmed: bool
    message: str
    since: TimeView


@dataclass(frozen=True, slots=True)
class InvitationView:
    """An invitation.

    Attributes:
        link: what to give away; empty where it is good no more, or is not known here.
        state: why it is good no more; empty: it is good.
    """

    id: str
    url: str
    note: str
    link: str
    used: int
    uses: int
    made: TimeView
    made_by: LinkView
    expires: TimeView
    state: str
    is_good: bool


def waiting_views(request: Any, rows: Iterable[SignUpRequest]) -> list[WaitingView]:
    """Those who wait, as the queue has them."""
    return [
        WaitingView(
            id=row.person.id,
            person=LinkView(f"@{row.person.handle}", request.route_path("admin.person", person_id=row.person.id)),
            name=row.person.name,
            email=row.person.email or (row.claim.email if row.claim is not None else ""),
            confirmed=row.person.email is not None,
            message=row.message,
            since=_time(request, row.created),
        )
        for row in rows
    ]


def decided_said(request: Any, done: Several, decision: str) -> list[tuple[str, str]]:
    """What is said after a decision, each sentence with its kind."""
    said: list[tuple[str, str]] = []
    done_sentences = {
        "approve": ngettext("${count} person is let in.", "${count} people are let in."),
        "reject": ngettext("${count} person is not let in.", "${count} people are not let in."),
    }[decision]
    for (one, many), ids, kind in (
        (done_sentences, done.done, "success"),
        (ngettext("${count} person waited no more.", "${count} people waited no more."), done.same, "info"),
        (
            ngettext("${count} account is left as it is.", "${count} accounts are left as they are."),
            done.refused,
            "error",
        ),
    ):
        if ids:
            mapping = {"count": len(ids)}
            said.append((request.localizer.pluralize(one, many, len(ids), domain="feedsite", mapping=mapping), kind))
    return said


def invitation_views(request: Any, rows: Iterable[Invitation]) -> list[InvitationView]:
    """Invitations with who made them: one statement for all of them."""
    shown = list(rows)
    makers = request.find_service(PeopleService).by_key({one.created_by for one in shown})
    return [_invitation_view(request, one, makers) for one in shown]


def _invitation_view(request: Any, row: Invitation, makers: Mapping[str, Person]) -> InvitationView:
    state = _state(row)
    code = "" if state else request.find_service(InvitationService).code(row)
    return InvitationView(
        id=row.id,
        url=request.route_path("admin.invitation", invitation_id=row.id),
        note=row.note,
        link=request.route_url("accounts.join", _query={"invitation": code}) if code else "",
        used=row.uses - row.uses_left,
        uses=row.uses,
        made=_time(request, row.created),
        made_by=who_view(request, row.created_by, makers),
        expires=_time(request, row.expires),
        state=request.translate(state) if state else "",
        is_good=not state,
    )


def _state(row: Invitation) -> str:
    if row.revoked is not None:
        return _("Revoked")
    if row.uses_left <= 0:
        return _("Used up")
    return _("Over") if row.expires <= utcnow() else ""


def joined_views(request: Any, rows: Iterable[Invited]) -> list[tuple[LinkView, TimeView]]:
    """Who joined by an invitation, and when."""
    return [(who_view(request, one.person.key, {one.person.key: one.person}), _time(request, one.at)) for one in rows]


def _time(request: Any, instant: Any) -> TimeView:
    return time_view(instant, utcnow(), request.zone, request.locale_name)
