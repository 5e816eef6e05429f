"""The administration's page of blocks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pyramid.httpexceptions import HTTPNotFound, HTTPSeeOther
from pyramid.i18n import TranslationStringFactory
from pyramid.response import Response
from pyramid.view import view_config

from feedsite.blocking.forms import BlockForm
from feedsite.blocking.models import Block
from feedsite.blocking.services import BlockRefused, BlockService
from feedsite.blocking.wording import EFFECT_NAMES, KIND_NAMES, REFUSALS
from feedsite.db import utcnow
from feedsite.moderation.audit import midnight
from feedsite.moderation.services import Actor
from feedsite.security.permissions import Permission
from feedsite.web.places import Cursors
from feedsite.web.presenting import TimeView
from feedsite.web.wording import time_view

_ = TranslationStringFactory("feedsite")


@dataclass(frozen=True, slots=True)
class BlockView:
    """A block for templates; no `ends` where it is for good."""

    value: str
    kind: str
    effect: str
    reason: str
    since: TimeView
    ends: TimeView | None
    is_over: bool
    lift_url: str


@view_config(
    route_name="admin.blocks", renderer="blocking/list.html", request_method="GET", permission=Permission.ADMINISTER
)
def blocks(request: Any) -> dict[str, object]:
    """Every block, newest first, and the form for another one."""
    return _page(request, BlockForm.blank(request))


@view_config(
    route_name="admin.blocks", renderer="blocking/list.html", request_method="POST", permission=Permission.ADMINISTER
)
def block(request: Any) -> dict[str, object] | Response:
    """Keep a network or a domain out."""
    form, service = BlockForm.of(request), request.find_service(BlockService)
    if form.validate():
        actor, ends = Actor.of(request.identity), midnight(form.last_day, request.zone, days=1)
        asked = (form.kind.data, form.value.data, form.effect.data, form.reason.data)
        try:
            made = service.add(actor, *asked, ends=ends, own_address=request.remote_addr)
        except BlockRefused as refused:
            form.refuse("until" if refused.field == "ends" else refused.field, REFUSALS[refused.field])
        else:
            request.flash(_("${value} is blocked.", mapping={"value": made.value}))
            return HTTPSeeOther(request.route_path("admin.blocks"))
    request.response.status = 422
    return _page(request, form)


@view_config(route_name="admin.block_lift", request_method="POST", permission=Permission.ADMINISTER)
def lift(request: Any) -> Response:
    """Take a block back, with a reason."""
    service = request.find_service(BlockService)
    found: Block | None = service.find(request.matchdict["block_id"])
    if found is None:
        raise HTTPNotFound(request.translate(_("There is no such block.")))
    reason, value = request.POST.get("reason", ""), found.value
    try:
        service.lift(Actor.of(request.identity), found, reason if isinstance(reason, str) else "")
    except BlockRefused:
        request.flash(REFUSALS["reason"], "error")
    else:
        request.flash(_("${value} is not blocked any more.", mapping={"value": value}))
    return HTTPSeeOther(request.route_path("admin.blocks"))


def _page(request: Any, form: BlockForm) -> dict[str, object]:
    cursors = Cursors(request, "blocks")
    rows = request.find_service(BlockService).page(cursors.place())
    return {"form": form, "blocks": [_view(request, row) for row in rows.rows], "pages": cursors.urls(rows)}


def _view(request: Any, found: Block) -> BlockView:
    now, where = utcnow(), (request.zone, request.locale_name)
    return BlockView(
        value=found.value,
        kind=request.translate(KIND_NAMES[found.kind]),
        effect=request.translate(EFFECT_NAMES[found.effect]),
        reason=found.reason,
        since=time_view(found.created, now, *where),
        ends=None if found.ends is None else time_view(found.ends, now, *where),
        is_over=found.ends is not None and found.ends <= now,
        lift_url=request.route_path("admin.block_lift", block_id=found.id),
    )
