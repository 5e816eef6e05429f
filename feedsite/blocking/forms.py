"""The forms of blocks."""

from __future__ import annotations

from datetime import date

from pyramid.i18n import TranslationStringFactory
from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional

from feedsite.blocking.wording import EFFECT_NAMES, KIND_NAMES
from feedsite.moderation.services import MAX_REASON
from feedsite.web.forms import Form, SelectChoice, strip

_ = TranslationStringFactory("feedsite")


class BlockForm(Form):
    """What is kept out, from what, why, and until when."""

    kind = SelectField(_("Kind"), choices=[SelectChoice(value, name) for value, name in KIND_NAMES.items()])
    value = StringField(
        _("Network or domain"),
        description=_("192.0.2.7, 192.0.2.0/24 or 2001:db8::/48 (one IPv6 address is its /64); or example.org."),
        filters=[strip],
        validators=[DataRequired(_("Please say what.")), Length(max=255, message=_("This is too long."))],
    )
    effect = SelectField(_("Refused"), choices=[SelectChoice(value, name) for value, name in EFFECT_NAMES.items()])
    reason = TextAreaField(
        _("Reason"),
        description=_("Kept in the audit log with your name."),
        filters=[strip],
        validators=[DataRequired(_("Please say why.")), Length(max=MAX_REASON, message=_("This is too long."))],
    )
    until = DateField(
        _("Until"), description=_("This day included, in your time zone; empty: for good."), validators=[Optional()]
    )

    @property
    def last_day(self) -> date | None:
        """The last day, of a form that is valid."""
        day: date | None = self.until.data
        return day
