"""Mail: written to the database with what it tells of, sent after the commit, tried again while a server is away.

A feature says what its mails say with ``config.add_letter("accounts.verify", verify)`` and writes one with
`MailService.write`. A mail's row holds what the letter is made from, never a link that opens something: the letter is
made when it is sent.
"""

from __future__ import annotations

from typing import Any


def includeme(config: Any) -> None:
    """Register the service, the process's sender and the directive; begin sending with the first request."""
    from pyramid.events import NewRequest

    from feedsite.mail.letters import add_letter
    from feedsite.mail.process import LETTERS, ProcessMail, start_sending
    from feedsite.mail.services import MailService, mail_service

    config.registry[LETTERS] = {}
    config.registry["feedsite.mail"] = ProcessMail(config.registry)
    config.add_directive("add_letter", add_letter)
    config.register_service_factory(mail_service, MailService)
    config.add_personal_data(
        "mail", tables=("mails", "mail_refusals"), erase=lambda find, who: find(MailService).forget(who)
    )
    config.add_subscriber(start_sending, NewRequest)
    config.scan(".views")
