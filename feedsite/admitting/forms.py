"""The forms of sign-ups and invitations."""

from __future__ import annotations

from typing import Any

from pyramid.i18n import TranslationStringFactory
from wtforms import EmailField, Field, IntegerField, RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired, Email, InputRequired, Length, NumberRange, Optional, StopValidation

from feedsite.accounts.services.invitations import INVITED_FOR, LONGEST, MAX_NOTE, MOST_USES
from feedsite.moderation.ranks import MAX_REASON
from feedsite.web.forms import Form, SelectChoice, strip

_ = TranslationStringFactory("feedsite")


def _needed_to_reject(form: Any, field: Field) -> None:
    if form["decision"].data == "reject" and not (field.data or "").strip():
        raise StopValidation(_("Please say why: the person is told."))


class DecisionForm(Form):
    """What becomes of those who are ticked."""

    decision = RadioField(
        _("What becomes of them?"),
        choices=[SelectChoice("approve", _("Let them in")), SelectChoice("reject", _("Do not let them in"))],
        validators=[DataRequired(_("Please choose."))],
    )
    reason = TextAreaField(
        _("Reason"),
        description=_("Who is not let in reads it. It is kept in the audit log with your name."),
        filters=[strip],
        validators=[_needed_to_reject, Length(max=MAX_REASON, message=_("This has at most 1,000 characters."))],
    )


class InviteForm(Form):
    """An invitation to be made."""

    note = StringField(
        _("Note"),
        description=_("What it is for. Those who look after this site read it."),
        filters=[strip],
        validators=[Length(max=MAX_NOTE, message=_("This has at most 200 characters."))],
    )
    uses = IntegerField(
        _("How many may join"),
        default=1,
        validators=[
            InputRequired(_("Please give a number.")),
            NumberRange(1, MOST_USES, message=_("Give a number from 1 to 1,000.")),
        ],
    )
    days = IntegerField(
        _("Good for so many days"),
        default=INVITED_FOR.days,
        validators=[
            InputRequired(_("Please give a number.")),
            NumberRange(1, LONGEST.days, message=_("Give a number from 1 to 365.")),
        ],
    )
    email = EmailField(
        _("E-mail address"),
        description=_("Gets the invitation by mail. It may stay empty."),
        filters=[strip],
        validators=[
            Optional(),
            Length(max=254, message=_("This is no e-mail address.")),
            Email(message=_("This is no e-mail address.")),
        ],
    )
