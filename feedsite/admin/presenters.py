"""What the administration's templates show: people, counts, rows of the audit log."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from babel.numbers import format_decimal
from pyramid.i18n import TranslationStringFactory

from feedsite.accounts.models import NEVER, Person
from feedsite.accounts.services import PeopleService
from feedsite.admin.services import COUNTED, Counts, Dossier
from feedsite.admin.wording import ACTIONS, FIELDS, ROLE_NAMES, STATE_NAMES
from feedsite.db import utcnow
from feedsite.graph.presenters import picture_path
from feedsite.moderation.audit import COMMAND_LINE
from feedsite.moderation.models import AuditRow, Sanction
from feedsite.moderation.services import Several
from feedsite.personal import ERASED
from feedsite.web.plurals import ngettext
from feedsite.web.presenting import LinkView, TimeView
from feedsite.web.wording import hue, initials, time_view

_ = TranslationStringFactory("feedsite")


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account as those who look after it see it; `state` and `role` for the style, their labels for the eye."""

    id: str
    name: str
    handle: str
    url: str
    profile_url: str
    initials: str
    hue: int
    #: The path of their picture, where there is one to be seen.
    picture: str
    #: Whether they have one, to be seen or not.
    has_picture: bool
    email: str
    role: str
    role_label: str
    state: str
    state_label: str
    joined: TimeView
    #: None: no browser of theirs was ever here.
    seen: TimeView | None
    waiting: bool
    zone: str
    #: Until when somebody who deleted their account may come back; None: they stay.
    leaves: TimeView | None = None


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One field that an act changed; an empty `before` was not there."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class SanctionRow:
    """A sanction on the page of whom it is about; `appeal_url` is empty where they said nothing to it."""

    time: TimeView
    label: str
    by: LinkView
    reason: str
    rule: str
    in_force: bool
    appeal_url: str
    waits: bool


@dataclass(frozen=True, slots=True)
class AuditView:
    """A row of the audit log. Links without an address are of people who are not there any more, or of no person."""

    time: TimeView
    actor: LinkView
    action: str
    target: LinkView
    changes: tuple[ChangeView, ...]
    reason: str


def account_view(request: Any, person: Person) -> AccountView:
    """An account for templates."""
    return AccountView(
        id=person.id,
        name=person.name,
        handle=person.handle,
        url=request.route_path("admin.person", person_id=person.id),
        profile_url=request.route_path("timelines.profile", handle=person.handle),
        initials=initials(person.name),
        hue=hue(person.key),
        picture=picture_path(request, person),
        has_picture=person.picture is not None,
        email=person.email or "",
        role=person.role,
        role_label=request.translate(ROLE_NAMES[person.role]),
        state=person.state,
        state_label=request.translate(STATE_NAMES[person.state]),
        joined=time_view(person.created, utcnow(), request.zone, request.locale_name),
        seen=None
        if person.last_seen == NEVER
        else time_view(person.last_seen, utcnow(), request.zone, request.locale_name),
        waiting=person.waiting,
        zone=person.zone,
        leaves=None if person.leaves is None else time_view(person.leaves, utcnow(), request.zone, request.locale_name),
    )


def count_links(request: Any, counts: Counts) -> tuple[LinkView, ...]:
    """The figures above the list, each a link to those it counts."""
    path = request.route_path("admin.people")
    links = [LinkView(request.translate(_("All: ${count}", mapping={"count": _counted(request, counts.total)})), path)]
    for field, names, numbers in (("state", STATE_NAMES, counts.states), ("role", ROLE_NAMES, counts.roles)):
        for value, name in names.items():
            if value in numbers and value not in ("active", "member"):
                links.append(
                    LinkView(
                        f"{request.translate(name)}: {_counted(request, numbers[value])}", f"{path}?{field}={value}"
                    )
                )
    return tuple(links)


def _counted(request: Any, number: int) -> str:
    most = format_decimal(COUNTED, locale=request.locale_name)
    return f"{most}+" if number > COUNTED else format_decimal(number, locale=request.locale_name)


