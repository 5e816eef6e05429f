"""Acting on somebody from the command line: found by handle, refused in one line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from feedsite.accounts.models import Person
from feedsite.accounts.services import PeopleService
from feedsite.cli.opening import Refusal, Work, site
from feedsite.moderation.ranks import NotAllowed
from feedsite.moderation.services import ModerationService


def act(config: str, handle: str, do: Callable[[ModerationService, Person], bool]) -> bool:
    """Do something to somebody, in one transaction; returns whether something changed. Raises Refusal."""
    with site(config) as opened, opened.transaction() as work:
        return bool(permitted(lambda: do(work.find(ModerationService), person_of(work, handle))))


def permitted(do: Callable[[], Any]) -> Any:
    """Do something, or raise Refusal where the rules do not allow it."""
    try:
        return do()
    except NotAllowed as error:
        raise Refusal(str(error)) from None


def person_of(work: Work, handle: str) -> Person:
    """Whoever has a handle; raises Refusal where nobody has."""
    person = work.find(PeopleService).by_handle(handle)
    if person is None:
        raise Refusal(f"there is nobody with the handle {handle}")
    return person
