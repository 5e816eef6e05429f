"""The forms of signing up, signing in and one's own settings."""

from __future__ import annotations

from typing import Any

from pyramid.i18n import TranslationStringFactory
from wtforms import EmailField, HiddenField, PasswordField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import Email, InputRequired, Length, Optional, ValidationError

from feedsite.accounts import handles
from feedsite.accounts.zones import zone_choices
from feedsite.security import passwords
from feedsite.web.forms import Form, SelectChoice, strip

_ = TranslationStringFactory("feedsite")

_REQUIRED = _("Please fill this in.")


def _zone_field(**kwargs: Any) -> SelectField:
    return SelectField(_("Time zone"), choices=zone_choices, **kwargs)


class _Named(Form):
    name = StringField(
        _("Name"),
        description=_("What people call you. It may be changed at any time."),
        filters=[strip],
        validators=[InputRequired(_REQUIRED), Length(max=80, message=_("A name has at most 80 characters."))],
    )

    def validate_name(self, field: StringField) -> None:
        if not field.data or not any(character.isprintable() and not character.isspace() for character in field.data):
            raise ValidationError(_REQUIRED)
        if any(not character.isprintable() for character in field.data):
            raise ValidationError(_("A name has no line breaks or invisible characters."))


class JoinForm(_Named):
    """Signing up."""

    handle = StringField(
        _("Handle"),
        description=_("Your address on this site: 1 to 30 of the letters a to z, the digits and the underscore."),
        filters=[strip],
        validators=[InputRequired(_REQUIRED)],
    )
    email = EmailField(
        _("E-mail address"),
        description=_("Nobody else sees it. You can sign in with it."),
        filters=[strip],
        validators=[
            InputRequired(_REQUIRED),
            Length(max=254, message=_("This is no e-mail address.")),
            Email(message=_("This is no e-mail address.")),
        ],
    )
    password = PasswordField(
        _("Password"),
        description=_(
            "At least 8 characters of any kind; a few unrelated words are easy to remember and hard to guess."
        ),
        validators=[InputRequired(_REQUIRED)],
    )
    zone = _zone_field()
    next = HiddenField(validators=[Optional()])

    reserved: tuple[str, ...] = ()
    site_name: str = ""

    def validate_handle(self, field: StringField) -> None:
        problem = handles.refusal(handles.normalised(field.data or ""), reserved=self.reserved)
        if problem is not None:
            raise ValidationError(problem)

    def validate_password(self, field: PasswordField) -> None:
        known = [self.handle.data or "", self.name.data or "", self.email.data or "", self.site_name]
        problem = passwords.refusal(field.data or "", context=known)
        if problem is not None:
            raise ValidationError(problem)


class LoginForm(Form):
    """Signing in."""

    login = StringField(_("Handle or e-mail address"), filters=[strip], validators=[InputRequired(_REQUIRED)])
    password = PasswordField(_("Password"), validators=[InputRequired(_REQUIRED)])
    next = HiddenField(validators=[Optional()])


class ProfileForm(_Named):
    """What others see."""

    bio = TextAreaField(
        _("About you"),
        description=_("At most 500 characters, shown on your profile."),
        filters=[strip],
        validators=[Optional(), Length(max=500, message=_("This has at most 500 characters."))],
    )


class DisplayForm(Form):
    """How pages look."""

    zone = _zone_field(
        description=_("Days, months and years on your pages are those of this zone."),
    )
    theme = RadioField(
        _("Colours"),
        choices=[
            SelectChoice("auto", _("As the device")),
            SelectChoice("light", _("Light")),
            SelectChoice("dark", _("Dark")),
        ],
    )
