"""What pages show of announcements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from pyramid.i18n import TranslationStringFactory

from feedsite.announcing.models import Announcement
from feedsite.announcing.services import REMEMBERED, Said
from feedsite.announcing.wording import KIND_NAMES
from feedsite.db import utcnow
from feedsite.posts.rendering import excerpt, render
from feedsite.remembering import remembered_in
from feedsite.web.presenting import TimeView
from feedsite.web.wording import time_view

_ = TranslationStringFactory("feedsite")


@dataclass(frozen=True, slots=True)
class SaidView:
    """An announcement in the site's frame; no `ends` where it has no end, no `dismiss_url` for who is not signed in."""

    id: str
    kind: str
    text: Markup
    ends: TimeView | None
    dismiss_url: str


@dataclass(frozen=True, slots=True)
class AnnouncementView:
    """An announcement in the administration's list."""

    url: str
    withdraw_url: str
    text: str
    kind: str
    starts: TimeView
    ends: TimeView | None
    state: str
    is_over: bool


def announcements(request: Any) -> tuple[SaidView, ...]:
    """What stands on the reader's pages now (``request.announcements``): from the process's memory, no statement."""
    now, me = utcnow(), request.identity
    kept: tuple[Said, ...] = remembered_in(request.registry, REMEMBERED).kept
    dismissed = frozenset() if me is None else frozenset(me.dismissed.split())
    return tuple(_said(request, said) for said in kept if said.stands(now) and said.id not in dismissed)


def _said(request: Any, said: Said) -> SaidView:
    path = request.route_path("announcing.dismiss", announcement_id=said.id)
    return SaidView(
        id=said.id,
        kind=said.kind,
        text=render(said.text, mentions={}, tag_url=lambda tag: str(request.route_path("timelines.tag", tag=tag))),
        ends=_time(request, said.ends),
        dismiss_url="" if request.identity is None else path,
    )


def announcement_view(request: Any, found: Announcement) -> AnnouncementView:
    """An announcement for the administration's list."""
    now = utcnow()
    is_over = found.ends is not None and found.ends <= now
    state = _("Over") if is_over else _("Still to come") if found.starts > now else _("On every page")
    return AnnouncementView(
        url=request.route_path("admin.announcement", announcement_id=found.id),
        withdraw_url=request.route_path("admin.announcement_withdraw", announcement_id=found.id),
        text=excerpt(found.text, 80),
        kind=request.translate(KIND_NAMES[found.kind]),
        starts=time_view(found.starts, now, request.zone, request.locale_name),
        ends=_time(request, found.ends),
        state=request.translate(state),
        is_over=is_over,
    )


def _time(request: Any, instant: Any) -> TimeView | None:
    return None if instant is None else time_view(instant, utcnow(), request.zone, request.locale_name)
