"""Aggregators by name: our own, and those that other packages bring under the entry point group `feedsite.aggregators`.

A package offers one in its pyproject.toml, and whoever installs it can ask for it by its name::

    [project.entry-points."feedsite.aggregators"]
    people-of-a-thing = "my_package:PeopleOfAThing"

Looking at what is offered imports nothing; a class is imported when it is asked for.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points

from feedsite.feeds.aggregators.base import Aggregator
from feedsite.feeds.errors import InvalidQuery

GROUP = "feedsite.aggregators"


class BrokenAggregator(RuntimeError):
    """An aggregator that a package offers and that cannot be used.

    Args:
        name: by which it is offered.
        package: which offers it.
        problem: what is wrong, as a sentence without its full stop.
    """

    def __init__(self, name: str, package: str, problem: str) -> None:
        self.name, self.package, self.problem = name, package, problem
        super().__init__(f"the aggregator {name} of {package} cannot be used: {problem}")


@dataclass(frozen=True)
class Offered:
    """An aggregator as its package offers it; nothing of it is imported yet.

    Args:
        name: by which it is asked for.
        place: where its class stands, `module:Class`.
        package: the package that offers it, with its version.
        rivals: other packages that offer one of this name.
    """

    name: str
    place: str
    package: str
    rivals: tuple[str, ...] = ()

    def load(self) -> type[Aggregator]:
        """The class.

        Raises BrokenAggregator: it cannot be imported, is no aggregator, or two packages offer this name.
        """
        if self.rivals:
            raise self._broken(f"{' and '.join(self.rivals)} offers one of this name too; uninstall one of them")
        try:
            found = EntryPoint(self.name, self.place, GROUP).load()
        # A stranger's module may fail in any way, and some end the program when they miss something.
        except (Exception, SystemExit) as error:
            said = str(error).strip().splitlines()
            detail = f"{type(error).__name__}: {said[0]}" if said else type(error).__name__
            raise self._broken(f"{self.place} cannot be imported ({detail})") from error
        if not isinstance(found, type) or not issubclass(found, Aggregator):
            raise self._broken(f"{self.place} is no subclass of feedsite.feeds.aggregators.Aggregator")
        return found

    def _broken(self, problem: str) -> BrokenAggregator:
        return BrokenAggregator(self.name, self.package, problem)


def offered() -> list[Offered]:
    """Every aggregator that an installed package offers, by name; imports none of them."""
    found = [(entry.name, entry.value, _package(entry)) for entry in entry_points(group=GROUP)]
    return [
        Offered(name, place, package, tuple(other for named, _, other in found if named == name and other != package))
        for name, place, package in sorted(found)
    ]


def aggregator(name: str) -> type[Aggregator]:
    """The aggregator with this name.

    Args:
        name: as its package offers it, such as `year-month`.

    Raises:
        InvalidQuery: no installed package offers it. BrokenAggregator: one does, and it cannot be used.
    """
    known = {one.name: one for one in offered()}
    if name not in known:
        raise InvalidQuery(field="aggregator", value=name, rule="one of " + ", ".join(known))
    return known[name].load()


def answers(kind: type[Aggregator]) -> str:
    """What an aggregator answers: the first paragraph of its own docstring, on one line."""
    # Its own: a class without one would be described by its base.
    paragraph = inspect.cleandoc(kind.__doc__ or "").partition("\n\n")[0]
    return " ".join(paragraph.split())


def _package(entry: EntryPoint) -> str:
    return f"{entry.dist.name} {entry.dist.version}" if entry.dist is not None else "an unknown package"
