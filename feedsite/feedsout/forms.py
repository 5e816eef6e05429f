"""The form of a new private feed."""

from __future__ import annotations

from pyramid.i18n import TranslationStringFactory
from wtforms import RadioField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from feedsite.web.forms import Form, SelectChoice, strip

_ = TranslationStringFactory("feedsite")


class FeedForm(Form):
    """What a private feed is of, and what its owner calls it."""

    feed = RadioField(
        _("What it has"),
        choices=[SelectChoice("home", _("Your home")), SelectChoice("notifications", _("Your notifications"))],
        default="home",
        validators=[InputRequired(_("Choose what it has."))],
    )
    name = StringField(
        _("Name"),
        description=_("Where you read it: the name of the program or the device, so that you know it again."),
        filters=[strip],
        validators=[
            InputRequired(_("Please fill this in.")),
            Length(max=60, message=_("A name of a feed has at most 60 characters.")),
        ],
    )

    def validate_name(self, field: StringField) -> None:
        """One line that people can see."""
        if not field.data:
            raise ValidationError(_("Please fill this in."))
        if any(not character.isprintable() for character in field.data):
            raise ValidationError(_("A name has no line breaks or invisible characters."))
