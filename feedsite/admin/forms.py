"""The forms of the administration: searching people and the audit log, and acts that need a reason."""

from __future__ import annotations

from typing import Any, Self

from pyramid.i18n import TranslationStringFactory
from wtforms import BooleanField, DateField, Field, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from feedsite.accounts.models import ROLES
from feedsite.accounts.services import PeopleService
from feedsite.admin.services import PeopleFilter
from feedsite.admin.wording import ACTIONS, ACTS, CONFIRMED, ORDERS, ROLE_NAMES, STATE_NAMES
from feedsite.moderation.audit import COMMAND_LINE, AuditFilter, midnight
from feedsite.moderation.services import MAX_REASON
from feedsite.texts.forms import NamingForm
from feedsite.web.forms import Form, SelectChoice, strip

_ = TranslationStringFactory("feedsite")

_LONGEST_SEARCH = 254


def _choices(names: dict[str, str], every: str = "") -> list[SelectChoice]:
    first = [SelectChoice("", every)] if every else []
    return first + [SelectChoice(value, name) for value, name in names.items()]


class PeopleFilterForm(Form):
    """Which people, in which order."""

    q = StringField(
        _("Handle, name or e-mail address"),
        filters=[strip],
        validators=[Length(max=_LONGEST_SEARCH, message=_("This is too long."))],
    )
    state = SelectField(_("State"), choices=_choices(STATE_NAMES, _("Every state")), default="")
    role = SelectField(_("Role"), choices=_choices(ROLE_NAMES, _("Every role")), default="")
    confirmed = SelectField(_("E-mail address"), choices=_choices(CONFIRMED, _("Confirmed or not")), default="")
    since = DateField(_("Joined from"), validators=[Optional()])
    until = DateField(_("Joined until"), description=_("This day included"), validators=[Optional()])
    waiting = BooleanField(_("Waits to be let in"))
    sort = SelectField(_("Order"), choices=_choices(ORDERS), default="newest")

    def asked(self, zone: str) -> PeopleFilter:
        """The filter, of a form that is valid.

        Args:
            zone: the reader's; days begin and end there.
        """
        return PeopleFilter(
            self.q.data or "",
            self.state.data or "",
            self.role.data or "",
            self.confirmed.data or "",
            bool(self.waiting.data),
            midnight(self.since.data, zone),
            midnight(self.until.data, zone, days=1),
        )


class AuditFilterForm(Form):
    """Which rows of the audit log."""

    NAMES = ("actor", "target", "action", "since", "until")

    actor = StringField(_("Done by"), description=_("A handle, or: command line"), filters=[strip])
    target = StringField(
        _("Done to"), description=_("A handle, or what the log shows for something else"), filters=[strip]
    )
    action = SelectField(_("Action"), choices=_choices(ACTIONS, _("Every action")), default="")
    since = DateField(_("From"), validators=[Optional()])
    until = DateField(_("Until"), description=_("This day included"), validators=[Optional()])

    def asked(self, people: PeopleService, zone: str) -> AuditFilter | None:
        """The filter; None, with messages on the fields, when something in the form is wrong.

        Args:
            people: finds the handles.
            zone: the reader's; days begin and end there.
        """
        if not self.validate():
            return None
        given = {field.name: _handle(field) for field in (self.actor, self.target) if field.data}
        keys = {handle: person.key for handle, person in people.by_handles(given.values()).items()}
        # No handle has a colon: it is the key of something else, as the log shows it.
        found = {name: who if ":" in who else keys.get(who) for name, who in given.items()}
        if given.get("actor") == COMMAND_LINE:
            found["actor"] = COMMAND_LINE
        for name, key in found.items():
            if key is None:
                self.refuse(name, _("Nobody has this handle."))
        if self.errors:
            return None
        return AuditFilter(
            actor=found.get("actor"),
            target=found.get("target"),
            action=self.action.data or None,
            since=midnight(self.since.data, zone),
            until=midnight(self.until.data, zone, days=1),
        )


def _handle(field: Field) -> str:
    return str(field.data).strip().removeprefix("@").lower()[:_LONGEST_SEARCH]


class ReasonForm(Form):
    """An act that goes into the audit log."""

    reason = TextAreaField(
        _("Reason"),
        description=_("Kept in the audit log with your name."),
        filters=[strip],
        validators=[
            DataRequired(_("Please say why.")),
            Length(max=MAX_REASON, message=_("This has at most 1,000 characters.")),
        ],
    )

    @classmethod
    def apart(cls, request: Any, name: str, *, posted: bool = False) -> Self:
        """The form on a page that has others with a reason; its fields' ids begin with `name`."""
        return cls._renamed(cls.of(request) if posted else cls.blank(request), name)

    @staticmethod
    def _renamed(form: Any, name: str) -> Any:
        for field in form:
            field.id = field.label.field_id = f"{name}-{field.name}"
        return form


class NoteForm(ReasonForm):
    """Something that those who look after the site should know about somebody."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reason.label.text = _("Note")
        self.reason.description = _(
            "Whoever looks after this site reads it here and in the audit log. It stays as it is."
        )


class EndForm(ReasonForm):
    """The end of a sanction: its reason is for the person too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.reason.description = _("The person reads it. It is kept in the audit log with your name.")


class SanctionForm(EndForm, NamingForm):
    """A sanction, which may name one of the site's rules."""


class SeveralForm(SanctionForm):
    """One act on several people."""

    act = SelectField(_("Do"), choices=_choices(ACTS), default="limit")


class RoleForm(ReasonForm):
    """Another role, among those that the reader may give."""

    role = SelectField(_("Role"), choices=[])

    @classmethod
    def among(cls, request: Any, roles: tuple[str, ...], present: str, *, posted: bool = False) -> RoleForm:
        """The form with these choices, `present` being the role now; with what was posted, or without."""
        form = cls.of(request, role=present) if posted else cls.blank(request, role=present)
        form.role.choices = [
            SelectChoice(role, request.localizer.translate(ROLE_NAMES[role])) for role in ROLES if role in roles
        ]
        renamed: RoleForm = cls._renamed(form, "role")
        return renamed
