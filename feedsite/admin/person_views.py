"""One person in the administration: what is known about them, and what is done about them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pyramid.httpexceptions import HTTPForbidden, HTTPNotFound, HTTPSeeOther
from pyramid.i18n import TranslationStringFactory
from pyramid.response import Response
from pyramid.view import view_config

from feedsite.accounts.models import Person
from feedsite.accounts.services import PeopleService
from feedsite.admin.forms import EndForm, NoteForm, ReasonForm, RoleForm, SanctionForm
from feedsite.admin.presenters import audit_keys, audit_views, person_values, sanction_keys
from feedsite.admin.services import PeopleDirectory
from feedsite.admin.wording import REFUSALS
from feedsite.moderation.audit import AuditFilter, AuditService
from feedsite.moderation.care import CareService
from feedsite.moderation.removing import RemovalService
from feedsite.moderation.services import Actor, ModerationService, NotAllowed
from feedsite.pictures.care import PictureCare
from feedsite.security.permissions import Permission
from feedsite.texts.services import TextService

_ = TranslationStringFactory("feedsite")

_ROWS_SHOWN = 20

#: Each act has a form of its own on the page, with fields of its own names.
_FORMS: dict[str, type[ReasonForm]] = {
    "warn": SanctionForm,
    "limit": SanctionForm,
    "suspend": SanctionForm,
    "reinstate": EndForm,
    "note": NoteForm,
    "sign-out": ReasonForm,
    "send-reset": ReasonForm,
    "remove-picture": ReasonForm,
    "purge": ReasonForm,
}

#: Does something to somebody for a reason, of sanctions with the rule that they name; returns whether something
#: changed.
Act = Callable[..., bool]


@view_config(
    route_name="admin.person", renderer="admin/person.html", request_method="GET", permission=Permission.MODERATE
)
def person(request: Any) -> dict[str, object]:
    """One account: what it is, what was done about it, and what the reader may do."""
    return _person_page(request)


@view_config(
    route_name="admin.warn", renderer="admin/person.html", request_method="POST", permission=Permission.MODERATE
)
def warn(request: Any) -> dict[str, object] | Response:
    """Warn the person."""
    return _act(request, "warn", request.find_service(ModerationService).warn, _("@${handle} is warned."))


@view_config(
    route_name="admin.limit", renderer="admin/person.html", request_method="POST", permission=Permission.MODERATE
)
def limit(request: Any) -> dict[str, object] | Response:
    """Leave the account to its followers."""
    service = request.find_service(ModerationService)
    return _act(request, "limit", service.limit, _("The account @${handle} is limited."))


@view_config(
    route_name="admin.suspend", renderer="admin/person.html", request_method="POST", permission=Permission.MODERATE
)
def suspend(request: Any) -> dict[str, object] | Response:
    """Suspend the account."""
    service = request.find_service(ModerationService)
    return _act(request, "suspend", service.suspend, _("The account @${handle} is suspended."))


@view_config(
    route_name="admin.reinstate", renderer="admin/person.html", request_method="POST", permission=Permission.MODERATE
)
def reinstate(request: Any) -> dict[str, object] | Response:
    """Take the account's suspension or limit back."""
    service = request.find_service(ModerationService)
    return _act(request, "reinstate", service.reinstate, _("The account @${handle} is reinstated."))


@view_config(
    route_name="admin.person_note", renderer="admin/person.html", request_method="POST", permission=Permission.MODERATE
)
def note(request: Any) -> dict[str, object] | Response:
    """Write something about the person for whoever looks after the site."""
    return _act(request, "note", request.find_service(CareService).note, _("The note about @${handle} is kept."))


@view_config(
    route_name="admin.person_sign_out",
    renderer="admin/person.html",
    request_method="POST",
    permission=Permission.MODERATE,
)
def sign_out(request: Any) -> dict[str, object] | Response:
    """Sign the person out everywhere."""
    service = request.find_service(CareService)
    return _act(request, "sign-out", service.end_logins, _("@${handle} is signed out everywhere."))


@view_config(
    route_name="admin.person_reset", renderer="admin/person.html", request_method="POST", permission=Permission.MODERATE
)
def send_reset(request: Any) -> dict[str, object] | Response:
    """Send the person the link that chooses a new password."""
    service = request.find_service(CareService)
    return _act(
        request, "send-reset", service.send_reset, _("The link for a new password is on its way to @${handle}.")
    )


@view_config(
    route_name="admin.person_picture",
    renderer="admin/person.html",
    request_method="POST",
    permission=Permission.MODERATE,
)
def remove_picture(request: Any) -> dict[str, object] | Response:
    """Remove the person's picture."""
    service = request.find_service(PictureCare)
    return _act(request, "remove-picture", service.remove, _("The picture of @${handle} is removed."))


@view_config(
    route_name="admin.purge",
    renderer="admin/person.html",
    request_method="POST",
    permission=Permission.ADMINISTER,
    fresh_login="admin.people",
)
def purge(request: Any) -> dict[str, object] | Response:
    """Delete the account for good."""
    service = request.find_service(RemovalService)
    return _act(request, "purge", service.purge, _("The account @${handle} is deleted for good."))


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
    return _person_page(request, role=form)


def _act(request: Any, name: str, act: Act, sentence: str) -> dict[str, object] | Response:
    """Do it to the account where a reason is given; else ask for one in the form of this name."""
    form, found = _form(request, name, posted=True), _asked_person(request)
    if form.validate():
        said = request.localizer.translate(sentence, mapping={"handle": found.handle})
        given = (str(form.reason.data), *([form.named] if isinstance(form, SanctionForm) else []))
        return _done(request, lambda: act(Actor.of(request.identity), found.id, *given), said)
    request.response.status = 422
    return _person_page(request, forms={name: form})


def _form(request: Any, name: str, *, posted: bool = False) -> ReasonForm:
    form = _FORMS[name].apart(request, name, posted=posted)
    return (
        form.offer(request, request.find_service(TextService).known_rules()) if isinstance(form, SanctionForm) else form
    )


def _asked_person(request: Any) -> Person:
    found: Person | None = request.find_service(PeopleService).by_id(request.matchdict["person_id"])
    if found is None:
        raise HTTPNotFound(request.translate(REFUSALS["nobody"]))
    return found


def _person_page(
    request: Any, *, forms: Mapping[str, ReasonForm] | None = None, role: RoleForm | None = None
) -> dict[str, object]:
    dossier = request.find_service(PeopleDirectory).dossier(request.matchdict["person_id"])
    if dossier is None:
        raise HTTPNotFound(request.translate(REFUSALS["nobody"]))
    found = dossier.person
    allowed = request.find_service(ModerationService).allowed(request.identity, found)
    log = request.find_service(AuditService).page(AuditFilter(target=found.key), size=_ROWS_SHOWN)
    keys = audit_keys(log.rows) | sanction_keys(dossier.sanctions)
    # The person is known; most pages have nobody else on them but who acted.
    known = {found.key: found, **request.find_service(PeopleService).by_key(keys - {found.key})}
    return {
        **person_values(request, dossier, known),
        "is_me": found.id == request.identity.id,
        "allowed": allowed,
        "forms": {**{name: _form(request, name) for name in _FORMS}, **(forms or {})},
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
