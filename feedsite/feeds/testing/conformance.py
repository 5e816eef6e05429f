"""What every aggregator must do on every store: tests to be subclassed by whoever wrote one.

    from feedsite.feeds.testing.conformance import AggregatorContract

    class TestPeopleOfAThing(AggregatorContract):
        def make(self, owner, **options):
            return PeopleOfAThing(owner, **options)

They run on the SQL store, and on Elasticsearch too where FEEDSITE_TEST_ELASTICSEARCH_URL names a node without security;
a test says so where it does not. What a page must show is what the reference model says of the aggregator's own query.
"""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pytest

from feedsite.feeds.activity import Activity, Actor, Object
from feedsite.feeds.aggregators import Aggregator
from feedsite.feeds.errors import InvalidCursor
from feedsite.feeds.manager import Manager
from feedsite.feeds.page import Group, Item, Page
from feedsite.feeds.query import Scope
from feedsite.feeds.testing import sample
from feedsite.feeds.testing.judging import matching
from feedsite.feeds.testing.stage import SQL, Stage

ELASTICSEARCH_VARIABLE = "FEEDSITE_TEST_ELASTICSEARCH_URL"
_STAGES = pytest.StashKey[dict[str | None, Stage]]()
_NUMBERS = itertools.count(1)


class AggregatorContract:
    """An aggregator on a network with something of everything (`feedsite.feeds.testing.sample`).

    Attributes:
        owner: whose feed is read: a person's id or an Entity that the sample has.
        other_owner: somebody else, whose feed is another one.
        complete: whether every act of its query can be reached on its pages (on a page, in a group, or by a group's
            `more`); False for those that show the best of something.
        apart: whether an act stands in one group only; False where groups are of what acts touch, which may be several.
        newest_first: whether acts and groups come newest first (or, with `order = "oldest"`, oldest first).
        variants: further options of `make` that each make another feed.
    """

    owner: object = sample.ANA
    other_owner: object = sample.BO
    complete = True
    apart = True
    newest_first = True
    variants: Sequence[dict[str, Any]] = ()

    def make(self, owner: object, **options: Any) -> Aggregator:
        """The aggregator for an owner, with options of `Aggregator` (`viewer`, `size`, `verbs`, ...)."""
        raise RuntimeError("the subclass gives make")

    @pytest.fixture
    def elasticsearch(self) -> str | None:
        """The URL of a node, or None."""
        return os.environ.get(ELASTICSEARCH_VARIABLE) or None

    @pytest.fixture
    def stage(self, elasticsearch: str | None, request: pytest.FixtureRequest) -> Stage:
        """Both stores with the sample network in them: made once a run, and shared."""
        stages = request.config.stash.setdefault(_STAGES, {})
        if elasticsearch not in stages:
            stages[elasticsearch] = made = Stage(elasticsearch)
            request.config.add_cleanup(made.close)
            sample.play(made)
        return stages[elasticsearch]

    # What comes back

    def test_every_store_gives_the_same_pages(self, stage: Stage) -> None:
        """To the last item, group, count and cursor, and each store goes on from the other's cursors."""
        for aggregator in self._feeds(9):
            expected = walk(stage.managers[SQL], aggregator)
            for name, manager in stage.managers.items():
                assert walk(manager, aggregator) == expected, name
        for page in expected[:1]:
            for more in [group.more for group in page.groups if group.more is not None][:2]:
                rest = [manager.get_page(aggregator, more) for manager in stage.managers.values()]
                assert all(one == rest[0] for one in rest)

    def test_it_runs_on_elasticsearch_too(self, elasticsearch: str | None) -> None:
        if elasticsearch is None:
            pytest.skip(f"conformance on Elasticsearch: set {ELASTICSEARCH_VARIABLE} to a node's URL")

    def test_nothing_comes_twice_and_nothing_comes_that_is_not_in_the_feed(self, stage: Stage) -> None:
        """Nor does anything that its viewer may not see, and where every act can be reached none is missing."""
        for aggregator in self._feeds(9):
            found = list(everything(stage.managers[SQL], aggregator))
            assert not self.apart or len(found) == len({item.id for item in found})
            # Not the same as being in the feed: an aggregator's query may name another viewer than it was given.
            assert all(stage.model.sees(aggregator.viewer, stage.model.acts[item.id]) for item in found)
            expected = {act.key.id for act in matching(stage.model, aggregator.query(stage.clock.ms))}
            assert {item.id for item in found} <= expected
            missing = expected - {item.id for item in found} if self.complete else set()
            assert missing == {one for one in missing if self.leaves_out(stage.model.acts[one])}

    def test_groups_have_what_they_say(self, stage: Stage) -> None:
        """A total that is exact is the number of acts that the group leads to."""
        manager, aggregator = stage.managers[SQL], self.make(self.owner)
        for page in walk(manager, aggregator):
            for group in page.groups:
                acts = list(inside(manager, aggregator, [group]))
                if self.complete and group.total_is_exact:
                    assert group.total == len(acts), group.value
                assert group.total >= len(acts) or not group.total_is_exact

    def test_it_comes_in_its_order(self, stage: Stage) -> None:
        if not self.newest_first:
            return
        for aggregator in self._feeds(9):
            pages, newest = walk(stage.managers[SQL], aggregator), aggregator.order != "oldest"
            keys = [item.key for page in pages for item in page.items]
            assert keys == sorted(keys, reverse=newest)
            heads = [(group.new, group.latest) for page in pages for group in page.groups if group.latest is not None]
            assert heads == sorted(heads, reverse=newest)

    def test_what_it_gives_is_plain_data(self, stage: Stage) -> None:
        feeds = stage.managers[SQL].get_feeds(self.make(self.owner))
        assert json.loads(json.dumps(feeds)) == feeds

    # Pages

    def test_an_exactly_full_last_page_has_no_next(self, stage: Stage) -> None:
        manager = stage.managers[SQL]
        pages = walk(manager, self.make(self.owner, size=1))
        assert all(page.items or page.groups for page in pages), "no page of it is empty"
        assert len(walk(manager, self.make(self.owner, size=min(len(pages), 1000)))) == 1
        if len(pages) > 1 and len(pages) % 2 == 0:
            assert len(walk(manager, self.make(self.owner, size=len(pages) // 2))) == 2

    def test_only_the_first_page_has_no_previous(self, stage: Stage) -> None:
        manager, aggregator = stage.managers[SQL], self.make(self.owner, size=9)
        first, *later = walk(manager, aggregator)
        assert first.previous is None
        for page in later:
            assert page.previous is not None
            assert manager.get_page(aggregator, page.previous).kind == page.kind
            assert page.as_of == first.as_of

    def test_an_empty_network_has_the_one_envelope(self, stage: Stage) -> None:
        empty = Manager()
        for owner, manager in [(self.owner, empty), *((_nobody(self.owner), one) for one in stage.managers.values())]:
            aggregator = self.make(owner)
            if manager is empty or aggregator.scope is not Scope.EVERYBODY:
                page = manager.get_page(aggregator)
                assert (page.kind, page.items, page.groups) == (aggregator.kind, (), ())
                assert (page.next, page.previous) == (None, None)
                assert page.as_of is not None
                assert manager.get_feeds(aggregator) == []
        empty.close()

    def test_writing_between_pages_repeats_nothing_and_loses_nothing(self, stage: Stage) -> None:
        """Before every page somebody writes something newer, and something that was there is deleted."""
        number, aggregator = next(_NUMBERS), self.make(self.owner, size=9)
        written = [f"between-{number}-{at}" for at in range(8)]
        before, late = written[:4], iter(written[4:])
        stage.add(_note(one, stage) for one in before)
        try:
            for name in stage.managers:
                self._walk_and_write(stage, name, aggregator, before, late)
        finally:
            for one in written:
                stage.delete(one)

    def _walk_and_write(
        self, stage: Stage, name: str, aggregator: Aggregator, before: list[str], late: Iterator[str]
    ) -> None:
        manager, seen = stage.managers[name], list[str]()
        always = {act.key.id for act in matching(stage.model, aggregator.query(stage.clock.ms))}
        page = manager.get_page(aggregator)
        while True:
            seen += [item.id for item in (*page.items, *inside(manager, aggregator, page.groups))]
            if page.next is None:
                break
            stage.add(_note(one, stage) for one in itertools.islice(late, 1))
            if before and before[-1] not in seen:
                stage.delete(before.pop())
            always &= stage.model.acts.keys()
            page = manager.get_page(aggregator, page.next)
        assert not self.apart or len(seen) == len(set(seen)), f"{name}: something came twice"
        if self.complete:
            lost = {one for one in always - set(seen) if not self.leaves_out(stage.model.acts[one])}
            assert lost == set(), f"{name}: something was lost"

    # Cursors

    def test_its_fingerprint_tells_feeds_apart(self) -> None:
        """Equal descriptions have one name; another owner, viewer or option has another; a page's size changes none."""
        assert self.make(self.owner, size=3).fingerprint() == self.make(self.owner, size=4).fingerprint()
        names = [aggregator.fingerprint() for aggregator in (self.make(self.owner), *self._others())]
        assert len(names) == len(set(names))

    def test_a_cursor_that_was_changed_or_is_another_feeds_is_refused(self, stage: Stage) -> None:
        aggregator = self.make(self.owner, size=1)
        for manager in stage.managers.values():
            first = manager.get_page(aggregator)
            tokens = [first.next, *(group.more for group in first.groups)]
            for token in [token for token in tokens if token is not None][:2]:
                last = "A" if token[-1] not in "ABCD" else "z"
                for wrong in (token[:-1] + last, "A" + token[1:] if token[0] != "A" else "B" + token[1:], token[:-4]):
                    with pytest.raises(InvalidCursor):
                        manager.get_page(aggregator, wrong)
                for other in self._others():
                    with pytest.raises(InvalidCursor):
                        manager.get_page(other, token)

    def _feeds(self, size: int) -> list[Aggregator]:
        """The feed as its owner, somebody else and nobody in particular see it."""
        sizes = {"size": size, "include_history": True}
        return [
            self.make(self.owner, **sizes),
            *(self.make(self.owner, viewer=who, **sizes) for who in (sample.CY, None)),
        ]

    def _others(self) -> list[Aggregator]:
        options: list[dict[str, Any]] = [{"viewer": sample.EVE}, {"verbs": ("like",)}, {"without_verbs": ("create",)}]
        options += [{"touching": sample.TAGS[:1]}, {"public_only": True}, *self.variants]
        return [self.make(self.other_owner), *(self.make(self.owner, **one) for one in options)]

    def leaves_out(self, act: Any) -> bool:
        """Whether an act of the feed has no place in any group (`CollapseAggregator` by target: one without target)."""
        del act
        return False


def walk(manager: Manager, aggregator: Aggregator) -> list[Page]:
    """All pages of a feed."""
    made = [manager.get_page(aggregator)]
    while made[-1].next is not None:
        made.append(manager.get_page(aggregator, made[-1].next))
    return made


def everything(manager: Manager, aggregator: Aggregator) -> Iterator[Item]:
    """Every act that a feed's pages and groups lead to."""
    for page in walk(manager, aggregator):
        yield from page.items
        yield from inside(manager, aggregator, page.groups)


def inside(manager: Manager, aggregator: Aggregator, groups: Iterable[Group]) -> Iterator[Item]:
    """Every act that groups lead to."""
    for group in groups:
        yield from group.items
        yield from inside(manager, aggregator, group.groups)
        more = group.more
        while more is not None:
            page = manager.get_page(aggregator, more)
            yield from page.items
            yield from inside(manager, aggregator, page.groups)
            more = page.next


def _note(act_id: str, stage: Stage) -> Activity:
    stage.clock.forward(seconds=1)
    return Activity(
        "create", Actor.of(sample.BO), Object.of(sample.NOTES[0]), stage.clock.now, id=act_id, about=sample.TAGS[:1]
    )


def _nobody(owner: object) -> object:
    """An entity of the owner's type that nothing is known of."""
    return type(sample.ANA)(getattr(owner, "type", "person"), "nobody-knows")
