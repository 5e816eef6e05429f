"""No more mails of a kind: by the link in a mail, or by the mail program itself."""

from __future__ import annotations

from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.i18n import TranslationStringFactory
from pyramid.view import view_config

from feedsite.accounts.services import PeopleService
from feedsite.mail.services import TOPICS, MailService
from feedsite.security.signing import BadToken, signer

_ = TranslationStringFactory("feedsite")


@view_config(route_name="mail.unsubscribe", renderer="mail/unsubscribe.html", request_method="GET")
def ask(request: Any) -> dict[str, object]:
    """Ask, as a mail program that looks at links ahead of time must not decide anything."""
    _, topic = _checked(request)
    return {"done": False, "topic": topic}


# A mail program posts this by itself, with nothing of ours but the signed address (RFC 8058).
@view_config(route_name="mail.unsubscribe", renderer="mail/unsubscribe.html", request_method="POST", require_csrf=False)
def unsubscribe(request: Any) -> dict[str, object]:
    """Send no more mails of this kind."""
    person_id, topic = _checked(request)
    request.find_service(MailService).refuse(person_id, topic)
    return {"done": True, "topic": topic}


def _checked(request: Any) -> tuple[str, str]:
    try:
        person_id, topic = signer(request, "unsubscribe").read(request.matchdict["token"])
    except (BadToken, ValueError, TypeError):
        raise HTTPNotFound(_("This link is not whole. Copy it from the mail once more.")) from None
    if topic not in TOPICS or request.find_service(PeopleService).by_id(person_id) is None:
        raise HTTPNotFound
    return person_id, topic
