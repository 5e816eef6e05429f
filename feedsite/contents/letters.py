"""What the mails say to somebody whose note was hidden, shown again or deleted, or whose likes were removed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pyramid.i18n import TranslationStringFactory

from feedsite.mail.letters import Desk, Letter, LetterMaker

_ = TranslationStringFactory("feedsite")

Data = Mapping[str, Any]


def hidden(desk: Desk, data: Data) -> Letter:
    """To whose note nobody sees any more."""
    what = _(
        "The people who look after ${site} have hidden a note of @${handle}. It is not deleted, but nobody sees it."
    )
    return _letter(
        desk, desk.say(_("A note of yours on ${site} is hidden")), desk.say(what, handle=data["handle"]), data
    )


def shown(desk: Desk, data: Data) -> Letter:
    """To whose note is there again."""
    what = _("The people who look after ${site} show a note of @${handle} again that they had hidden.")
    return _letter(desk, desk.say(_("A note of yours is shown again")), what, data)


def deleted(desk: Desk, data: Data) -> Letter:
    """To whose note is gone."""
    what = _("The people who look after ${site} have deleted a note of @${handle}.")
    return _letter(
        desk, desk.say(_("A note of yours on ${site} is deleted")), desk.say(what, handle=data["handle"]), data
    )


def removed(desk: Desk, data: Data) -> Letter:
    """To whose likes, shares or follows are gone."""
    what = _("The people who look after ${site} have removed something that @${handle} liked, shared or followed.")
    why = desk.say(_("The reason that was given: ${reason}"), reason=data["reason"])
    rules = (desk.say(_("Read the rules of the site")), desk.url("texts.rules"))
    subject = desk.say(_("Something you did on ${site} is removed"))
    return Letter(subject, (desk.say(what, handle=data["handle"]), why), rules)


def _letter(desk: Desk, subject: str, what: str, data: Data) -> Letter:
    why = desk.say(_("The reason that was given: ${reason}"), reason=data["reason"])
    which = desk.say(_("It begins: ${text}"), text=data["text"])
    rules = (desk.say(_("Read the rules of the site")), desk.url("texts.rules"))
    return Letter(subject, (desk.say(what, handle=data["handle"]), which, why), rules)


#: Every letter, by the last part of its name.
LETTERS: dict[str, LetterMaker] = {letter.__name__: letter for letter in (hidden, shown, deleted, removed)}
