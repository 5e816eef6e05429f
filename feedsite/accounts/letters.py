"""What the mails about accounts say. Of what strangers typed they repeat a handle and an address at most."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pyramid.i18n import TranslationStringFactory

from feedsite.mail.letters import Desk, Letter, LetterMaker

_ = TranslationStringFactory("feedsite")

Data = Mapping[str, Any]

# The purposes are those of feedsite.accounts.services: addresses.NEW and OLD, resetting.RESET.


def confirm(desk: Desk, data: Data) -> Letter:
    """To who signed up."""
    return Letter(
        desk.say(_("Confirm your e-mail address")),
        (
            desk.say(
                _("Somebody, probably you, made the account @${handle} on ${site} with this address."),
                handle=data["handle"],
            ),
        ),
        (desk.say(_("Confirm the address")), _verify_url(desk, "address new", data)),
        (
            desk.say(_("The link works once, for three days.")),
            desk.say(_("If it was not you, do nothing: the account cannot be used for anything without your yes.")),
        ),
    )


def confirm_new(desk: Desk, data: Data) -> Letter:
    """To the address that somebody wants to change to."""
    return Letter(
        desk.say(_("Confirm your new e-mail address")),
        (
            desk.say(
                _("Somebody, probably you, wants this address to be that of the account @${handle} on ${site}."),
                handle=data["handle"],
            ),
        ),
        (desk.say(_("Confirm the address")), _verify_url(desk, "address new", data)),
        (
            desk.say(_("The link works once, for three days. The account's present address has to agree as well.")),
            desk.say(_("If it was not you, do nothing.")),
        ),
    )


def confirm_old(desk: Desk, data: Data) -> Letter:
    """To the address that an account has, before it gets another one."""
    return Letter(
        desk.say(_("Do you want to change your e-mail address?")),
        (
            desk.say(
                _("Somebody who is signed in as @${handle} on ${site} wants its e-mail address to be ${email}."),
                handle=data["handle"],
                email=data["email"],
            ),
        ),
        (desk.say(_("Agree to the change")), _verify_url(desk, "address old", data)),
        (
            desk.say(_("The link works once, for three days. The new address has to be confirmed as well.")),
            _was_it_you(desk),
        ),
    )


def taken(desk: Desk, data: Data) -> Letter:
    """To who has an account, as somebody named their address for another one."""
    return Letter(
        desk.say(_("You have an account on ${site} already")),
        (
            desk.say(
                _("Somebody, perhaps you, named this address for an account on ${site}. It is that of @${handle}."),
                handle=data["handle"],
            ),
            desk.say(_("An address belongs to one account, so nothing was changed.")),
        ),
        (desk.say(_("If you forgot your password, ask for a new one")), desk.url("accounts.reset")),
        (desk.say(_("If it was not you, do nothing.")),),
    )


def reset(desk: Desk, data: Data) -> Letter:
    """To who forgot their password."""
    return Letter(
        desk.say(_("A new password for ${site}")),
        (
            desk.say(
                _("Somebody, probably you, asked for a new password for the account @${handle}."),
                handle=data["handle"],
            ),
        ),
        (
            desk.say(_("Choose a new password")),
            desk.url("accounts.reset_link", token=desk.token("reset", data["seed"])),
        ),
        (
            desk.say(_("The link works once, for one hour. When you use it, the account is signed out everywhere.")),
            desk.say(_("If it was not you, do nothing: your password stays as it is.")),
        ),
    )


def reset_nobody(desk: Desk, _data: Data) -> Letter:
    """To an address without an account, for which somebody wanted a new password."""
    return Letter(
        desk.say(_("There is no account with this address on ${site}")),
        (
            desk.say(
                _(
                    "Somebody, perhaps you, asked for a new password and named this address. No account on ${site} "
                    "has it: you may have joined with another one."
                )
            ),
            desk.say(_("If it was not you, do nothing. Nothing about you is kept.")),
        ),
    )


def password_changed(desk: Desk, data: Data) -> Letter:
    """Notice."""
    what = desk.say(
        _("The password of your account @${handle} on ${site} was changed on ${when}."), **_when(desk, data)
    )
    return Letter(desk.say(_("Your password was changed")), (what, _was_it_you(desk)))


def address_changed(desk: Desk, data: Data) -> Letter:
    """Notice, to both addresses."""
    what = desk.say(
        _("The e-mail address of your account @${handle} on ${site} was changed on ${when}."), **_when(desk, data)
    )
    return Letter(desk.say(_("Your e-mail address was changed")), (what, _write_to_us(desk)))


def handle_changed(desk: Desk, data: Data) -> Letter:
    """Notice."""
    what = desk.say(
        _("Your handle on ${site} was changed on ${when}: @${before} is @${handle} now."),
        before=data["before"],
        **_when(desk, data),
    )
    return Letter(desk.say(_("Your handle was changed")), (what, _was_it_you(desk)))


def new_login(desk: Desk, data: Data) -> Letter:
    """Notice, which people may refuse."""
    what = desk.say(
        _("A browser that was never used for your account @${handle} before signed in to it on ${when}."),
        **_when(desk, data),
    )
    unknown = desk.say(_("unknown"))
    details = desk.say(
        _("Browser: ${browser}. Network address: ${ip}."), browser=data["browser"] or unknown, ip=data["ip"] or unknown
    )
    return Letter(
        desk.say(_("A new sign-in to ${site}")),
        (what, details),
        (desk.say(_("See where you are signed in")), desk.url("accounts.sessions")),
        (_was_it_you(desk),),
        topic="logins",
    )


def two_factor_on(desk: Desk, data: Data) -> Letter:
    """Notice."""
    what = desk.say(
        _("A second factor was set up for your account @${handle} on ${site} on ${when}."), **_when(desk, data)
    )
    return Letter(desk.say(_("Your second factor is on")), (what, _was_it_you(desk)))


def two_factor_off(desk: Desk, data: Data) -> Letter:
    """Notice."""
    what = desk.say(
        _("The second factor of your account @${handle} on ${site} was removed on ${when}."), **_when(desk, data)
    )
    return Letter(desk.say(_("Your second factor is off")), (what, _was_it_you(desk)))


def recovery_codes(desk: Desk, data: Data) -> Letter:
    """Notice."""
    what = desk.say(
        _("New recovery codes were made for your account @${handle} on ${site} on ${when}. The old ones are over."),
        **_when(desk, data),
    )
    return Letter(desk.say(_("You have new recovery codes")), (what, _was_it_you(desk)))


def recovery_used(desk: Desk, data: Data) -> Letter:
    """Notice."""
    what = desk.say(
        _("A recovery code signed in to your account @${handle} on ${site} on ${when}. Codes left: ${left}."),
        left=data["left"],
        **_when(desk, data),
    )
    return Letter(desk.say(_("A recovery code was used")), (what, _was_it_you(desk)))


def invitation(desk: Desk, data: Data) -> Letter:
    """To who is invited."""
    code = desk.token("invitation", data["seed"])
    return Letter(
        desk.say(_("You are invited to ${site}")),
        (desk.say(_("Somebody who looks after ${site} invites you to join.")),),
        (desk.say(_("Join")), desk.url("accounts.join", _query={"invitation": code})),
        (desk.say(_("If you do not want to, do nothing. Nothing about you is kept.")),),
    )


def approved(desk: Desk, data: Data) -> Letter:
    """To who waited."""
    what = desk.say(_("Your account @${handle} on ${site} is approved."), handle=data["handle"])
    more = desk.say(_("You can write, like and follow as soon as your e-mail address is confirmed as well."))
    return Letter(desk.say(_("Welcome to ${site}")), (what, more), (desk.say(_("Sign in")), desk.url("accounts.login")))


def rejected(desk: Desk, data: Data) -> Letter:
    """To who waited in vain."""
    what = desk.say(_("Your account @${handle} on ${site} was not approved."), handle=data["handle"])
    why = desk.say(_("The reason that was given: ${reason}"), reason=data["reason"])
    action = (desk.say(_("Sign in to read it and to ask for another look")), desk.url("appeals.standing"))
    return Letter(desk.say(_("Your account on ${site}")), (what, why), action)


def _verify_url(desk: Desk, purpose: str, data: Data) -> str:
    return desk.url("accounts.verify_link", token=desk.token(purpose, data["seed"]))


def _when(desk: Desk, data: Data) -> dict[str, str]:
    return {"handle": data["handle"], "when": desk.moment(data["at"], data["zone"])}


def _was_it_you(desk: Desk) -> str:
    return desk.say(
        _("If it was not you, somebody else uses your account: choose a new password at once, at ${url}"),
        url=desk.url("accounts.reset"),
    )


def _write_to_us(desk: Desk) -> str:
    if desk.settings.contact_email:
        return desk.say(_("If it was not you, write to ${email} at once."), email=desk.settings.contact_email)
    return desk.say(_("If it was not you, write to the people who run the site at once."))


#: Every letter, by the last part of its name.
LETTERS: dict[str, LetterMaker] = {
    letter.__name__: letter
    for letter in (
        confirm,
        confirm_new,
        confirm_old,
        taken,
        reset,
        reset_nobody,
        password_changed,
        address_changed,
        handle_changed,
        new_login,
        invitation,
        approved,
        rejected,
        two_factor_on,
        two_factor_off,
        recovery_codes,
        recovery_used,
    )
}
