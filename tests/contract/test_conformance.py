"""The conformance test finds faults: each of these aggregators has one, and one test of the contract tells of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from feedsite.feeds import Page, composing
from feedsite.feeds.aggregators import Aggregator, CollapseAggregator, CursorAggregator
from feedsite.feeds.composing import flat, groups
from feedsite.feeds.query import Facet, FeedQuery, Scope
from feedsite.feeds.testing import sample
from feedsite.feeds.testing.conformance import AggregatorContract
from feedsite.feeds.testing.stage import SQL, Stage


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    made = Stage()
    sample.play(made)
    yield made
    made.close()


def contract(of: type[Aggregator], **options: Any) -> AggregatorContract:
    """The contract of a class, as its author writes it."""
    made = AggregatorContract()
    made.make = lambda owner, **more: of(owner, **more)  # type: ignore[method-assign]
    for name, value in options.items():
        setattr(made, name, value)
    return made


class ForgetsAnOption(CursorAggregator):
    """Leaves an option of its own out of its fingerprint."""

    def __init__(self, owner: object, *, notes_only: bool = False, **options: Any) -> None:
        super().__init__(owner, **options)
        self.notes_only = notes_only

    def query(self, as_of: int) -> FeedQuery:
        query = super().query(as_of)
        return query.only(Facet.VERB, "create") if self.notes_only else query


class NamesItsSize(CursorAggregator):
    """Changes its fingerprint with the size of its pages."""

    def own_fingerprint(self) -> tuple[str, ...]:
        return (str(self.size),)


class ReadsAsItsOwner(CursorAggregator):
    """Shows every viewer what its owner sees."""

    def query(self, as_of: int) -> FeedQuery:
        return super().query(as_of).but(viewer=self.owner)


class LeavesOut(CollapseAggregator):
    """Has no card for acts without a target."""

    def __init__(self, owner: object, **options: Any) -> None:
        super().__init__(owner, "target", **options)


class GivesObjects(CursorAggregator):
    """Gives what is no plain data."""

    def as_feeds(self, page: Page) -> list[dict[str, Any]]:
        return [{"at": item.published} for item in page.items]


class ClaimsGroups(CursorAggregator):
    """Says that its pages are groups, and gives acts."""

    kind = "groups"


FAULTS = [
    (ForgetsAnOption, "test_its_fingerprint_tells_feeds_apart", {"variants": ({"notes_only": True},)}),
    (
        ForgetsAnOption,
        "test_a_cursor_that_was_changed_or_is_another_feeds_is_refused",
        {"variants": ({"notes_only": True},)},
    ),
    (NamesItsSize, "test_its_fingerprint_tells_feeds_apart", {}),
    (ReadsAsItsOwner, "test_nothing_comes_twice_and_nothing_comes_that_is_not_in_the_feed", {}),
    (LeavesOut, "test_nothing_comes_twice_and_nothing_comes_that_is_not_in_the_feed", {}),
    (LeavesOut, "test_writing_between_pages_repeats_nothing_and_loses_nothing", {}),
    (GivesObjects, "test_what_it_gives_is_plain_data", {}),
    (ClaimsGroups, "test_an_empty_network_has_the_one_envelope", {}),
]


@pytest.mark.parametrize(("of", "test", "options"), FAULTS)
def test_a_fault_is_found(stage: Stage, of: type[Aggregator], test: str, options: dict[str, Any]) -> None:
    arguments = () if test == "test_its_fingerprint_tells_feeds_apart" else (stage,)
    # What pytest.raises did not meet is a Failed, and that is no Exception.
    with pytest.raises((AssertionError, TypeError, pytest.fail.Exception)):
        getattr(contract(of, **options), test)(*arguments)


def test_the_same_tests_pass_for_an_aggregator_without_fault(stage: Stage) -> None:
    """What was found above is the fault, and not something that every aggregator has."""
    for test in {test for _, test, _ in FAULTS}:
        arguments = () if test == "test_its_fingerprint_tells_feeds_apart" else (stage,)
        getattr(contract(CursorAggregator), test)(*arguments)


def test_the_sample_has_something_of_everything(stage: Stage) -> None:
    """An aggregator is tried on every rule only where the network has something that the rule takes away."""
    acts = list(stage.model.acts.values())
    assert {act.activity.visibility for act in acts} == {"public", "followers", "audience"}
    assert {kind for _, kind, _, _ in stage.model.links} == {"follow", "watch", "mute", "block", "limit"}
    assert len({act.key.position >> 20 for act in acts}) < len(acts) - 20, "ties"
    assert stage.model.deleted
    feed = stage.model.feed(CursorAggregator(sample.ANA, include_history=True))
    assert len(feed) > 50
    for viewer in (sample.CY, None):
        seen = stage.model.feed(CursorAggregator(sample.ANA, viewer=viewer, include_history=True))
        assert {act.key.id for act in seen} != {act.key.id for act in feed}
    assert stage.model.feed(CursorAggregator(sample.ANA, scope=Scope.CONCERNS))


def test_a_group_that_lies_about_its_total_is_found(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = groups._group
    monkeypatch.setattr(groups, "_group", lambda *of: replace(honest(*of), total=honest(*of).total + 1))
    with pytest.raises(AssertionError):
        contract(CollapseAggregator).test_groups_have_what_they_say(stage)


def test_a_page_out_of_order_is_found(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = flat._onwards
    monkeypatch.setattr(flat, "_onwards", lambda context: honest(context)[:3][::-1])
    with pytest.raises(AssertionError):
        contract(CursorAggregator).test_it_comes_in_its_order(stage)


def test_an_empty_page_after_the_last_full_one_is_found(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = flat.flat_page

    def with_an_empty_one(context: Any) -> Page:
        page = honest(context)
        return replace(page, next=context.token(page.items[-1].key)) if page.items else page

    monkeypatch.setattr(composing, "flat_page", with_an_empty_one)
    with pytest.raises(AssertionError, match="no page of it is empty"):
        contract(CursorAggregator).test_an_exactly_full_last_page_has_no_next(stage)


def test_a_store_that_lacks_an_act_is_found(stage: Stage) -> None:
    """Two stores of one stage, one of which an act was kept from."""
    there = Stage()
    sample.play(there)
    there.managers["poorer"] = stage.managers[SQL]
    missing = sample.act("one-more", "create", sample.BO, sample.NOTES[0], there, Random(1))
    there.managers[SQL].add_activity_feed(missing)
    try:
        with pytest.raises(AssertionError, match="poorer"):
            contract(CursorAggregator).test_every_store_gives_the_same_pages(there)
    finally:
        # Not its own to close: the other tests' network is in it.
        del there.managers["poorer"]
        there.close()
