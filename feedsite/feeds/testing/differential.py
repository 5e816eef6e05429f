"""Random histories: the store's pages are the reference model's, for every aggregator, viewer and zone."""

from __future__ import annotations

import operator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from feedsite.feeds import Activity, Actor, Entity, Manager, Marker, Object
from feedsite.feeds.activity import Origin, Target
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
from feedsite.feeds.network import link
from feedsite.feeds.order import instant
from feedsite.feeds.query import Facet, group_key
from feedsite.feeds.testing.contract import MakeStore
from feedsite.feeds.testing.differential_figures import compare_figures
from feedsite.feeds.testing.model import Model
from feedsite.feeds.testing.rankings import WEIGHTS, Rankings
from feedsite.feeds.testing.world import Clock, Network

PEOPLE = [Entity("person", name) for name in ("ana", "bo", "cy", "di")]
THINGS = [Entity("note", "1"), Entity("note", "2"), Entity("tag", "1"), Entity("tag", "python")]
ENDS = PEOPLE + THINGS
VERBS = ("create", "reply", "like", "announce")
WORDS = ("spoiler", "fine")
ZONES = ("UTC", "America/Los_Angeles", "Asia/Kathmandu", "Pacific/Apia", "Europe/Berlin")
HOLDERS = [*PEOPLE, Entity("site", "all")]
RENOTIFY = {"like": timedelta(days=1)}

_person, _thing, _end = map(st.sampled_from, (PEOPLE, THINGS, ENDS))
_verb = st.sampled_from(VERBS)
_verbs = st.one_of(st.just(()), st.lists(_verb, min_size=1, max_size=2).map(lambda verbs: tuple(sorted(set(verbs)))))
# Few distinct instants, around boundaries of months and changes of clocks, so that ties are common.
_offset = st.sampled_from(
    (0, 0, 0, 1, -1, -1000, -3_600_000, -86_400_000, -40 * 86_400_000, -400 * 86_400_000, 7_200_000)
)

_act = st.fixed_dictionaries(
    {
        "verb": _verb,
        "actor": _person,
        "object": _end,
        "target": st.one_of(st.none(), _thing),
        "origin": st.one_of(st.none(), _thing),
        "about": st.lists(_end, max_size=2),
        "audience": st.lists(_person, max_size=2),
        "visibility": st.sampled_from(("public", "public", "followers", "audience")),
        "gate": st.one_of(st.none(), _person),
        "words": st.lists(st.sampled_from(WORDS), max_size=1),
        "offset": _offset,
    }
)
_until = st.one_of(st.none(), st.sampled_from((1, 90_000_000)))
_muted = st.one_of(_end, _end, st.sampled_from([Entity("word", word) for word in WORDS]))
_site = st.just(Entity("site", "all"))
_link = st.one_of(
    st.tuples(st.just("follow"), _person, _person, _verbs, _until),
    st.tuples(st.just("watch"), _person, _thing, _verbs, _until),
    st.tuples(st.sampled_from(("mute", "block")), _person, _muted, _verbs, _until),
    st.tuples(st.sampled_from(("limit", "mute")), _site, _muted, _verbs, _until),
    st.tuples(
        st.sampled_from(("follow", "watch", "mute", "block", "limit")), st.sampled_from(HOLDERS), _end, _verbs, _until
    ),
)
_kinds: dict[str, Any] = {
    "post": _act,
    "perform": _act,
    "link": _link,
    "unlink": _link,
    "undo": st.integers(0, 30),
    "delete": st.integers(0, 30),
    "update": st.tuples(st.integers(0, 30), _act),
    "weigh": st.tuples(_person, st.sampled_from(("follow", "watch")), _end, st.sampled_from(WEIGHTS)),
    "forward": st.sampled_from((1, 1000, 86_400_000)),
}
# `one_of` takes equal alternatives for one: what happens often is said so here.
_often = ("post",) * 8 + ("perform",) * 2 + ("link",) * 3 + ("unlink", "undo", "delete", "update", "forward", "weigh")
_step = st.sampled_from(_often).flatmap(lambda kind: st.tuples(st.just(kind), _kinds[kind]))
# A history is worth several small examples, and takes as long.
_EXAMPLES = max(5, settings.default.max_examples * 2 // 5) if settings.default else 40
_CHECKS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.differing_executors]
_followed = st.tuples(st.just("follow"), _person, _person, st.just(()), st.none())
_watched = st.tuples(st.just("watch"), _person, _thing, st.just(()), st.none())
# Without people who follow and watch, most feeds are empty, and every store gives empty feeds alike.
_beginnings = st.lists(st.tuples(st.just("link"), st.one_of(_followed, _watched)), min_size=5, max_size=8)
histories = st.builds(operator.add, _beginnings, st.lists(_step, min_size=10, max_size=36))
"""Random histories, as lists of steps: people follow and watch, and then things happen."""


