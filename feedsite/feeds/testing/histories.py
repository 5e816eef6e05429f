"""Random histories: what people do in a differential test, and how it is done on a store and on the model at once."""

from __future__ import annotations

import operator
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from feedsite.feeds import Activity, Actor, Entity, Manager, Object
from feedsite.feeds.activity import Origin, Target
from feedsite.feeds.network import KINDS, link
from feedsite.feeds.order import instant
from feedsite.feeds.stores.base import Hiding
from feedsite.feeds.testing.model import Model
from feedsite.feeds.testing.rankings import VECTORS, WEIGHTS
from feedsite.feeds.testing.world import MS, NOON, Clock, Network

PEOPLE = [Entity("person", name) for name in ("ana", "bo", "cy", "di")]
THINGS = [Entity("note", "1"), Entity("note", "2"), Entity("tag", "1"), Entity("tag", "python")]
ENDS = PEOPLE + THINGS
VERBS = ("create", "reply", "like", "announce")
WORDS = ("spoiler", "fine")
ZONES = ("UTC", "America/Los_Angeles", "Asia/Kathmandu", "Pacific/Apia", "Europe/Berlin")
HOLDERS = [*PEOPLE, Entity("site", "all")]
RENOTIFY = {"like": timedelta(days=1)}
# An ordinary day; an hour before clocks change in Los Angeles and in Berlin; the last moment of a year.
BEGINNINGS = (
    NOON,
    datetime(2026, 3, 8, 9, tzinfo=UTC),
    datetime(2026, 3, 29, 0, tzinfo=UTC),
    datetime(2026, 1, 1, tzinfo=UTC) - MS,
)

a_person, a_thing, an_end = map(st.sampled_from, (PEOPLE, THINGS, ENDS))
a_verb = st.sampled_from(VERBS)
some_verbs = st.one_of(
    st.just(()), st.lists(a_verb, min_size=1, max_size=2).map(lambda chosen: tuple(sorted(set(chosen))))
)
# Few distinct instants, around boundaries of months and changes of clocks, so that ties are common.
_offset = st.sampled_from(
    (0, 0, 0, 1, -1, -1000, -3_600_000, -86_400_000, -40 * 86_400_000, -400 * 86_400_000, 7_200_000)
)

_act = st.fixed_dictionaries(
    {
        "verb": a_verb,
        "actor": a_person,
        "object": an_end,
        "target": st.one_of(st.none(), a_thing),
        "origin": st.one_of(st.none(), a_thing),
        "about": st.lists(an_end, max_size=2),
        "audience": st.lists(a_person, max_size=2),
        "visibility": st.sampled_from(("public", "public", "followers", "audience")),
        "gate": st.one_of(st.none(), a_person),
        "words": st.lists(st.sampled_from(WORDS), max_size=2),
        "vector": st.sampled_from(VECTORS),
        "offset": _offset,
    }
)
_until = st.one_of(st.none(), st.sampled_from((1, 90_000_000)))
# Most links begin when they are made; some are said to have begun earlier, or to begin later.
_since = st.sampled_from((None, None, None, None, -172_800_000, -1000, 1000))
_weight = st.sampled_from(WEIGHTS)
_muted = st.one_of(an_end, an_end, st.sampled_from([Entity("word", word) for word in WORDS]))
_site = st.just(Entity("site", "all"))
_link = st.one_of(
    st.tuples(st.just("follow"), a_person, a_person, some_verbs, _until, _since, _weight),
    st.tuples(st.just("watch"), a_person, a_thing, some_verbs, _until, _since, _weight),
    st.tuples(st.sampled_from(("mute", "block")), a_person, _muted, some_verbs, _until, _since, _weight),
    st.tuples(st.sampled_from(("limit", "mute")), _site, _muted, some_verbs, _until, _since, _weight),
    st.tuples(st.sampled_from(KINDS), st.sampled_from(HOLDERS), an_end, some_verbs, _until, _since, _weight),
)
_kinds: dict[str, Any] = {
    "post": _act,
    "perform": _act,
    "link": _link,
    "unlink": _link,
    "weigh": st.tuples(a_person, st.sampled_from(("follow", "watch")), an_end, _weight),
    "undo": st.integers(0, 30),
    "delete": st.integers(0, 30),
    "update": st.tuples(st.integers(0, 30), _act),
    "forward": st.sampled_from((1, 1000, 86_400_000)),
    "hide": st.tuples(st.integers(0, 1), st.integers(1, 12)),
    # Mostly things: with all people gone, nothing is left to compare.
    "erase": st.one_of(a_thing, a_thing, an_end),
}
# `one_of` takes equal alternatives for one: what happens often is said so here.
_seldom = ("unlink", "weigh", "undo", "delete", "update", "forward", "hide")
_often = ("post",) * 16 + ("perform",) * 4 + ("link",) * 6 + _seldom * 2 + ("erase",)
a_step = st.sampled_from(_often).flatmap(lambda kind: st.tuples(st.just(kind), _kinds[kind]))
_plain = (st.just(()), st.none(), st.none(), _weight)
_followed = st.tuples(st.just("follow"), a_person, a_person, *_plain)
_watched = st.tuples(st.just("watch"), a_person, a_thing, *_plain)
# Without people who follow and watch, most feeds are empty, and every store gives empty feeds alike.
_beginnings = st.lists(st.tuples(st.just("link"), st.one_of(_followed, _watched)), min_size=5, max_size=8)
histories = st.builds(operator.add, _beginnings, st.lists(a_step, min_size=10, max_size=36))
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
            vector=act["vector"],
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
        kind, holder, end, verbs, until, since, weight = step
        made = link(
            holder, kind, end, verbs=verbs, until=self._from_now(until), since=self._from_now(since), weight=weight
        )
        assert self.manager.add_network_link(made) == self.model.link(made)

    def _from_now(self, ms: int | None) -> datetime | None:
        return None if ms is None else instant(self.clock.ms + ms)

    def _unlink(self, step: tuple[Any, ...]) -> None:
        kind, holder, end, verbs, *_ = step
        made = link(holder, kind, end, verbs=verbs)
        stood = self.model.unlink(holder, kind, end, verbs)
        assert self.manager.link_network_exists(made) == stood
        assert self.manager.remove_network_link(made) == stood

    def _weigh(self, step: tuple[Any, ...]) -> None:
        holder, kind, end, weight = step
        changed = self.manager.set_weight(holder, end, weight, kind=kind)
        assert changed == self.model.set_weight(holder, kind, end, weight)

    def _hide(self, step: tuple[int, int]) -> None:
        """Some steps of the job that marks what the site mutes: no page may tell."""
        (keep, steps), at = step, Hiding()
        for _ in range(steps):
            with self.manager.store.writing() as writer:
                at = writer.hide(at, keep, 2)

    def _erase(self, entity: Entity) -> None:
        self.manager.erase_entity(entity)
        self.model.erase(entity)

    def _forward(self, ms: int) -> None:
        self.clock.ms += ms
