"""What the site's features hold about people, and how each takes it out when somebody goes.

A feature says so in its ``includeme``, for every table of its own that names people or holds what they wrote::

    config.add_personal_data("keeping", tables=("bookmarks", "pins"))
    config.add_personal_data("reporting", tables=("reports",), erase=forget)

Without `erase`, its rows go with the account's or the note's by themselves (``ON DELETE CASCADE``). A test goes through
the tables: each is named by a feature, or the test says why it holds nothing of anybody.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from feedsite.accounts.models import Person

#: What stands in place of the key of somebody who was taken out, in rows that stay.
ERASED = "person:erased"

_REGISTRY_KEY = "feedsite.personal"
_Service = TypeVar("_Service")


class Finder(Protocol):
    """Finds services by their class, all in one transaction."""

    def __call__(self, service: type[_Service], /) -> _Service:
        """The service."""
        ...


#: Takes out what a feature holds about a person, some hundred rows at a time; returns whether there is more.
Eraser = Callable[[Finder, Person], bool]


@dataclass(frozen=True)
class PersonalData:
    """What one feature holds about people.

    Args:
        feature: its name.
        tables: the names of its tables.
        erase: takes a person out of them; None: the database does when the account's row goes.
    """

    feature: str
    tables: tuple[str, ...]
    erase: Eraser | None = None


def add_personal_data(config: Any, feature: str, *, tables: tuple[str, ...], erase: Eraser | None = None) -> None:
    """Directive: a feature holds something about people. Registering a feature twice is a conflict."""
    data = PersonalData(feature, tables, erase)
    introspectable = config.introspectable("personal data", feature, feature, "personal data")
    introspectable.update({"tables": tables, "erase": erase})

    def register() -> None:
        config.registry.setdefault(_REGISTRY_KEY, []).append(data)

    config.action(("personal data", feature), register, introspectables=(introspectable,))


def personal_data(registry: Any) -> tuple[PersonalData, ...]:
    """What every feature holds, in the order of registration."""
    return tuple(registry.get(_REGISTRY_KEY, ()))


def includeme(config: Any) -> None:
    """Add the directive."""
    config.add_directive("add_personal_data", add_personal_data)
