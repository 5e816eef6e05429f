"""What the mails to who leaves and who comes back say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pyramid.i18n import TranslationStringFactory

from feedsite.mail.letters import Desk, Letter, LetterMaker

_ = TranslationStringFactory("feedsite")

Data = Mapping[str, Any]


def left(desk: Desk, data: Data) -> Letter:
    """To who deleted their account."""
    until = desk.moment(data["until"], data["zone"])
    return Letter(
        desk.say(_("Your account on ${site} is deleted")),
        (
            desk.say(
                _("The account @${handle} on ${site} was deleted on ${when}. Nobody sees anything of it any more."),
                handle=data["handle"],
                when=desk.moment(data["at"], data["zone"]),
            ),
            desk.say(
                _(
                    "You can come back until ${until}: sign in as before, and say that you want to. After that "
                    "everything is removed for good."
                ),
                until=until,
            ),
        ),
        (desk.say(_("Sign in and come back")), desk.url("accounts.login")),
        (
            desk.say(_("If it was not you, somebody knows your password: come back, and choose a new one at once.")),
            desk.say(_("This is the last mail you get, unless you come back.")),
        ),
    )


def back(desk: Desk, data: Data) -> Letter:
    """To who came back."""
    what = desk.say(
        _("The account @${handle} on ${site} is back since ${when}. Everything is as it was before."),
        handle=data["handle"],
        when=desk.moment(data["at"], data["zone"]),
    )
    unless = desk.say(
        _("If it was not you, somebody else uses your account: choose a new password at once, at ${url}"),
        url=desk.url("accounts.reset"),
    )
    return Letter(desk.say(_("Your account on ${site} is back")), (what, unless))


#: Every letter, by the last part of its name.
LETTERS: dict[str, LetterMaker] = {"left": left, "back": back}
