"""The forms of signing up, signing in and one's own settings."""

from __future__ import annotations

from typing import Any

from pyramid.i18n import TranslationStringFactory
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Email, InputRequired, Length, Optional, ValidationError

from feedsite.accounts import handles
from feedsite.accounts.zones import zone_choices
from feedsite.security import passwords
from feedsite.web.forms import Form, SelectChoice, strip
from feedsite.web.languages import languages

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


class HandleForm(Form):
    """A handle."""

    handle = StringField(
        _("Handle"),
        description=_("Your address on this site: 1 to 30 of the letters a to z, the digits and the underscore."),
        filters=[strip],
        validators=[InputRequired(_REQUIRED)],
    )

    #: Names this site refuses besides the built-in ones.
    reserved: tuple[str, ...] = ()

    def validate_handle(self, field: StringField) -> None:
        problem = handles.refusal(handles.normalised(field.data or ""), reserved=self.reserved)
        if problem is not None:
            raise ValidationError(problem)


class AddressForm(Form):
    """An e-mail address."""

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


class ResetForm(AddressForm):
    """Asking for a new password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email.description = _("The address of your account.")


class PasswordForm(Form):
    """A password that does not exist yet."""

    password = PasswordField(
        _("Password"),
        description=_(
            "At least 8 characters of any kind; a few unrelated words are easy to remember and hard to guess."
        ),
        validators=[InputRequired(_REQUIRED)],
    )

    #: What others know about its owner, and the site's name.
    known: tuple[str, ...] = ()

    def validate_password(self, field: PasswordField) -> None:
        problem = passwords.refusal(field.data or "", context=self.known)
        if problem is not None:
            raise ValidationError(problem)


class ConfirmForm(Form):
    """The password once more."""

    password = PasswordField(_("Password"), validators=[InputRequired(_REQUIRED)])
    next = HiddenField(validators=[Optional()])


class NewPasswordForm(PasswordForm):
    """A password in place of another one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.password.label.text = _("New password")


class ChangePasswordForm(NewPasswordForm):
    """Another password, by who knows the present one."""

    current = PasswordField(_("Your password now"), validators=[InputRequired(_REQUIRED)])


class CodeForm(Form):
    """A code of an authenticator."""

    code = StringField(
        _("Code"),
        description=_("The six digits that your authenticator shows."),
        filters=[strip],
        validators=[InputRequired(_REQUIRED)],
    )


class LoginCodeForm(CodeForm):
    """The second half of signing in."""

    next = HiddenField(validators=[Optional()])


class NoticesForm(Form):
    """Which mails somebody wants."""

    logins = BooleanField(_("Send me a mail when a new browser signs in"))


class InvitationForm(Form):
    """The code of an invitation."""

    invitation = StringField(_("Invitation"), filters=[strip], validators=[Optional()])


class JoinForm(_Named, HandleForm, AddressForm, PasswordForm, InvitationForm):
    """Signing up."""

    message = TextAreaField(
        _("Why do you want to join?"),
        description=_("The people who look after this site read it before they let you in. At most 500 characters."),
        filters=[strip],
        validators=[DataRequired(_REQUIRED), Length(max=500, message=_("This has at most 500 characters."))],
    )

    zone = _zone_field()
    next = HiddenField(validators=[Optional()])

    site_name: str = ""

    def validate_password(self, field: PasswordField) -> None:
        self.known = (self.handle.data or "", self.name.data or "", self.email.data or "", self.site_name)
        super().validate_password(field)


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

    locale = RadioField(
        _("Language"),
        choices=[SelectChoice(code, name) for code, name in languages().items()],
        default="en",
    )
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
    shortcuts = BooleanField(
        _("Keyboard shortcuts"),
        description=_("Single keys lead from item to item and to other pages."),
    )


class PrivacyForm(Form):
    """Where somebody may be found, and who may follow them; a box that is ticked keeps out."""

    noindex = BooleanField(
        _("Stay out of search engines"),
        description=_("Your profile and your notes ask them not to be listed. Not every one of them listens."),
    )
    undiscoverable = BooleanField(
        _("Stay out of this site's search and suggestions"),
        description=_("Who knows your handle still finds your profile, and your notes are where they were."),
    )
    locked = BooleanField(
        _("Approve who follows me"),
        description=_("Whoever wants to follow you asks, and you accept or decline. Who follows you already goes on."),
    )
