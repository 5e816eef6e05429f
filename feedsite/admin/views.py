"""The administration: its start page, people, and one person."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pyramid.httpexceptions import HTTPForbidden, HTTPNotFound, HTTPSeeOther
from pyramid.i18n import TranslationStringFactory
from pyramid.response import Response
from pyramid.view import view_config

from feedsite.accounts.models import Person
from feedsite.accounts.services import PeopleService
from feedsite.admin.forms import PeopleFilterForm, ReasonForm, RoleForm, SanctionForm, SeveralForm
from feedsite.admin.presenters import account_view, audit_keys, audit_views, count_links, several_said
from feedsite.admin.services import SIZE, PeopleDirectory
from feedsite.admin.wording import REFUSALS
from feedsite.keyset import Rows
from feedsite.moderation.audit import AuditFilter, AuditService
from feedsite.moderation.removing import RemovalService
from feedsite.moderation.services import Actor, ModerationService, NotAllowed
from feedsite.security.permissions import Permission
from feedsite.web.places import Cursors

_ = TranslationStringFactory("feedsite")

_ROWS_ABOUT_A_PERSON = 20


@view_config(
    route_name="admin.start", renderer="admin/start.html", request_method="GET", permission=Permission.MODERATE
)
def start(_request: Any) -> dict[str, object]:
    """Every page of the administration that the reader may open, and what waits there."""
    return {}


@view_config(
    route_name="admin.people", renderer="admin/people.html", request_method="GET", permission=Permission.MODERATE
)
def people(request: Any) -> dict[str, object]:
    """Everybody, searched, filtered, in an order, page by page."""
    return _people_page(request, SeveralForm.blank(request))


@view_config(
    route_name="admin.people", renderer="admin/people.html", request_method="POST", permission=Permission.MODERATE
)
def act_on_several(request: Any) -> dict[str, object] | Response:
    """Do one thing about everybody who is ticked; who may not be acted on is left as they are, and named."""
    form, chosen = SeveralForm.of(request), request.POST.getall("person")[:SIZE]
    if not chosen:
        form.refuse_all(_("Tick the people whom this is for."))
    if not form.validate() or not chosen:
        request.response.status = 422
        return _people_page(request, form, frozenset(chosen))
    service, actor = request.find_service(ModerationService), Actor.of(request.identity)
    done = service.act_on_several(actor, form.act.data, chosen, form.reason.data)
    for sentence, kind in several_said(request, done, request.find_service(PeopleService)):
        request.flash(sentence, kind)
    return HTTPSeeOther(request.path_qs)


def _people_page(request: Any, several: SeveralForm, ticked: frozenset[str] = frozenset()) -> dict[str, object]:
    form = PeopleFilterForm.of_query(request)
    directory = request.find_service(PeopleDirectory)
    rows: Rows[Person] = Rows(())
    cursors = Cursors(request, "people", form.asked, form.sort.data)
    if form.validate():
        rows = directory.page(form.asked, form.sort.data, cursors.place())
    else:
        request.response.status = 400
    return {
        "form": form,
        "several": several,
        "ticked": ticked,
        "people": [account_view(request, person) for person in rows.rows],
        "counts": count_links(request, directory.counts()),
        "pages": cursors.urls(rows),
    }


@view_config(
    route_name="admin.person", renderer="admin/person.html", request_method="GET", permission=Permission.MODERATE
)
def person(request: Any) -> dict[str, object]:
    """One account: what it is, what was done about it, and what the reader may do."""
    return _person_page(request, _asked_person(request))


@view_config(
    route_name="admin.warn", renderer="admin/person.html", request_method="POST", permission=Permission.MODERATE
)
def warn(request: Any) -> dict[str, object] | Response:
    """Warn the person."""
    return _sanction(request, ModerationService.warn, _("@${handle} is warned."), "warn")


@view_config(
    route_name="admin.limit", renderer="admin/person.html", request_method="POST", permission=Permission.MODERATE
)
def limit(request: Any) -> dict[str, object] | Response:
    """Leave the account to its followers."""
    return _sanction(request, ModerationService.limit, _("The account @${handle} is limited."), "limit")


@view_config(
    route_name="admin.suspend", renderer="admin/person.html", request_method="POST", permission=Permission.MODERATE
)
def suspend(request: Any) -> dict[str, object] | Response:
    """Suspend the account."""
    return _sanction(request, ModerationService.suspend, _("The account @${handle} is suspended."), "suspend")


@view_config(
    route_name="admin.reinstate", renderer="admin/person.html", request_method="POST", permission=Permission.MODERATE
)
def reinstate(request: Any) -> dict[str, object] | Response:
    """Take the account's suspension or limit back."""
    return _sanction(request, ModerationService.reinstate, _("The account @${handle} is reinstated."), "reinstate")


