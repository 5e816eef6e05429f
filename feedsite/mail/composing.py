"""From a letter to a message (RFC 5322): text first, the same in simple HTML beside it."""

from __future__ import annotations

import textwrap
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from typing import Any
from urllib.parse import urlsplit

from pyramid.i18n import TranslationStringFactory
from pyramid.renderers import render

from feedsite.mail.letters import Desk, Letter
from feedsite.security.signing import Signer
from feedsite.settings import Settings

_ = TranslationStringFactory("feedsite")

_WIDTH = 76


def message_of(
    desk: Desk, letter: Letter, *, mail_id: str, recipient: str, person_id: str | None, at: datetime
) -> EmailMessage:
    """The message of a letter.

    Args:
        mail_id: it makes the Message-ID: a mail that is sent twice is the same one to whoever gets it.
        recipient: an address.
        person_id: whose account it is about; with a topic, the mail says how to get no more of its kind.
        at: when it was written.
    """
    settings = desk.settings
    message = EmailMessage(policy=SMTP.clone(max_line_length=998))
    message["From"] = formataddr((_one_line(settings.site_name), sender(settings)))
    message["To"] = recipient
    message["Subject"] = _one_line(letter.subject)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = f"<{mail_id}@{_host(settings)}>"
    message["Auto-Submitted"] = "auto-generated"
    footer = [desk.say(_("${site}: ${url}"), url=settings.site_url)]
    unsubscribe = ""
    if letter.topic and person_id is not None:
        token = Signer(settings.secrets, "unsubscribe").sign([person_id, letter.topic])
        unsubscribe = desk.url("mail.unsubscribe", token=token)
        message["List-Unsubscribe"] = f"<{unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        footer.append(desk.say(_("No more mails of this kind: ${url}"), url=unsubscribe))
    message.set_content(_text(letter, footer))
    message.add_alternative(_html(desk, letter, unsubscribe), subtype="html")
    return message


def sender(settings: Settings) -> str:
    """The address that mails come from."""
    return settings.mail_from or f"noreply@{_host(settings)}"


def _host(settings: Settings) -> str:
    return urlsplit(settings.site_url).hostname or "localhost"


def _one_line(text: str) -> str:
    # A header that is given a line break raises; a name with one is not worth a lost mail.
    return " ".join(text.split())


def _text(letter: Letter, footer: list[str]) -> str:
    parts = [_wrapped(paragraph) for paragraph in letter.paragraphs]
    if letter.action is not None:
        words, url = letter.action
        parts.append(f"{words}:\n{url}")
    parts += [_wrapped(paragraph) for paragraph in letter.after]
    return "\n\n".join(parts) + "\n\n-- \n" + "\n".join(footer) + "\n"


def _wrapped(paragraph: str) -> str:
    return textwrap.fill(paragraph, _WIDTH, break_long_words=False, break_on_hyphens=False)


def _html(desk: Desk, letter: Letter, unsubscribe: str) -> str:
    values: dict[str, Any] = {
        "letter": letter,
        "locale": desk.locale,
        "home": desk.settings.site_url,
        "unsubscribe": unsubscribe,
        "unsubscribe_text": desk.say(_("No more mails of this kind")),
    }
    return str(render("mail/letter.html", values, request=desk.request))