def sanction_keys(sanctions: Iterable[Sanction]) -> set[str]:
    """The keys of everybody whom sanctions name."""
    return {key for one in sanctions for key in (one.imposed_by, one.answered_by) if key}


def person_values(request: Any, dossier: Dossier, people: Mapping[str, Person]) -> dict[str, object]:
    """What the page of a person shows of them; `people` by key, as `sanction_keys` asks for them."""
    invitation = dossier.invitation
    path = request.route_path
    return {
        "person": account_view(request, dossier.person),
        "logins": dossier.logins,
        "reports": dossier.reports,
        "invitation_url": path("admin.invitation", invitation_id=invitation) if invitation else "",
        "sanctions": [
            SanctionRow(
                time=time_view(one.imposed, utcnow(), request.zone, request.locale_name),
                label=request.translate(ACTIONS[one.kind]),
                by=who_view(request, one.imposed_by, people),
                reason=one.reason,
                rule=one.rule,
                in_force=one.lifted is None,
                appeal_url=path("admin.appeal", sanction_id=one.id) if one.appealed is not None else "",
                waits=one.waits,
            )
            for one in dossier.sanctions
        ],
    }


def several_said(request: Any, done: Several, people: PeopleService) -> list[tuple[str, str]]:
    """What is said after an act on several people, each sentence with its kind: the refused ones are named."""
    said: list[tuple[str, str]] = []
    for (one, many), ids, kind in (
        (ngettext("${count} account is changed.", "${count} accounts are changed."), done.done, "success"),
        (ngettext("${count} account was so already.", "${count} accounts were so already."), done.same, "info"),
    ):
        if ids:
            mapping = {"count": len(ids)}
            sentence = request.localizer.pluralize(one, many, len(ids), domain="feedsite", mapping=mapping)
            said.append((sentence, kind))
    if done.refused:
        handles = sorted(f"@{person.handle}" for person in people.by_ids(done.refused).values())
        message = _("Not changed, as you may not do this to them: ${handles}", mapping={"handles": ", ".join(handles)})
        said.append((request.translate(message), "error"))
    return said


def audit_keys(rows: Iterable[AuditRow]) -> set[str]:
    """The keys of everybody whom rows name."""
    return {key for row in rows for key in (row.actor, row.target)}


def audit_views(request: Any, rows: Iterable[AuditRow], people: Mapping[str, Person]) -> tuple[AuditView, ...]:
    """Rows of the audit log for templates; `people` by key, as `audit_keys` asks for them."""
    return tuple(_audit_view(request, row, people) for row in rows)


def _audit_view(request: Any, row: AuditRow, people: Mapping[str, Person]) -> AuditView:
    return AuditView(
        time=time_view(row.at, utcnow(), request.zone, request.locale_name),
        actor=who_view(request, row.actor, people),
        action=request.translate(ACTIONS.get(row.action, row.action)),
        target=who_view(request, row.target, people),
        changes=_changes(request, row),
        reason=row.reason,
    )


def who_view(request: Any, key: str, people: Mapping[str, Person]) -> LinkView:
    """Whoever did something, by a key as the audit log has it; `people` are those that are here, by key."""
    if key == COMMAND_LINE:
        return LinkView(request.translate(_("Command line")), "")
    person = people.get(key)
    if key == ERASED:
        return LinkView(request.translate(_("A deleted account")), "")
    if person is None:
        return LinkView(key, "")
    return LinkView(f"@{person.handle}", request.route_path("admin.person", person_id=person.id))


def _changes(request: Any, row: AuditRow) -> tuple[ChangeView, ...]:
    before, after = json.loads(row.before), json.loads(row.after)
    names: dict[str, dict[str, str]] = {"state": STATE_NAMES, "role": ROLE_NAMES}

    def said(field: str, values: dict[str, Any]) -> str:
        value = str(values.get(field, ""))
        return str(request.translate(names.get(field, {}).get(value, value)))

    return tuple(
        ChangeView(request.translate(FIELDS.get(field, field)), said(field, before), said(field, after))
        for field in {**before, **after}
    )
