"""Bounds go to the index with acts: never too low, put right where they are, not missed where there are none."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from feedsite.feeds import Manager
from feedsite.feeds.aggregators import CursorAggregator
from feedsite.feeds.order import milliseconds
from feedsite.feeds.stores.elasticsearch.client import Access
from feedsite.feeds.stores.elasticsearch.documents import DOES, TOUCHED, bound_key, bound_name
from feedsite.feeds.stores.elasticsearch.index import Operation, Outcome
from feedsite.feeds.stores.elasticsearch.runtime import Limits, Runtime
from feedsite.feeds.stores.elasticsearch.store import ElasticStore

from tests.contract.delivering import World
from tests.contract.delivery.conditions import LONG_AGO

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ANA, THING = bound_key(DOES, "person:ana"), bound_key(TOUCHED, "project:x")


def bound(world: World, key: str) -> int | None:
    (found,) = world.index.get([(world.index.names.bounds(world.live()), bound_name(key))])
    return None if found is None else found.source["newest"]


def lose(world: World, key: str) -> None:
    """The index loses a bound."""
    place = world.index.names.bounds(world.live()), bound_name(key)
    world.index.bulk([Operation(*place, bound(world, key) or 0, None)])
    world.index.refresh(world.live())


def settle(world: World) -> None:
    world.delivery.deliver()
    world.let_pass(20)
    world.delivery.deliver()
    world.index.refresh(world.live())


def feed(world: World, **limits: bool) -> list[str]:
    runtime = Runtime(Access.from_url(world.url), world.index.names, limits=Limits(seconds=60, **limits))  # type: ignore[arg-type]
    instead: list[str] = []
    store = ElasticStore(world.another_store(), runtime, fallen_back=instead.append)
    page = Manager(store=store).get_page(CursorAggregator("me", include_history=True))
    runtime.close()
    assert not instead
    return [item.id for item in page.items]


def test_an_act_raises_the_bounds_of_who_did_it_and_of_what_it_touches(world: World) -> None:
    world.post("new", at=NOON)
    world.post("old", at=NOON - timedelta(days=400))
    settle(world)
    assert bound(world, ANA) == bound(world, THING) == milliseconds(NOON)


def test_what_is_older_than_1970_bounds_as_if_it_were_of_then(world: World) -> None:
    world.manager.follow("me", "ana")
    world.post("moon", at=LONG_AGO)
    settle(world)
    assert bound(world, ANA) == 0
    assert feed(world) == feed(world, keeps_bounds=False) == ["moon"]


def test_an_act_whose_bound_is_not_taken_stays_laid_over(world: World) -> None:
    def refuse(outcomes: list[Outcome]) -> list[Outcome]:
        return [replace(outcomes[0], result="later", reason="full"), *outcomes[1:]]

    bulk = world.index.bulk
    world.index.bulk = lambda operations: refuse(bulk(operations))  # type: ignore[method-assign]
    world.post("a", at=NOON)
    assert world.delivery.deliver().problem == "full"
    assert (world.behind(), world.noted()) == (1, 1)
    world.index.bulk = bulk  # type: ignore[method-assign]
    assert world.delivery.deliver().sent == 1
    assert world.behind() == 0


def test_a_rebuilt_index_has_the_bounds_too(world: World) -> None:
    world.post("b", at=NOON + timedelta(hours=1))
    world.post("a", at=NOON)
    settle(world)
    world.delivery.rebuild()
    assert bound(world, ANA) == milliseconds(NOON + timedelta(hours=1))
    assert world.is_equal()


def test_a_bound_that_is_too_low_is_found_and_put_right(world: World) -> None:
    world.manager.follow("me", "ana")
    world.post("a", at=NOON)
    settle(world)
    lose(world, ANA)
    assert feed(world) == []
    found = world.delivery.verify()
    assert (found.different, found.missing, found.extra) == (1, 0, 0)
    assert world.delivery.verify(repair=True).is_equal
    assert feed(world) == ["a"]
    settle(world)
    assert feed(world) == feed(world, keeps_bounds=False) == ["a"]


def test_a_generation_without_bounds_answers_until_it_is_rebuilt(world: World) -> None:
    """As those that were made before there were any."""
    world.manager.follow("me", "ana")
    with world.on_record() as record:
        live = record.generations()["live"]
        assert record.update_generation(replace(live, bounds_uuid="", rev=live.rev + 1))
    world.post("a", at=NOON)
    settle(world)
    assert bound(world, ANA) is None
    assert feed(world) == ["a"]
    assert world.is_equal()
    world.delivery.rebuild()
    assert bound(world, ANA) == milliseconds(NOON)
    assert feed(world) == ["a"]


def test_the_bounds_of_who_was_erased_go(world: World) -> None:
    """Their keys say who was there; those of others stay."""
    world.post("hers", at=NOON)
    settle(world)
    assert (bound(world, ANA), bound(world, THING)) == (milliseconds(NOON), milliseconds(NOON))
    world.manager.erase_entity("ana")
    settle(world)
    world.delivery.tend()
    assert (bound(world, ANA), bound(world, THING)) == (None, milliseconds(NOON))
    world.index.refresh(world.live())
    keys = {found.source["key"] for found in world.index.scan_bounds(world.live())}
    assert not [key for key in keys if "person:ana" in key]
    # Nothing is looked for again until somebody else is erased.
    assert world.delivery._forgetter.forget(world.live()) == 0
