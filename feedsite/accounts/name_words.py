"""The words that people are found by: those of their name and their handle, as rows that follow both."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, delete, event, insert, inspect

from feedsite.accounts.models import Person, PersonWord
from feedsite.spelling import tokens, unaccented

#: A name that has more of them is found by the first ones.
MOST = 24


def words_of(name: str, handle: str) -> list[str]:
    """What somebody is found by: the words of the name and the handle, whole and in parts, without accents."""
    words = [unaccented(word) for word in tokens(name)]
    return list(dict.fromkeys([handle, *words, *(part for part in handle.split("_") if part)]))[:MOST]


def store_words(connection: Connection, people: Iterable[tuple[str, str, str]]) -> None:
    """Store the words of people who have none yet, for whoever writes people past the mapper.

    Args:
        connection: in the transaction that stores the people.
        people: their ids, names and handles.
    """
    rows = [{"word": word, "person_id": key} for key, name, handle in people for word in words_of(name, handle)]
    if rows:
        connection.execute(insert(PersonWord), rows)


@event.listens_for(Person, "after_insert")
def _added(_mapper: Any, connection: Connection, person: Person) -> None:
    store_words(connection, [(person.id, person.name, person.handle)])


@event.listens_for(Person, "after_update")
def _changed(_mapper: Any, connection: Connection, person: Person) -> None:
    attributes = inspect(person).attrs
    if attributes.name.history.has_changes() or attributes.handle.history.has_changes():
        connection.execute(delete(PersonWord).where(PersonWord.person_id == person.id))
        store_words(connection, [(person.id, person.name, person.handle)])