@view_config(
    route_name="admin.purge",
    renderer="admin/person.html",
    request_method="POST",
    permission=Permission.ADMINISTER,
    fresh_login="admin.people",
)
def purge(request: Any) -> dict[str, object] | Response:
    """Delete the account for good."""
    form, found = ReasonForm.apart(request, "purge", posted=True), _asked_person(request)
    if form.validate():
        service, actor = request.find_service(RemovalService), Actor.of(request.identity)
        said = _("The account @${handle} is deleted for good.", mapping={"handle": found.handle})
        return _done(request, lambda: service.purge(actor, found.id, str(form.reason.data)), said)
    request.response.status = 422
    return _person_page(request, found, sanctions={"purge": form})


@view_config(
    route_name="admin.role", renderer="admin/person.html", request_method="POST", permission=Permission.ADMINISTER
)
def role(request: Any) -> dict[str, object] | Response:
    """Give the account another role."""
    found = _asked_person(request)
    service, actor = request.find_service(ModerationService), Actor.of(request.identity)
    allowed = service.allowed(request.identity, found)
    if not allowed.roles:
        raise HTTPForbidden(request.translate(REFUSALS["rank"]))
    form = RoleForm.among(request, allowed.roles, found.role, posted=True)
    if form.validate():
        return _done(
            request,
            lambda: service.change_role(actor, found.id, form.role.data, form.reason.data),
            _("The role of @${handle} is changed.", mapping={"handle": found.handle}),
        )
    request.response.status = 422
    return _person_page(request, found, role=form)


def _sanction(
    request: Any, act: Callable[[ModerationService, Actor, str, str], bool], sentence: str, name: str
) -> dict[str, object] | Response:
    """Do it to the account where a reason is given; else ask for one in the form of this name."""
    form, found = SanctionForm.apart(request, name, posted=True), _asked_person(request)
    if form.validate():
        service, actor = request.find_service(ModerationService), Actor.of(request.identity)
        said = request.localizer.translate(sentence, mapping={"handle": found.handle})
        return _done(request, lambda: act(service, actor, found.id, str(form.reason.data)), said)
    request.response.status = 422
    return _person_page(request, found, sanctions={name: form})


def _asked_person(request: Any) -> Person:
    found: Person | None = request.find_service(PeopleService).by_id(request.matchdict["person_id"])
    if found is None:
        raise HTTPNotFound(request.translate(REFUSALS["nobody"]))
    return found


def _person_page(
    request: Any, found: Person, *, sanctions: Mapping[str, ReasonForm] | None = None, role: RoleForm | None = None
) -> dict[str, object]:
    blank = {"purge": ReasonForm.apart(request, "purge")}
    blank |= {name: SanctionForm.apart(request, name) for name in ("warn", "limit", "suspend", "reinstate")}
    allowed = request.find_service(ModerationService).allowed(request.identity, found)
    log = request.find_service(AuditService).page(AuditFilter(target=found.key), size=_ROWS_ABOUT_A_PERSON)
    known = request.find_service(PeopleService).by_key(audit_keys(log.rows))
    return {
        "person": account_view(request, found),
        "is_me": found.id == request.identity.id,
        "logins": request.find_service(PeopleDirectory).count_logins(found.id),
        "allowed": allowed,
        "sanctions": {**blank, **(sanctions or {})},
        "role": role or RoleForm.among(request, allowed.roles, found.role),
        "rows": audit_views(request, log.rows, known),
        "has_more_rows": log.next is not None,
        "person_id": found.id,
    }


def _done(request: Any, act: Any, sentence: str) -> Response:
    """Do it and return to the account, saying what happened or why it did not."""
    try:
        changed = act()
    except NotAllowed as error:
        if error.rule == "rank":
            raise HTTPForbidden(request.translate(REFUSALS["rank"])) from None
        request.flash(REFUSALS[error.rule], "error")
    else:
        if changed:
            request.flash(sentence)
        else:
            request.flash(_("Nothing was changed: it was so already."), "info")
    return HTTPSeeOther(request.route_path("admin.person", person_id=request.matchdict["person_id"]))
