"""How many indexes a feed is asked of at once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feedsite.feeds import Entity
from feedsite.feeds.order import floor_position
from feedsite.feeds.query import FeedQuery, Scope
from feedsite.feeds.stores.elasticsearch import reaching
from feedsite.feeds.stores.elasticsearch.acts import Act
from feedsite.feeds.stores.elasticsearch.reaching import Band, Reach, Spans, name_of
from feedsite.feeds.stores.generation import Bucket

# Newest first, each a second long, with 30,000 acts.
BUCKETS = [Bucket(f"b{at}", at * 1000, (at + 1) * 1000, acts=30_000) for at in reversed(range(60))]
ANA = name_of(FeedQuery(Scope.CONCERNS, Entity("person", "ana"), None))


def widths(spans: Spans) -> list[int]:
    return [len(span) for span in spans]


def act(ms: int) -> Act:
    row = {"verb": "like", "actor": "person:bo", "object": "note:1", "visibility": "public", "gate": "person:bo"}
    known = {"notice": "", "lone": "", "hidden": False, "early": False, "position": floor_position(ms), "id": "a"}
    return Act.of({**row, **known})


def test_a_few_first_and_then_more_and_more() -> None:
    assert widths(Spans(BUCKETS, newest=True)) == [1, 3, 9, 27, 20]


def test_a_feed_of_one_entity_takes_two_steps_and_one_where_that_was_known() -> None:
    assert widths(Spans(BUCKETS[:30], newest=True, of_one=True)) == [1, 29]
    assert widths(Spans(BUCKETS[:30], newest=True, of_one=True, far=40)) == [30]
    assert widths(Spans(BUCKETS[:30], newest=True, of_one=True, far=5)) == [5, 25]


def test_empty_ones_are_asked_along() -> None:
    coming = replace(BUCKETS[0], acts=0)
    assert widths(Spans([coming, coming, *BUCKETS[:2]], newest=True)) == [3, 1]


def test_a_month_that_has_begun_does_not_stand_for_the_busy_one_before_it() -> None:
    busy = [replace(bucket, acts=80_000) for bucket in BUCKETS[1:4]]
    assert widths(Spans([replace(BUCKETS[0], acts=0), *busy], newest=True))[0] == 2


def test_where_its_sources_have_acts_is_asked_first() -> None:
    near = BUCKETS[4].since
    assert widths(Spans(BUCKETS[:10], newest=True, band=Band(None, None, True, near))) == [5, 5]
    assert widths(Spans(BUCKETS[:10], newest=True, band=Band(None, None, True, BUCKETS[0].until + 1))) == [1, 9]


def test_all_buckets_come_once_and_in_order() -> None:
    for spans in (Spans(BUCKETS, True), Spans(BUCKETS, True, of_one=True), Spans(BUCKETS, True, far=7)):
        assert [bucket for span in spans for bucket in span] == BUCKETS
    assert widths(Spans([], newest=True)) == []


def test_what_was_not_enough_is_remembered_until_it_is() -> None:
    reach = Reach()
    spans = Spans(BUCKETS, newest=True, of_one=True)
    assert widths(spans)[0] == 1
    spans.note(reach, ANA, [], 1)
    assert reach.of(ANA) == reaching.TOGETHER
    # A page that reaches into the third bucket is asked of those, and of one more: months go on.
    far = Spans(BUCKETS, newest=True, of_one=True, far=reach.of(ANA))
    far.note(reach, ANA, [act(BUCKETS[0].since), act(BUCKETS[2].since)], 2)
    assert reach.of(ANA) == 4
    far.note(reach, ANA, [act(BUCKETS[0].since)], 1)
    assert reach.of(ANA) == 0


def test_of_networks_nothing_is_remembered() -> None:
    reach, spans = Reach(), Spans(BUCKETS, newest=True)
    assert widths(spans)[0] == 1
    spans.note(reach, ANA, [], 1)
    assert reach.of(ANA) == 0


def test_not_more_are_remembered_than_there_is_room_for() -> None:
    reach = Reach(limit=2)
    for who in ("a", "b", "c"):
        reach.note(("concerns", who), 9)
    assert [reach.of(("concerns", who)) for who in ("a", "b", "c")] == [0, 0, 9]


@pytest.mark.parametrize("most", [0, 10**9])
def test_at_least_one_and_at_most_all(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(reaching, "_FIRST_ACTS", most)
    assert widths(Spans(BUCKETS, newest=True))[0] == (60 if most else 1)
