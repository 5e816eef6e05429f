"""What is told from the newest acts that concern a reader, and when there may be others."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from feedsite.feeds import Entity
from feedsite.feeds.order import OrderKey, floor_position
from feedsite.feeds.query import FeedQuery, Freshness, Marker, Scope
from feedsite.feeds.stores.elasticsearch.acts import Act
from feedsite.feeds.stores.elasticsearch.windows import WindowReader

ANA, BO = (FeedQuery(Scope.CONCERNS, Entity("person", name), None) for name in ("ana", "bo"))


def act(ms: int) -> Act:
    ends = {"verb": "like", "actor": "person:cy", "object": "note:1", "visibility": "public", "gate": "person:cy"}
    known = {"notice": "", "lone": "", "hidden": False, "early": False, "position": floor_position(ms), "id": str(ms)}
    return Act.of({**ends, **known})


class Told(WindowReader):
    """Finds the newest of five acts, whatever is asked, and admits all."""

    def __init__(self, window: int) -> None:
        super().__init__(SimpleNamespace(), SimpleNamespace(), window)  # type: ignore[arg-type]
        self.asked: list[int] = []
        self.since: list[int | None] = []

    def acts(self, query: FeedQuery, edge: OrderKey | None, size: int, *, newest: bool = True) -> list[Act]:
        self.asked.append(size)
        self.since.append(query.since_ms)
        return [act(ms) for ms in (50, 40, 30, 20, 10) if ms >= (query.since_ms or 0)][:size]

    def _feed(self, query: FeedQuery) -> Any:
        return SimpleNamespace(rules=SimpleNamespace(admit=lambda _act: True))


def test_a_full_window_may_have_others_behind_it() -> None:
    assert [(part.whole, len(part.acts)) for part in map(Told(2)._part, [ANA]) if part] == [(False, 2)]
    assert [(part.whole, len(part.acts)) for part in map(Told(6)._part, [ANA]) if part] == [(True, 5)]


def test_a_later_page_does_not_wait_for_a_window() -> None:
    reader = Told(2)
    assert reader._part(BO, OrderKey(floor_position(45), "")) is None
    assert reader.asked == []
    assert reader._part(BO) is not None
    assert reader._part(BO, OrderKey(floor_position(45), "")) is not None
    assert reader.asked == [2]


def test_a_query_that_begins_within_the_window_is_told_wholly() -> None:
    part = Told(2)._part(ANA.but(since_ms=45))
    assert part is not None
    assert (part.whole, [one.key.id for one in part.acts]) == (True, ["50"])


def new_since(ms: int, **states: int) -> FeedQuery:
    """What ana has not read, with markers of single groups."""
    marks = {group: Marker(floor_position(at)) for group, at in states.items()}
    return ANA.but(freshness=Freshness(Marker(floor_position(ms)), marks))


def test_what_is_new_needs_no_window_before_its_markers() -> None:
    reader = Told(10)
    badge = reader._part(ANA.but(freshness=Freshness(Marker(floor_position(35)), seen=Marker(floor_position(45)))))
    pane = reader._part(new_since(35))
    assert badge is not None
    assert pane is not None
    assert [one.key.id for one in pane.acts] == ["50", "40"]
    assert (badge.whole, pane.whole, reader.since) == (True, True, [35])
    # A group that was marked as unread reaches further back.
    assert [one.key.id for one in (reader._part(new_since(35, g=15)) or pane).acts] == ["50", "40", "30", "20"]
    assert reader.since == [35, 15]


def test_a_window_of_all_that_a_page_needs_anyway_is_the_only_one() -> None:
    reader = Told(10)
    assert reader._part(ANA) is not None
    assert reader._part(new_since(35)) is not None
    assert reader.since == [None]
