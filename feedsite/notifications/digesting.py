"""Making digests: a request that is its reader's, what is new for them, and the letter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pyramid.i18n import TranslationStringFactory

from feedsite.mail.letters import Desk, Letter
from feedsite.mail.services import MailService
from feedsite.notifications.digests import LETTER, LIFETIME, TOPIC, DigestService, Taken
from feedsite.notifications.presenters import sentences
from feedsite.notifications.services import NotificationService
from feedsite.security.policy import act_for
from feedsite.web.wording import badge_label

_ = TranslationStringFactory("feedsite")


def write_digest(request: Any, person_id: str) -> bool:
    """Write the digest of somebody whose digest is due, in the request's transaction.

    Args:
        request: one that is nobody's yet; afterwards it is the reader's.

    Returns whether there was something to tell.
    """
    taken: Taken | None = request.find_service(DigestService).take(person_id)
    if taken is None:
        return False
    person = taken.person
    act_for(request, person)
    service = request.find_service(NotificationService)
    told = service.untold(request.identity.entity)
    if not told.count.number:
        return False
    data = {
        "sentences": sentences(request, told.timeline),
        "count": told.count.number,
        "every": taken.every,
    }
    written: bool = request.find_service(MailService).write(
        LETTER, str(person.email), person=person, data=data, lifetime=LIFETIME, topic=TOPIC
    )
    service.tell(request.identity.entity, told)
    return written


def digest(desk: Desk, data: Mapping[str, Any]) -> Letter:
    """What is new: the newest in a sentence each, and how many more there are."""
    count, sentences_ = data["count"], tuple(data["sentences"])
    # The count is exact to 99.
    more = count - len(sentences_)
    rest: tuple[str, ...] = ()
    if more > 0:
        label = f"{more}+" if badge_label(count) == "99+" else str(more)
        rest = (desk.say_many("And ${count} more.", "And ${count} more.", more, count=label),)
    often = (
        _("This mail comes every day on which there is something new.")
        if data["every"] == "daily"
        else _("This mail comes every Monday when there is something new.")
    )
    return Letter(
        desk.say_many(
            "${count} new notification on ${site}",
            "${count} new notifications on ${site}",
            count,
            count=badge_label(count),
        ),
        (*sentences_, *rest),
        (desk.say(_("Read them")), desk.url("notifications.list")),
        (desk.say(often), desk.say(_("How often, is your choice: ${url}"), url=desk.url("notifications.settings"))),
        topic=TOPIC,
    )
