"""Taking people out for good, in many short transactions.

It may be stopped anywhere and called again: the account's row goes last, and while it stands there is more to do.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from feedsite.accounts.models import Person
from feedsite.accounts.services import DepartingService, PeopleService
from feedsite.db import utcnow
from feedsite.feeds import Entity, Manager
from feedsite.leaving.services import LeavingService
from feedsite.personal import Finder, PersonalData
from feedsite.posts.acts import shares_of

#: Opens a transaction and gives what finds services in it.
Transactions = Callable[[], AbstractContextManager[Finder]]


@dataclass(frozen=True)
class Purged:
    """How many accounts were taken out.

    Attributes:
        left: those whose time to come back was over.
        unconfirmed: those whose address was never confirmed.
    """

    left: int = 0
    unconfirmed: int = 0


class Purge:
    """Takes people out.

    Args:
        transactions: of the site's database.
        data: what every feature holds.
    """

    def __init__(self, transactions: Transactions, data: Sequence[PersonalData]) -> None:
        self._begin, self._data = transactions, data

    def run(self) -> Purged:
        """Take out everybody whose time has come."""
        left = unconfirmed = 0
        for person_id in self._each(LeavingService.due):
            left += self.take_out(person_id)
        for person_id in self._each(LeavingService.unconfirmed):
            unconfirmed += self._give_up(person_id) and self.take_out(person_id)
        return Purged(left, unconfirmed)

    def take_out(self, person_id: str) -> bool:
        """Take a person out whose time to come back is over; returns whether there was somebody to take out."""
        if not self._steps(person_id, lambda find, person: any(self._erased(find, person))):
            return False
        self._steps(person_id, lambda find, person: _forbidden(find(Manager), person))
        self._steps(person_id, lambda find, person: _erased_from_feeds(find(Manager), person))
        with self._begin() as find:
            person = _leaving(find, person_id)
            if person is None:
                return False
            # What came meanwhile, in the transaction in which the account goes.
            while any(self._erased(find, person)):
                pass
            while _erased_from_feeds(find(Manager), person):
                pass
            find(DepartingService).remove(person)
        return True

    def _each(self, asked: Callable[[LeavingService, Collection[str]], list[str]]) -> Iterator[str]:
        failed: set[str] = set()
        while True:
            with self._begin() as find:
                found = asked(find(LeavingService), failed)
            if not found:
                return
            yield from found
            # Who is still there then is no business of this run any more.
            failed.update(found)

    def _give_up(self, person_id: str) -> bool:
        with self._begin() as find:
            return find(LeavingService).give_up(person_id)

    def _steps(self, person_id: str, step: Callable[[Finder, Person], bool]) -> bool:
        """Do a step after the other, each in a transaction, while there is more; returns whether there is a person."""
        more = True
        while more:
            with self._begin() as find:
                person = _leaving(find, person_id)
                if person is None:
                    return False
                more = step(find, person)
        return True

    def _erased(self, find: Finder, person: Person) -> list[bool]:
        return [data.erase(find, person) for data in self._data if data.erase is not None]


def _leaving(find: Finder, person_id: str) -> Person | None:
    person = find(PeopleService).by_id(person_id)
    return person if person is not None and person.leaves is not None and person.leaves <= utcnow() else None


def _ends(person: Person) -> tuple[Entity, ...]:
    """What a person is in acts and links."""
    return Entity("person", person.id), shares_of(person.id)


def _forbidden(feeds: Manager, person: Person) -> bool:
    for end in _ends(person):
        feeds.forbid_entity(end)
    return False


def _erased_from_feeds(feeds: Manager, person: Person) -> bool:
    """Take some of the person out of acts and links; returns whether there is more."""
    return any(feeds.erase_piece(end).more for end in _ends(person))
