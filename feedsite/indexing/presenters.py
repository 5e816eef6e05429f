"""What the page about the search index shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from babel.numbers import format_decimal
from pyramid.i18n import TranslationStringFactory

from feedsite.feeds.order import instant
from feedsite.feeds.stores.generation import LIVE, NEXT
from feedsite.feeds.stores.sql.record import Refused
from feedsite.indexing.services import Generations, Status
from feedsite.web.plurals import counted
from feedsite.web.presenting import TimeView
from feedsite.web.wording import time_view

_ = TranslationStringFactory("feedsite")

STATES = {
    "off": _("This site has no search index: the database answers every page, which is how it is meant to be."),
    "none": _("The index has not been made yet, so the database answers. Make it with: feedsite index create"),
    "filling": _("The index is being filled for the first time; until that is done, the database answers."),
    "mismatch": _(
        "The cluster has other indexes than those that this site made: it was wiped, restored from a backup, or is "
        "another cluster. The database answers. Make them anew with: feedsite index rebuild"
    ),
    "away": _("The cluster does not answer, so the database does. Nothing is lost; what changes is delivered later."),
    "resting": _("The cluster failed a moment ago and is spared for some seconds; meanwhile the database answers."),
    "behind": _("So much waits for delivery that the database answers until the index has caught up."),
    "ready": _("The index answers pages."),
}
BREAKER = {"closed": _("Closed: the cluster is asked"), "half-open": _("One page tries"), "open": _("Open")}
SLOTS = {LIVE: _("Live generation"), NEXT: _("Next generation, being filled")}
KINDS = {"act": _("Activity"), "link": _("Link")}


@dataclass(frozen=True, slots=True)
class PartView:
    """One index; figures are empty where the cluster does not say them."""

    name: str
    documents: str
    size: str


@dataclass(frozen=True, slots=True)
class GenerationView:
    """One generation."""

    title: str
    id: str
    made: TimeView
    whole: bool
    waiting: str
    parts: tuple[PartView, ...]


@dataclass(frozen=True, slots=True)
class RefusedView:
    """A row that the cluster did not take."""

    kind: str
    key: str
    reason: str
    changed: TimeView
    attempts: str


@dataclass(frozen=True, slots=True)
class StatusView:
    """All of it."""

    state: str
    sentence: str
    is_well: bool
    has_index: bool
    breaker: str
    lag: str
    generations: tuple[GenerationView, ...]
    refused: tuple[RefusedView, ...]


def status_view(request: Any, status: Status) -> StatusView:
    """The status for templates."""
    return StatusView(
        state=status.state,
        sentence=request.translate(STATES[status.state]),
        is_well=status.state in ("ready", "off"),
        has_index=status.state != "off",
        breaker=request.translate(BREAKER.get(status.breaker, "")),
        lag=_seconds(request, status.lag),
        generations=tuple(_generation(request, one, status) for one in status.generations),
        refused=tuple(_refused(request, one, status) for one in status.refused),
    )


def _generation(request: Any, one: Generations, status: Status) -> GenerationView:
    parts = tuple(
        PartView(part.name, _number(request, part.documents), _size(request, part.bytes)) for part in one.parts
    )
    return GenerationView(
        title=request.translate(SLOTS.get(one.generation.slot, one.generation.slot)),
        id=one.generation.id,
        made=time_view(instant(one.generation.made), status.now, request.zone, request.locale_name),
        whole=one.generation.whole,
        waiting=_number(request, one.backlog.count),
        parts=parts,
    )


def _refused(request: Any, one: Refused, status: Status) -> RefusedView:
    return RefusedView(
        kind=request.translate(KINDS[one.kind]),
        key=" ".join(part for part in one.key if part),
        reason=one.reason,
        changed=time_view(instant(one.changed), status.now, request.zone, request.locale_name),
        attempts=_number(request, one.attempts),
    )


def _number(request: Any, number: int | None) -> str:
    return "" if number is None else str(format_decimal(number, locale=request.locale_name))


def _size(request: Any, bytes_: int | None) -> str:
    if bytes_ is None:
        return ""
    megabytes = format_decimal(bytes_ / 1e6, format="#,##0.0", locale=request.locale_name)
    return str(request.translate(_("${number} MB", mapping={"number": megabytes})))


def _seconds(request: Any, seconds: float) -> str:
    return counted(request, "${seconds} second", "${seconds} seconds", round(seconds), seconds=round(seconds))