class History:
    """Plays steps on a store and on the model at once."""

    def __init__(self, manager: Manager, clock: Clock) -> None:
        self.manager, self.clock = manager, clock
        self.network = Network(manager, clock)
        self.model = Model(clock, {verb: int(time.total_seconds() * 1000) for verb, time in RENOTIFY.items()})
        self._written: list[tuple[str, dict[str, Any]]] = []

    def play(self, steps: list[tuple[str, Any]]) -> None:
        """Play every step; what a step says of its effect is compared too."""
        for name, value in steps:
            getattr(self, f"_{name}")(value)

    def _activity(self, act: dict[str, Any], act_id: str | None, **fixed: Any) -> Activity:
        act = {**act, **fixed}
        published = instant(self.clock.ms + act["offset"]) if "published" not in act else act["published"]
        return Activity(
            act["verb"],
            Actor.of(act["actor"]),
            Object.of(act["object"]),
            published,
            Origin.of(act["origin"]) if act["origin"] else None,
            Target.of(act["target"]) if act["target"] else None,
            id=act_id,
            about=tuple(act["about"]),
            audience=tuple(act["audience"]),
            visibility=act["visibility"],
            gate=act["gate"],
            words=tuple(act["words"]),
        )

    def _post(self, act: dict[str, Any]) -> None:
        act_id = f"a{len(self._written)}"
        activity = self._activity(act, act_id)
        self._written.append((act_id, {**act, "published": activity.published}))
        assert self.manager.add_activity_feed(activity).changed == self.model.add(activity, act_id)

    def _perform(self, act: dict[str, Any]) -> None:
        activity = self._activity({**act, "verb": "like"}, None)
        written = self.manager.perform(activity)
        assert written.changed == self.model.perform(activity, written.id)
        self._written.append((written.id, {**act, "verb": "like", "published": activity.published}))

    def _pick(self, number: int) -> tuple[str, dict[str, Any]] | None:
        return self._written[number % len(self._written)] if self._written else None

    def _undo(self, number: int) -> None:
        if picked := self._pick(number):
            ends = (picked[1]["verb"], picked[1]["actor"], picked[1]["object"])
            assert self.manager.undo(*ends) == self.model.undo(*ends)

    def _delete(self, number: int) -> None:
        if picked := self._pick(number):
            assert self.manager.delete_activity(picked[0]) == self.model.delete(picked[0])

    def _update(self, step: tuple[int, dict[str, Any]]) -> None:
        if picked := self._pick(step[0]):
            kept = {name: picked[1][name] for name in ("verb", "actor", "object")}
            activity = self._activity(step[1], picked[0], **kept, published=None)
            assert self.manager.update_activity(activity) == self.model.update(picked[0], activity)

    def _link(self, step: tuple[Any, ...]) -> None:
        kind, holder, end, verbs, until = step
        made = link(holder, kind, end, verbs=verbs, until=None if until is None else instant(self.clock.ms + until))
        assert self.manager.add_network_link(made) == self.model.link(made)

    def _unlink(self, step: tuple[Any, ...]) -> None:
        kind, holder, end, verbs, _ = step
        made = link(holder, kind, end, verbs=verbs)
        assert self.manager.remove_network_link(made) == self.model.unlink(holder, kind, end, verbs)

    def _weigh(self, step: tuple[Any, ...]) -> None:
        holder, kind, end, weight = step
        changed = self.manager.set_weight(holder, end, weight, kind=kind)
        assert changed == self.model.set_weight(holder, kind, end, weight)

    def _forward(self, ms: int) -> None:
        self.clock.ms += ms


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
        """Flat feeds, cards, months, verbs, notifications and the badge, days and figures, page after page."""
        clock = Clock()
        manager = Manager(store=make_store(clock), renotify=RENOTIFY)
        try:
            history = History(manager, clock)
            history.play(steps)
            self._flat(history, options)
            self._cards(history, options)
            self._sections(history, options)
            self._calendar(history, options)
            self._notices(history, options)
            compare_figures(history, options, self._common(options), _end, st.sampled_from(ZONES))
            self.compare_rankings(history, options.draw(_person, label="reader"), self._common(options), options)
        finally:
            manager.close()

    @settings(suppress_health_check=_CHECKS, deadline=None, max_examples=_EXAMPLES)
    @given(steps=histories, between=st.lists(st.lists(_step, max_size=4), max_size=6), options=st.data())
    def test_writing_while_paging_repeats_nothing_and_loses_nothing(
        self, make_store: MakeStore, steps: Any, between: Any, options: Any
    ) -> None:
        """Whatever is written between two pages: what was in the feed at every page is shown, and once."""
        clock = Clock()
        manager = Manager(store=make_store(clock), renotify=RENOTIFY)
        try:
            history = History(manager, clock)
            history.play(steps)
            common, reader = self._common(options), options.draw(_person, label="reader")
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
            "viewer": options.draw(st.one_of(st.none(), _person), label="viewer"),
            "size": options.draw(st.integers(1, 4), label="size"),
            "include_history": options.draw(st.booleans(), label="history"),
        }

    def _flat(self, history: History, options: Any) -> None:
        common = self._common(options)
        owner = options.draw(_end, label="owner")
        order = options.draw(st.sampled_from(("desc", "asc")), label="order")
        verbs = options.draw(_verbs, label="verbs")
        viewer, size = common["viewer"], common["size"]
        for aggregator in (
            CursorAggregator(owner, order=order, verbs=verbs, **common),
            CursorAggregator(owner, without_verbs=verbs, zone="UTC", **common),
            ActorAggregator(owner, viewer=viewer, size=size),
            ThingAggregator(owner, viewer=viewer, size=size, order=order),
            PublicAggregator(viewer, size=size, touching=(owner,), public_only=order == "asc"),
        ):
            expected = [act.key.id for act in history.model.feed(aggregator)]
            assert history.network.ids(aggregator) == expected
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
        aggregator = CollapseAggregator(options.draw(_person, label="reader"), field, **self._common(options))
        facet = aggregator.levels[0]
        assert isinstance(facet, Facet)
        found = []
        for group in history.network.groups(aggregator):
            found.append((_text(group.value), group.item.id, group.total))
            assert len(history.network.rest(aggregator, group)) == group.total
        assert found == history.model.collapsed(aggregator, facet)

    def _sections(self, history: History, options: Any) -> None:
        kind = options.draw(st.sampled_from((RecentTypeObjectAggregator, RecentObjectTypeAggregator)), label="kind")
        aggregator = kind(options.draw(_person, label="reader"), activities_per_group=1, **self._common(options))
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
        reader = options.draw(_person, label="reader")
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
        reader = options.draw(_person, label="reader")
        scope = options.draw(st.sampled_from(("concerns", "network")), label="scope")
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


def _text(value: int | str | Entity) -> str:
    return value.key if isinstance(value, Entity) else str(value)
