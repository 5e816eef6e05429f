"""What the mails about sanctions say: what was done, why, and where the person can answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pyramid.i18n import TranslationStringFactory

from feedsite.mail.letters import Desk, Letter, LetterMaker

_ = TranslationStringFactory("feedsite")

Data = Mapping[str, Any]


def warn(desk: Desk, data: Data) -> Letter:
    """To who was warned."""
    what = desk.say(
        _("The people who look after ${site} have a warning for your account @${handle}. Nothing else has changed."),
        handle=data["handle"],
    )
    return _of_sanction(desk, desk.say(_("A warning from ${site}")), what, data)


def limit(desk: Desk, data: Data) -> Letter:
    """To who was limited."""
    what = desk.say(
        _("Your account @${handle} on ${site} is limited: what you do there is shown to your followers alone."),
        handle=data["handle"],
    )
    return _of_sanction(desk, desk.say(_("Your account on ${site} is limited")), what, data)


def suspend(desk: Desk, data: Data) -> Letter:
    """To who was suspended."""
    what = desk.say(
        _(
            "Your account @${handle} on ${site} is suspended: you are signed out everywhere, and nothing of yours is "
            "shown. Nothing is deleted for 30 days, within which this can be taken back."
        ),
        handle=data["handle"],
    )
    return _of_sanction(desk, desk.say(_("Your account on ${site} is suspended")), what, data)


def reinstated(desk: Desk, data: Data) -> Letter:
    """To who is what they were before."""
    what = desk.say(
        _("Your account @${handle} on ${site} is reinstated: you can do what you could before."), handle=data["handle"]
    )
    return Letter(
        desk.say(_("Your account on ${site} is reinstated")),
        (what, _reason(desk, data["reason"])),
        (desk.say(_("Sign in")), desk.url("accounts.login")),
    )


def appeal_lifted(desk: Desk, data: Data) -> Letter:
    """To who was right to appeal."""
    what = desk.say(
        _("Somebody looked again at what was done about your account @${handle} on ${site}, and has taken it back."),
        handle=data["handle"],
    )
    return _answered(desk, what, data)


def appeal_upheld(desk: Desk, data: Data) -> Letter:
    """To who appealed in vain."""
    what = desk.say(
        _("Somebody looked again at what was done about your account @${handle} on ${site}. It stays as it is."),
        handle=data["handle"],
    )
    return _answered(desk, what, data)


def _of_sanction(desk: Desk, subject: str, what: str, data: Data) -> Letter:
    return Letter(
        subject,
        (what, *_rule(desk, data.get("rule", "")), _reason(desk, data["reason"])),
        (desk.say(_("Read it, and answer if you think it is a mistake")), desk.url("appeals.standing")),
        (desk.say(_("You can answer once, within 30 days. Somebody else looks at it where there is somebody else.")),),
    )


def _answered(desk: Desk, what: str, data: Data) -> Letter:
    said = desk.say(_("What they say: ${comment}"), comment=data["comment"])
    action = (desk.say(_("See how your account stands")), desk.url("appeals.standing"))
    return Letter(desk.say(_("The answer to your appeal on ${site}")), (what, said), action)


def _rule(desk: Desk, rule: str) -> tuple[str, ...]:
    """What it says of the rule; letters that were written before sanctions named one have none."""
    return (desk.say(_("The rule of ${site} that it is about: ${rule}"), rule=rule),) if rule else ()


def _reason(desk: Desk, reason: str) -> str:
    return desk.say(_("The reason that was given: ${reason}"), reason=reason)


#: Every letter, by the last part of its name.
LETTERS: dict[str, LetterMaker] = {
    letter.__name__: letter for letter in (warn, limit, suspend, reinstated, appeal_lifted, appeal_upheld)
}
