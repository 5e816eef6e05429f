"""The forms of reports: making one, finding them, answering them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pyramid.i18n import TranslationStringFactory
from wtforms import Field, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, StopValidation

from feedsite.reporting.services import MAX_COMMENT, MAX_TEXT
from feedsite.reporting.wording import ANSWER_NAMES, FILTERS, REASON_NAMES
from feedsite.texts.forms import NamingForm
from feedsite.texts.services import Rule
from feedsite.web.forms import Form, SelectChoice, strip

_ = TranslationStringFactory("feedsite")

_TOO_LONG = _("This has at most 1,000 characters.")


def _choices(names: dict[str, str], every: str = "") -> list[SelectChoice]:
    first = [SelectChoice("", every)] if every else []
    return first + [SelectChoice(value, name) for value, name in names.items()]


def _needed_for_other(form: Form, field: Field) -> None:
    if form["reason"].data == "other" and not (field.data or "").strip():
        raise StopValidation(_("Please say what is wrong."))


class ReportForm(NamingForm):
    """Why somebody reports something."""

    reason = SelectField(
        _("What is wrong?"),
        choices=_choices(REASON_NAMES, _("Please choose")),
        validators=[DataRequired(_("Please choose."))],
    )
    text = TextAreaField(
        _("In your words"),
        description=_("What those who look after this site should know. Nobody else reads it."),
        filters=[strip],
        validators=[_needed_for_other, Length(max=MAX_TEXT, message=_TOO_LONG)],
    )

    @classmethod
    def about_rules(cls, request: Any, rules: Iterable[Rule]) -> ReportForm:
        """The form with the site's rules to choose from, and with what was posted."""
        return cls.of(request).offer(request, rules)


class ReportFilterForm(Form):
    """Which reports."""

    state = SelectField(_("State"), choices=_choices(FILTERS, _("Every state")), default="unanswered")
    reason = SelectField(_("Reason"), choices=_choices(REASON_NAMES, _("Every reason")), default="")
    about = StringField(_("About"), description=_("A handle"), filters=[strip])


class AnswerForm(Form):
    """The answer to reports."""

    answer = RadioField(_("Answer"), choices=_choices(ANSWER_NAMES), validators=[DataRequired(_("Please choose."))])
    comment = TextAreaField(
        _("Comment"),
        description=_("Kept in the audit log with your name, and shown to other moderators."),
        filters=[strip],
        validators=[DataRequired(_("Please say why.")), Length(max=MAX_COMMENT, message=_TOO_LONG)],
    )
