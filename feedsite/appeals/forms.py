"""The forms of appeals: making one, finding them, answering them."""

from __future__ import annotations

from pyramid.i18n import TranslationStringFactory
from wtforms import HiddenField, RadioField, SelectField, TextAreaField
from wtforms.validators import DataRequired, Length

from feedsite.appeals.wording import ANSWER_NAMES, FILTER_NAMES
from feedsite.moderation.ranks import MAX_REASON
from feedsite.moderation.standing import MAX_APPEAL
from feedsite.web.forms import Form, SelectChoice, strip

_ = TranslationStringFactory("feedsite")

_TOO_LONG = _("This has at most 1,000 characters.")


class AppealForm(Form):
    """What somebody says to a sanction."""

    sanction = HiddenField()
    appeal = TextAreaField(
        _("What do you say to it?"),
        description=_("Once, so say everything. Those who look after this site read it, and answer by mail."),
        filters=[strip],
        validators=[
            DataRequired(_("Please say why it should be taken back.")),
            Length(max=MAX_APPEAL, message=_TOO_LONG),
        ],
    )


class AppealFilterForm(Form):
    """Which appeals."""

    state = SelectField(
        _("State"),
        choices=[SelectChoice(value, name) for value, name in FILTER_NAMES.items()],
        default="waiting",
    )


class AnswerForm(Form):
    """The answer to an appeal."""

    answer = RadioField(
        _("Answer"),
        choices=[SelectChoice(value, name) for value, name in ANSWER_NAMES.items()],
        validators=[DataRequired(_("Please choose."))],
    )
    comment = TextAreaField(
        _("Comment"),
        description=_("The person reads it. It is kept in the audit log with your name."),
        filters=[strip],
        validators=[DataRequired(_("Please say why.")), Length(max=MAX_REASON, message=_TOO_LONG)],
    )
