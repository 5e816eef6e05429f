"""Bounds that a process keeps: which sources can be on a page, and how they stay right."""

from __future__ import annotations

from feedsite.feeds.order import OrderKey, position
from feedsite.feeds.stores.elasticsearch.acts import Act
from feedsite.feeds.stores.elasticsearch.bounds import Bounds, Chosen, chosen_of
from feedsite.feeds.stores.elasticsearch.documents import DOES, bound_key
from feedsite.feeds.stores.elasticsearch.sight import Sources, Tie

OVERLAP = 10_000
ORDER = [(10, "ana"), (20, "bo"), (20, "cy"), (30, "di"), (40, "eva")]


def sources(since: int = 0, **others: int) -> Sources:
    names = {"ana": since, "bo": since, "cy": since, "di": since, "eva": since} | others
    ties = {name: (Tie("person:me", "follow", name, (), at, None, 1.0, None),) for name, at in names.items()}
    made = Sources({}, {})
    made.ties = ties
    return made


def names(chosen: Chosen) -> str:
    return " ".join(sorted(chosen.ties))


def act(actor: str, ms: int, touched: str = "note:x") -> Act:
    key = OrderKey(position(ms, "a"), "a")
    return Act(
        key, "add", actor, touched, None, None, "public", actor, (touched,), (), (), "", "", key, False, False, {}
    )


def test_the_newest_come_from_those_with_the_highest_bounds() -> None:
    chosen = chosen_of(sources(), ORDER, None, 0, 2, history=True)
    assert (names(chosen), chosen.floor, chosen.top) == ("di eva", 20, 40)


def test_equal_bounds_are_never_parted() -> None:
    """Nothing newer than the floor is missing: a source with that very bound may have an act that is as new."""
    chosen = chosen_of(sources(), ORDER, None, 0, 3, history=True)
    assert (names(chosen), chosen.floor) == ("bo cy di eva", 10)


def test_all_that_have_something_newer_than_a_cursor_may_have_something_older() -> None:
    chosen = chosen_of(sources(), ORDER, 20, 0, 1, history=True)
    assert (names(chosen), chosen.floor) == ("ana bo cy di eva", None)


def test_a_source_whose_newest_act_is_older_than_its_link_has_nothing() -> None:
    chosen = chosen_of(sources(eva=41), ORDER, None, 0, 1, history=False)
    assert (names(chosen), chosen.floor) == ("di", 20)
    assert names(chosen_of(sources(since=31), ORDER, None, 0, 5, history=False)) == "eva"


def test_nothing_older_than_the_feed_is_asked_for() -> None:
    chosen = chosen_of(sources(), ORDER, None, 20, 9, history=True)
    assert (names(chosen), chosen.floor) == ("bo cy di eva", None)


def kept(bounds: Bounds, *, at: int = 0) -> Sources:
    """Two who are followed, the newer one's bound 200."""
    bounds.follow("g", (), at, OVERLAP)
    found = Sources({"person:ana": (_tie("person:ana"),), "person:bo": (_tie("person:bo"),)}, {})
    bounds.put("g", list(found.ties), {_does("ana"): 100, _does("bo"): 200}, at)
    return found


def _tie(entity: str) -> Tie:
    return Tie("person:me", "follow", entity, (), 0, None, 1.0, None)


def _does(name: str) -> str:
    return bound_key(DOES, f"person:{name}")


def newest(bounds: Bounds, of: Sources) -> str | None:
    chosen = bounds.choose(of, None, 0, 1, history=True)
    return None if chosen is None else names(chosen)


def test_what_is_written_raises_a_bound_and_nothing_lowers_it() -> None:
    bounds = Bounds()
    of = kept(bounds)
    assert newest(bounds, of) == _does("bo")
    bounds.follow("g", [act("person:ana", 300)], 1000, OVERLAP)
    assert newest(bounds, of) == _does("ana")
    bounds.follow("g", [act("person:ana", 50)], 2000, OVERLAP)
    assert newest(bounds, of) == _does("ana")


def test_what_was_written_while_bounds_were_asked_for_is_not_forgotten() -> None:
    """The page began at 0; before its answer was kept, another one saw an act that the answer does not show yet."""
    bounds = Bounds()
    bounds.follow("g", (), 0, OVERLAP)
    bounds.follow("g", [act("person:ana", 300)], 500, OVERLAP)
    of = Sources({"person:ana": (_tie("person:ana"),), "person:bo": (_tie("person:bo"),)}, {})
    bounds.put("g", list(of.ties), {_does("ana"): 100, _does("bo"): 200}, 0)
    assert newest(bounds, of) == _does("ana")


def test_after_a_pause_in_which_something_may_have_been_missed_all_is_asked_for_again() -> None:
    bounds = Bounds()
    of = kept(bounds)
    bounds.follow("g", (), 7_000, OVERLAP)
    assert not bounds.missing(of)
    bounds.follow("g", (), 16_000, OVERLAP)
    assert len(bounds.missing(of)) == 2
    assert newest(bounds, of) is None


def test_another_generation_has_bounds_of_its_own() -> None:
    bounds = Bounds()
    of = kept(bounds)
    bounds.follow("h", (), 100, OVERLAP)
    assert len(bounds.missing(of)) == 2


def test_who_has_done_nothing_is_known_to_have_done_nothing() -> None:
    bounds = Bounds()
    bounds.follow("g", (), 0, OVERLAP)
    of = Sources({"person:ana": (_tie("person:ana"),)}, {})
    bounds.put("g", list(of.ties), {}, 0)
    assert not bounds.missing(of)
    assert newest(bounds, of) == ""


def test_more_than_are_kept_are_asked_for_again() -> None:
    bounds = Bounds(limit=1)
    of = kept(bounds)
    bounds.follow("g", (), 1, OVERLAP)
    assert len(bounds.missing(of)) == 2
