"""Random histories: the store's pages are the reference model's, for every aggregator, viewer and zone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedsite.feeds import Activity, Entity, Item, Manager, Marker
from feedsite.feeds.aggregators import (
    ActorAggregator,
    Aggregator,
    CollapseAggregator,
    CursorAggregator,
    DecayRankedAggregator,
    NotificationAggregator,
    PublicAggregator,
    RecentObjectTypeAggregator,
    RecentTypeObjectAggregator,
    ThingAggregator,
    YearMonthAggregator,
    YearMonthTypeAggregator,
)
from feedsite.feeds.matching import Matching
from feedsite.feeds.network import KINDS
from feedsite.feeds.query import Facet, group_key
from feedsite.feeds.testing.contract import MakeStore
from feedsite.feeds.testing.differential_figures import compare_figures
from feedsite.feeds.testing.histories import (
    BEGINNINGS,
    ENDS,
    HOLDERS,
    RENOTIFY,
    THINGS,
    VERBS,
    WORDS,
    ZONES,
    History,
    a_person,
    a_step,
    an_end,
    histories,
    some_verbs,
)
from feedsite.feeds.testing.rankings import Rankings
from feedsite.feeds.testing.world import Clock

# A history is worth several small examples, and takes as long.
_EXAMPLES = max(5, settings.default.max_examples * 3 // 10) if settings.default else 30
_CHECKS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.differing_executors]


class DifferentialContract(Rankings):
    """Random histories on a store; the subclass gives `make_store`, which gives an empty store each time."""

    @pytest.fixture
    def make_store(self) -> MakeStore:
        """A function that gives an empty store with a clock."""
        raise RuntimeError("the subclass gives make_store")

    # One fixture gives as many empty stores as there are examples, and each subclass is a store of its own.
    @settings(suppress_health_check=_CHECKS, deadline=None, max_examples=_EXAMPLES)
    @given(steps=histories, options=st.data())
    def test_every_page_is_the_models(self, make_store: MakeStore, steps: Any, options: Any) -> None:
        """Flat feeds, cards, calendar, verbs, notifications, badge, links, counts and figures, page after page."""
        clock = Clock(options.draw(st.sampled_from(BEGINNINGS), label="beginning"))
        manager = Manager(store=make_store(clock), renotify=RENOTIFY)
        try:
            history = History(manager, clock)
            history.play(steps)
            self._flat(history, options)
            self._cards(history, options)
            self._sections(history, options)
            self._calendar(history, options)
            self._notices(history, options)
            self._links(history, options)
            self._numbers(history, options)
            self._matching(history, options)
            compare_figures(history, options, self._common(options), an_end, st.sampled_from(ZONES))
            self.compare_rankings(history, options.draw(a_person, label="reader"), self._common(options), options)
        finally:
            manager.close()

    @settings(suppress_health_check=_CHECKS, deadline=None, max_examples=_EXAMPLES)
    @given(steps=histories, between=st.lists(st.lists(a_step, max_size=4), max_size=6), options=st.data())
    def test_writing_while_paging_repeats_nothing_and_loses_nothing(
        self, make_store: MakeStore, steps: Any, between: Any, options: Any
    ) -> None:
        """Whatever is written between two pages: what was in the feed at every page is shown, and once."""
        clock = Clock()
        manager = Manager(store=make_store(clock), renotify=RENOTIFY)
        try:
            history = History(manager, clock)
            history.play(steps)
            common, reader = self._common(options), options.draw(a_person, label="reader")
            aggregator: Aggregator = options.draw(
                st.sampled_from(
                    (
                        CursorAggregator(reader, **common),
                        PublicAggregator(reader, size=common["size"]),
                        CollapseAggregator(reader, **common),
                        DecayRankedAggregator(reader, "1h", **common),
                        NotificationAggregator(reader, scope="network", ungrouped=(), **common),
                    )
                ),
                label="aggregator",
            )
            self._walk(history, aggregator, list(between))
        finally:
            manager.close()

    def _walk(self, history: History, aggregator: Aggregator, between: list[Any]) -> None:
        def name(act: Any) -> str:
            """What a page shows of an act: itself, or its group."""
            if not aggregator.levels:
                return str(act.key.id)
            if isinstance(aggregator, NotificationAggregator):
                return group_key(act.verb, act.object.key)
            return str(act.object.key)

        shown: list[str] = []
        always = {act.key.id: name(act) for act in history.model.feed(aggregator)}
        page = history.manager.get_page(aggregator)
        while True:
            shown += [item.id for item in page.items]
            shown += [str(group.value) for group in page.groups]
            if page.next is None:
                break
            history.play(between.pop(0) if between else [])
            now = {act.key.id for act in history.model.feed(aggregator)}
            always = {act_id: value for act_id, value in always.items() if act_id in now}
            page = history.manager.get_page(aggregator, page.next)
        assert len(shown) == len(set(shown))
        assert set(always.values()) <= set(shown)

    def _common(self, options: Any) -> dict[str, Any]:
        return {
            "viewer": options.draw(st.one_of(st.none(), a_person), label="viewer"),
            "size": options.draw(st.integers(1, 4), label="size"),
            "include_history": options.draw(st.booleans(), label="history"),
        }

    def _flat(self, history: History, options: Any) -> None:
        common = self._common(options)
        owner = options.draw(an_end, label="owner")
        order = options.draw(st.sampled_from(("desc", "asc")), label="order")
        verbs = options.draw(some_verbs, label="verbs")
        viewer, size = common["viewer"], common["size"]
        words = options.draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=2), label="words")
        for aggregator in (
            CursorAggregator(owner, order=order, verbs=verbs, **common),
            CursorAggregator(owner, without_verbs=verbs, zone="UTC", **common),
            CursorAggregator(owner, scope="concerns", **common),
            ActorAggregator(owner, viewer=viewer, size=size),
            ThingAggregator(owner, viewer=viewer, size=size, order=order),
            PublicAggregator(viewer, size=size, touching=(owner,), public_only=order == "asc"),
            PublicAggregator(viewer, size=size, words=words, order=order),
        ):
            acts = history.model.feed(aggregator)
            expected = [act.key.id for act in acts]
            items = [item for page in history.network.pages(aggregator) for item in page.items]
            assert [item.id for item in items] == expected
            assert [_parts(item) for item in items] == [_parts(act.activity) for act in acts]
            why = [[(reason.kind, reason.entity, reason.weight) for reason in item.because] for item in items]
            assert why == [history.model.because(act, aggregator) for act in acts]
            # What is counted is what is listed: a store that lists by judging acts may count by other means.
            assert history.manager.count_new(aggregator, None, cap=1000).number == len(expected)
            self._and_back(history, aggregator, expected)

    def _and_back(self, history: History, aggregator: Any, expected: list[str]) -> None:
        """From the last page back to the first, nothing is missing."""
        last = history.network.pages(aggregator)[-1]
        ids = [item.id for item in last.items]
        while last.previous is not None:
            last = history.manager.get_page(aggregator, last.previous)
            here = [item.id for item in last.items]
            ids = [one for one in here if one not in ids] + ids
        assert ids == expected

    def _cards(self, history: History, options: Any) -> None:
        field = options.draw(st.sampled_from(("object", "actor", "target", "verb")), label="field")
        aggregator = CollapseAggregator(options.draw(a_person, label="reader"), field, **self._common(options))
        facet = aggregator.levels[0]
        assert isinstance(facet, Facet)
        found = []
        for group in history.network.groups(aggregator):
            found.append((_text(group.value), group.item.id, group.total))
            assert len(history.network.rest(aggregator, group)) == group.total
        assert found == history.model.collapsed(aggregator, facet)

    def _sections(self, history: History, options: Any) -> None:
        kind = options.draw(st.sampled_from((RecentTypeObjectAggregator, RecentObjectTypeAggregator)), label="kind")
        aggregator = kind(options.draw(a_person, label="reader"), activities_per_group=1, **self._common(options))
        found = []
        for group in history.network.groups(aggregator):
            inside = [
                (_text(inner.value), [item.id for item in history.network.rest(aggregator, inner)])
                for inner in history.network.inner_groups(aggregator, group)
            ]
            assert group.total == sum(len(ids) for _, ids in inside)
            found.append((_text(group.value), inside))
        outer, inner = aggregator.levels
        assert isinstance(outer, Facet)
        assert isinstance(inner, Facet)
        assert found == history.model.sections(aggregator, outer, inner)

    def _calendar(self, history: History, options: Any) -> None:
        zone = options.draw(st.sampled_from(ZONES), label="zone")
        reader = options.draw(a_person, label="reader")
        year = options.draw(st.sampled_from((None, None, 2026, 2025)), label="year")
        plain = YearMonthAggregator(reader, year, zone=zone, activities_per_group=1000, **self._common(options))
        found = [
            (year.value, month.value, [item.id for item in month.items])
            for year in history.network.groups(plain)
            for month in year.groups
        ]
        assert found == [(year, month, ids) for year, month, ids, _ in history.model.months(plain)]
        by_verb = YearMonthTypeAggregator(reader, year, zone=zone, activities_per_group=1000, **self._common(options))
        typed = [
            (year.value, month.value, {group.value: [item.id for item in group.items] for group in month.groups})
            for year in history.network.groups(by_verb)
            for month in year.groups
        ]
        expected = [(year, month, verbs) for year, month, _, verbs in history.model.months(by_verb)]
        assert typed == expected
        assert [list(verbs) for _, _, verbs in typed] == [list(verbs) for _, _, verbs in expected]

    def _notices(self, history: History, options: Any) -> None:
        reader = options.draw(a_person, label="reader")
        scope = options.draw(st.sampled_from(("concerns", "network", "named")), label="scope")
        everything = NotificationAggregator(reader, scope=scope)
        keys = [act.first for act in history.model.feed(everything)]
        marker = (
            st.one_of(st.none(), st.lists(st.sampled_from(keys), max_size=3).map(Marker.upto)) if keys else st.none()
        )
        names = [name for name, _ in history.model.notices(everything, new=True)]
        states = (
            st.dictionaries(st.sampled_from(names), st.sampled_from(keys).map(lambda key: Marker(key.position)))
            if names
            else st.just({})
        )
        aggregator = NotificationAggregator(
            reader,
            scope=scope,
            read=options.draw(marker, label="read"),
            seen=options.draw(marker, label="seen"),
            states=options.draw(states, label="states"),
            size=options.draw(st.integers(1, 4), label="size"),
        )
        expected = []
        for new in (True, False):
            for key, acts in history.model.notices(aggregator, new=new):
                actors = list(dict.fromkeys(act.actor for act in acts))
                expected.append((new, key, len(acts), len(actors), actors[:8], acts[0].key.id))
        found = [
            (group.new, group.value, group.total, group.actor_count, list(group.actors), group.item.id)
            for group in history.network.groups(aggregator)
        ]
        assert found == expected
        assert history.manager.count_badge(aggregator).number == history.model.badge(aggregator)

    def _links(self, history: History, options: Any) -> None:
        """Who is linked to whom, page after page."""
        end = options.draw(st.sampled_from(HOLDERS + THINGS), label="end")
        kinds = options.draw(st.sampled_from((("follow",), ("watch", "mute"), KINDS)), label="kinds")
        size = options.draw(st.integers(1, 3), label="size")
        manager, model = history.manager, history.model
        for holders, lists, counts in (
            (True, manager.followers, manager.count_followers),
            (False, manager.following, manager.count_following),
        ):
            found, page = [], lists(end, kinds=kinds, size=size)
            while True:
                found += [((row.follower if holders else row.entity).key, row.kind, row.verbs) for row in page.links]
                if page.next is None:
                    break
                page = lists(end, kinds=kinds, size=size, cursor=page.next)
            assert found == model.listed(end, kinds, holders=holders)
            assert counts(end, kinds=kinds) == len({other for other, _, _ in found})

    def _numbers(self, history: History, options: Any) -> None:
        """How much was done to things, and by whom."""
        viewer = options.draw(st.one_of(st.none(), a_person), label="viewer")
        by = options.draw(st.sampled_from(("object", "target", "origin", "actor", "thing")), label="by")
        counted = history.manager.counts(ENDS, VERBS, viewer=viewer, by=by)
        for (key, verb), number in counted.items():
            end = Entity.from_key(key)
            assert number == sum(
                end in _ends(act.activity, by) for act in history.model.feed(PublicAggregator(viewer, verbs=(verb,)))
            )

    def _matching(self, history: History, options: Any) -> None:
        """What matches filters, page after page."""
        asked: dict[str, Any] = {
            "actor": st.one_of(st.none(), a_person),
            "object_": st.one_of(st.none(), an_end),
            "target": st.one_of(st.none(), st.none(), an_end),
            "origin": st.one_of(st.none(), st.none(), an_end),
        }
        # One or two of them: of more, nothing is left.
        names = options.draw(st.lists(st.sampled_from(sorted(asked)), max_size=2, unique=True), label="filters")
        ends = {name: options.draw(asked[name], label=name) for name in names}
        kinds = options.draw(st.sampled_from(((), ("note",), ("person", "tag"))), label="object types")
        verbs = options.draw(some_verbs, label="verbs")
        viewer = options.draw(st.one_of(st.none(), a_person), label="viewer")
        order = options.draw(st.sampled_from(("desc", "asc")), label="order")
        muted = viewer is None and options.draw(st.booleans(), label="with what the site mutes")
        shared: dict[str, Any] = {"activity_type": verbs, "order": order, "viewer": viewer, "with_muted": muted}
        matching = Matching(object_type=kinds, size=2, **shared, **ends)
        expected = [
            act.key.id
            for act in history.model.feed(Matching(**shared))
            if (not kinds or act.object.type in kinds)
            and all(end in (None, *_ends(act.activity, name.strip("_"))) for name, end in ends.items())
        ]
        assert history.network.ids(matching) == expected


def _parts(act: Item | Activity) -> tuple[Any, ...]:
    """What an update or an erasure may change of an act."""
    return (set(act.touches), set(act.audience), act.visibility, act.gate, act.words)


def _ends(activity: Activity, by: str) -> tuple[Entity | None, ...]:
    if by == "thing":
        return activity.touches
    part = getattr(activity, f"activity_{by}")
    return (part and part.entity,)


def _text(value: int | str | Entity) -> str:
    return value.key if isinstance(value, Entity) else str(value)
