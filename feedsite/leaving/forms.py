"""The form of leaving."""

from __future__ import annotations

from pyramid.i18n import TranslationStringFactory
from wtforms import StringField
from wtforms.validators import InputRequired, ValidationError

from feedsite.accounts.handles import normalised
from feedsite.web.forms import Form, strip

_ = TranslationStringFactory("feedsite")


class LeaveForm(Form):
    """One's own handle, typed: nobody leaves by a slip of the finger."""

    handle = StringField(
        _("Your handle"),
        description=_("Type it to say that you mean it."),
        filters=[strip],
        validators=[InputRequired(_("Please fill this in."))],
    )

    #: What has to be typed.
    expected: str = ""

    def validate_handle(self, field: StringField) -> None:
        if normalised(field.data or "") != self.expected:
            raise ValidationError(_("This is not your handle."))
