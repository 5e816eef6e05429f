"""What the page about the system shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from babel.numbers import format_decimal
from pyramid.i18n import TranslationStringFactory

from feedsite.db import utcnow
from feedsite.indexing.presenters import StatusView, status_view
from feedsite.settings_shown import ShownSetting
from feedsite.system.services import JobState, SystemStatus
from feedsite.web.presenting import TimeView
from feedsite.web.wording import time_view

_ = TranslationStringFactory("feedsite")

SOURCES = {"environment": _("Environment"), "ini": _("Ini file"), "default": _("Default")}
SECRETS = {"set": _("Set"), "not set": _("Not set")}


@dataclass(frozen=True, slots=True)
class FactView:
    """A name and what is said of it."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class JobView:
    """A job; no times where it never ran."""

    title: str
    command: str
    ended: TimeView | None
    well: TimeView | None
    problem: str


@dataclass(frozen=True, slots=True)
class SettingView:
    """A setting in effect."""

    name: str
    value: str
    source: str
    changed: bool


@dataclass(frozen=True, slots=True)
class SystemView:
    """All of it."""

    database: tuple[FactView, ...]
    index: StatusView
    cluster: str
    mails: tuple[FactView, ...]
    jobs: tuple[JobView, ...]
    versions: tuple[FactView, ...]
    settings: tuple[SettingView, ...]


def system_view(request: Any, status: SystemStatus) -> SystemView:
    """The status for templates."""
    database, mails = status.database, status.mails
    return SystemView(
        database=(
            _fact(request, _("Kind"), f"{database.kind} {database.version}"),
            _fact(request, _("Size"), _megabytes(request, database.bytes)),
            _fact(request, _("Revision"), database.revision),
        ),
        index=status_view(request, status.index),
        cluster=_cluster(request, status.cluster),
        mails=(
            _fact(request, _("Waiting to be sent"), _number(request, mails["waiting"])),
            _fact(request, _("Given up"), _number(request, mails["given_up"])),
        ),
        jobs=tuple(_job(request, state) for state in status.jobs),
        versions=tuple(FactView(name, number) for name, number in status.versions.items()),
        settings=tuple(_setting(request, one) for one in status.settings),
    )


def _fact(request: Any, label: str, text: str) -> FactView:
    return FactView(request.translate(label), text)


def _number(request: Any, number: int) -> str:
    return str(format_decimal(number, locale=request.locale_name))


def _megabytes(request: Any, size: int) -> str:
    number = format_decimal(size / 1e6, format="#,##0.0", locale=request.locale_name)
    return str(request.translate(_("${number} MB", mapping={"number": number})))


def _cluster(request: Any, cluster: dict[str, Any]) -> str:
    if not cluster:
        return ""
    said = {"name": cluster.get("cluster_name", ""), "state": cluster.get("status", "")}
    nodes = int(cluster.get("number_of_nodes", 0))
    return str(
        request.localizer.pluralize(
            "${name}: ${state}, ${count} node",
            "${name}: ${state}, ${count} nodes",
            nodes,
            domain="feedsite",
            mapping={**said, "count": nodes},
        )
    )


def _job(request: Any, state: JobState) -> JobView:
    def when(instant: Any) -> TimeView | None:
        return None if instant is None else time_view(instant, utcnow(), request.zone, request.locale_name)

    run = state.run
    return JobView(
        title=request.translate(state.job.title),
        command=state.job.command,
        ended=None if run is None else when(run.ended),
        well=None if run is None else when(run.well),
        problem="" if run is None else run.problem,
    )


def _setting(request: Any, one: ShownSetting) -> SettingView:
    value = request.translate(SECRETS[one.value]) if one.secret else one.value
    return SettingView(one.name, value, request.translate(SOURCES[one.source]), one.source != "default")
