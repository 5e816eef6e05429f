"""What pages show of sanctions and appeals."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pyramid.i18n import TranslationStringFactory

from feedsite.accounts.models import Person
from feedsite.accounts.services import PeopleService
from feedsite.admin.presenters import who_view
from feedsite.appeals.wording import FILTER_NAMES, KIND_NAMES
from feedsite.db import utcnow
from feedsite.moderation.models import Sanction
from feedsite.moderation.standing import REVERSIBLE, is_final, may_appeal
from feedsite.web.presenting import LinkView, TimeView
from feedsite.web.wording import time_view

_ = TranslationStringFactory("feedsite")


@dataclass(frozen=True, slots=True)
class SanctionView:
    """A sanction as its person sees it.

    Attributes:
        until: how long a moderator can take it back, and the person can appeal; None: that is over.
        may_appeal: the person may say something to it.
        answer: what was decided; empty: nothing yet, or there is nothing to decide.
    """

    id: str
    kind: str
    label: str
    reason: str
    rule: str
    time: TimeView
    until: TimeView | None
    in_force: bool
    may_appeal: bool
    appeal: str
    appealed: TimeView | None
    answer: str
    comment: str


@dataclass(frozen=True, slots=True)
class AppealView:
    """An appeal as those see it who answer it. Links without an address are of people who are not there any more."""

    id: str
    url: str
    person: LinkView
    imposed_by: LinkView
    answered_by: LinkView | None
    sanction: SanctionView
    waits: bool
    is_final: bool


def sanction_view(request: Any, sanction: Sanction) -> SanctionView:
    """A sanction for templates."""
    now = utcnow()
    until = sanction.imposed + REVERSIBLE
    answer = FILTER_NAMES["waiting" if sanction.waits else sanction.answer] if sanction.appealed else ""
    return SanctionView(
        id=sanction.id,
        kind=sanction.kind,
        label=request.translate(KIND_NAMES[sanction.kind]),
        reason=sanction.reason,
        rule=sanction.rule,
        time=_time(request, sanction.imposed),
        until=_time(request, until) if now < until and sanction.lifted is None else None,
        in_force=sanction.lifted is None,
        may_appeal=may_appeal(sanction, now),
        appeal=sanction.appeal,
        appealed=None if sanction.appealed is None else _time(request, sanction.appealed),
        answer=request.translate(answer) if answer else "",
        comment=sanction.comment,
    )


def appeal_views(request: Any, sanctions: Iterable[Sanction]) -> list[AppealView]:
    """Appeals with everybody they name: one statement for all of them."""
    shown = list(sanctions)
    keys = {key for one in shown for key in (one.key, one.imposed_by, one.answered_by) if key}
    people = request.find_service(PeopleService).by_key(keys)
    return [_appeal_view(request, one, people) for one in shown]


def _appeal_view(request: Any, sanction: Sanction, people: Mapping[str, Person]) -> AppealView:
    return AppealView(
        id=sanction.id,
        url=request.route_path("admin.appeal", sanction_id=sanction.id),
        person=who_view(request, sanction.key, people),
        imposed_by=who_view(request, sanction.imposed_by, people),
        answered_by=who_view(request, sanction.answered_by, people) if sanction.answered_by else None,
        sanction=sanction_view(request, sanction),
        waits=sanction.waits,
        is_final=is_final(sanction, utcnow()),
    )


def _time(request: Any, instant: datetime) -> TimeView:
    return time_view(instant, utcnow(), request.zone, request.locale_name)
