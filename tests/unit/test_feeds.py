"""The small parts of the feed engine: order keys, names, cursors, markers, calendars."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedsite.feeds import (
    Activity,
    Actor,
    Entity,
    FeedError,
    InvalidCursor,
    Link,
    LinkedActivity,
    Manager,
    Marker,
    NotSupported,
    Object,
    OrderKey,
    Target,
)
from feedsite.feeds.aggregators import (
    CollapseAggregator,
    CountAggregator,
    CursorAggregator,
    DayAggregator,
    HeatmapAggregator,
    TrendingAggregator,
    UnAggregated,
    YearMonthAggregator,
)
from feedsite.feeds.calendar import day_of, days_down, month, month_of, months_down, year_bounds
from feedsite.feeds.composing.remembered import Figures, Remembered
from feedsite.feeds.cursor import Cursor, CursorCodec, short_hash
from feedsite.feeds.network import link
from feedsite.feeds.order import floor_position, instant, milliseconds, position, position_ms
from feedsite.feeds.query import Cell, Facet

instants = st.datetimes(datetime(1700, 1, 1), datetime(2200, 12, 31), timezones=st.just(UTC))
ids = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), min_size=1, max_size=256)


def test_a_position_is_the_millisecond_and_twenty_bits_of_the_ids_hash() -> None:
    """These values are stored: they must never change."""
    assert [position(1_000, name) - (1_000 << 20) for name in ("a", "b", "note.1")] == [827_956, 1_038_803, 94_154]


@given(instants, ids)
def test_a_position_keeps_its_instant_and_fits_64_bits(when: datetime, act_id: str) -> None:
    ms = milliseconds(when)
    made = position(ms, act_id)
    assert -(2**63) <= made < 2**63
    assert position_ms(made) == ms
    assert floor_position(ms) <= made < floor_position(ms + 1)
    assert abs(instant(ms) - when) < timedelta(milliseconds=1)


def _activity(**changes: Any) -> Activity:
    return Activity("create", Actor("ana"), Object("1", "note"), **changes)


def _heat(days: int) -> HeatmapAggregator:
    since = datetime(2026, 1, 1, tzinfo=UTC)
    return HeatmapAggregator("a", since=since, until=since + timedelta(days=days))


def _deep(levels: int) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for _ in range(levels - 1):
        made = {"in": made}
    return made


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: Actor("", "person"), "actor_id"),
        (lambda: Actor("a b", "person"), "actor_id"),
        (lambda: Actor("a\tb", "person"), "actor_id"),
        (lambda: Actor("a\n", "person"), "actor_id"),
        (lambda: Actor("a\u2028", "person"), "actor_id"),
        (lambda: Actor("\ud800", "person"), "actor_id"),
        (lambda: Actor("x" * 257, "person"), "actor_id"),
        (lambda: Actor(None, "person"), "actor_id"),  # type: ignore[arg-type]
        (lambda: Actor("a", "per son"), "actor_type"),
        (lambda: Actor("a", "word"), "actor_type"),
        (lambda: Object("a", "site"), "object_type"),
        (lambda: Activity("", Actor("a"), Object("1", "note")), "activity_type"),
        (lambda: Activity("1like", Actor("a"), Object("1", "note")), "activity_type"),
        (lambda: Activity("like", Object("1", "note"), Object("1", "note")), "activity_actor"),  # type: ignore[arg-type]
        (lambda: Activity("like", Actor("a"), None), "activity_object"),  # type: ignore[arg-type]
        (lambda: _activity(activity_target=Object("1", "note")), "activity_target"),
        (lambda: _activity(published=datetime(2026, 1, 1)), "published"),
        (lambda: _activity(published=datetime(1699, 12, 31, tzinfo=UTC)), "published"),
        (lambda: _activity(published=datetime(2201, 1, 1, tzinfo=UTC)), "published"),
        (lambda: _activity(extra={"x": "y" * 16_400}), "extra"),
        (lambda: _activity(extra={"x": float("nan")}), "extra"),
        (lambda: _activity(extra={1: "x"}), "extra"),
        (lambda: _activity(extra={"x": object()}), "extra"),
        (lambda: _activity(extra={"x": "\ud800"}), "extra"),
        (lambda: _activity(extra=_deep(33)), "extra"),
        (lambda: _activity(about=tuple(Entity("tag", str(n)) for n in range(33))), "about"),
        (lambda: _activity(about="tag"), "about"),
        (lambda: _activity(audience=tuple(Entity("person", str(n)) for n in range(51))), "audience"),
        (lambda: _activity(words=[str(n) for n in range(257)]), "words"),
        (lambda: _activity(visibility="secret"), "visibility"),
        (lambda: _activity(vector=[1.0, float("inf")]), "vector"),
        (lambda: _activity(vector=[]), "vector"),
        (lambda: LinkedActivity("a", "friend"), "activity_class"),
        (lambda: Link("a", LinkedActivity("b"), link_type="hate"), "link_type"),
        (lambda: Link("a", LinkedActivity("b"), link_type="watch"), "activity_class"),
        (lambda: Link("a", LinkedActivity("b"), link_weight=-1), "link_weight"),
        (lambda: Link("a", LinkedActivity("b"), link_weight=0), "link_weight"),
        (lambda: Link("a", LinkedActivity("b"), link_weight=float("nan")), "link_weight"),
        (lambda: Link("a", LinkedActivity("b"), link_weight=True), "link_weight"),
        (lambda: Link("a", LinkedActivity("b"), datetime(2026, 1, 1)), "linked"),
        (lambda: link("a", "follow", "b", verbs="like"), "verbs"),
        (lambda: CursorAggregator("a", size=0), "size"),
        (lambda: CursorAggregator("a", size=1001), "size"),
        (lambda: CursorAggregator("a", zone="Mars/Olympus"), "zone"),
        (lambda: CursorAggregator("a", scope="galaxy"), "scope"),
        (lambda: UnAggregated("a", order="up"), "order"),
        (lambda: CollapseAggregator("a", "colour"), "collapse_field"),
        (lambda: YearMonthAggregator("a", 1600), "year"),
        (lambda: DayAggregator("a", activities_per_group=0), "activities_per_group"),
        (lambda: HeatmapAggregator("a", weeks=0), "weeks"),
        (lambda: HeatmapAggregator("a", since=datetime(2026, 1, 1, tzinfo=UTC)), "since"),
        (lambda: _heat(1101), "until"),
        (lambda: _heat(-1), "until"),
        (lambda: CountAggregator("a", "colour"), "by"),
        (lambda: TrendingAggregator(window=timedelta(days=8)), "window"),
        (lambda: TrendingAggregator(window=timedelta(minutes=59)), "window"),
        (lambda: TrendingAggregator(size=101), "size"),
        (lambda: TrendingAggregator(kinds=("no tag",)), "kinds"),
        (lambda: Manager("two words"), "feed_index"),
    ],
)
def test_bad_input_is_refused_by_field_and_rule(make: Any, field: str) -> None:
    with pytest.raises(FeedError) as refused:
        make()
    assert refused.value.field == field
    assert refused.value.rule
    assert field in str(refused.value)


def test_nothing_is_written_when_one_of_many_is_refused() -> None:
    manager = Manager()
    with pytest.raises(FeedError):
        manager.add_activities([_activity(), "not an activity"])  # type: ignore[list-item]
    assert manager.get_feeds(UnAggregated("ana", scope="actor")) == []


def test_extra_is_a_copy_that_the_caller_cannot_change() -> None:
    extra = {"list": [1]}
    activity = _activity(extra=extra)
    extra["list"].append(2)
    assert activity.extra == {"list": [1]}


def test_what_an_act_touches_is_object_target_origin_and_about_once_each() -> None:
    activity = _activity(activity_target=Target("2", "note"), about=(Entity("tag", "x"), Entity("note", "1")))
    assert [entity.key for entity in activity.touches] == ["note:1", "note:2", "tag:x"]


def test_raw_queries_need_elasticsearch() -> None:
    with pytest.raises(NotSupported, match="Elasticsearch"):
        Manager().execute_raw_feeds_query({})
    with pytest.raises(NotSupported, match="Elasticsearch"):
        Manager().execute_raw_network_query({})


# Cursors

_keys = st.builds(OrderKey, st.integers(-(2**63), 2**63 - 1), ids)
_cells = st.builds(
    Cell,
    st.lists(st.tuples(st.sampled_from(Facet), ids), max_size=2).map(tuple),
    st.none() | st.integers(-(2**45), 2**45),
    st.none() | st.integers(-(2**45), 2**45),
)
_cursors = st.builds(
    Cursor,
    before=st.none() | _keys,
    as_of=st.integers(0, 2**45),
    cell=st.none() | _cells,
    section=st.sampled_from(("", "new", "earlier")),
    shown=st.lists(ids.map(short_hash), max_size=5).map(tuple),
    pages=st.integers(0, 30),
)


@given(_cursors)
def test_a_cursor_comes_back_as_it_was(cursor: Cursor) -> None:
    codec = CursorCodec(b"secret")
    assert codec.decode(codec.encode(cursor, "feed"), "feed") == cursor


@given(_cursors, st.data())
def test_a_cursor_with_one_character_changed_is_refused(cursor: Cursor, data: Any) -> None:
    codec = CursorCodec(b"secret")
    text = codec.encode(cursor, "feed")
    at = data.draw(st.integers(0, len(text) - 2))
    other = data.draw(st.sampled_from("ABCDEFGHabcdefgh0123456789-_").filter(lambda letter: letter != text[at]))
    with pytest.raises(InvalidCursor):
        codec.decode(text[:at] + other + text[at + 1 :], "feed")


@given(st.text(max_size=300))
def test_nonsense_is_no_cursor(text: str) -> None:
    with pytest.raises(InvalidCursor):
        CursorCodec(b"secret").decode(text, "feed")


def test_a_cursor_of_twenty_pages_of_groups_is_under_four_kilobytes() -> None:
    shown = tuple(short_hash(str(number)) for number in range(400))
    cursor = Cursor(OrderKey(2**62, "x" * 40), 2**44, section="earlier", shown=shown, pages=20)
    assert len(CursorCodec(b"secret").encode(cursor, "feed")) < 4096 + 512


# Markers


def test_a_marker_stands_ten_seconds_back_and_remembers_what_was_shown_since() -> None:
    newest, inside, older = (
        OrderKey(position(ms, name), name) for ms, name in ((60_000, "a"), (55_000, "b"), (40_000, "c"))
    )
    marker = Marker.upto([older, newest, inside])
    assert marker is not None
    assert all(marker.covers(key) for key in (newest, inside, older))
    assert not marker.covers(OrderKey(position(55_000, "late"), "late"))
    assert marker.covers(OrderKey(position(45_000, "too late"), "too late"))
    assert Marker.upto([]) is None


# The calendar


@pytest.mark.parametrize(
    "name",
    [
        "UTC",
        "America/Los_Angeles",
        "Asia/Kolkata",
        "Asia/Kathmandu",
        "Pacific/Apia",
        "America/Sao_Paulo",
        "Asia/Beirut",
    ],
)
def test_months_of_a_zone_lie_side_by_side_and_hold_their_own_instants(name: str) -> None:
    zone = ZoneInfo(name)
    newest, oldest = milliseconds(datetime(2026, 12, 31, tzinfo=UTC)), milliseconds(datetime(2007, 1, 15, tzinfo=UTC))
    months = list(months_down(newest, oldest, zone))
    assert len(months) == 240 - (months[-1].month - 1)
    for newer, older in itertools.pairwise(months):
        assert older.until == newer.since
    for one in months:
        for ms in (one.since, one.until - 1):
            local = instant(ms).astimezone(zone)
            assert (local.year, local.month) == (one.year, one.month)
        assert month_of(one.since, zone) == one


def test_a_year_is_its_twelve_months() -> None:
    zone = ZoneInfo("Pacific/Apia")
    assert year_bounds(2011, zone) == (month(2011, 1, zone).since, month(2011, 12, zone).until)


@given(
    st.datetimes(datetime(1900, 1, 1), datetime(2030, 12, 31), timezones=st.just(UTC)),
    st.sampled_from(
        ("UTC", "America/St_Johns", "Pacific/Apia", "America/Sao_Paulo", "Africa/Monrovia", "Asia/Kolkata")
    ),
)
def test_each_instant_lies_in_one_day_and_one_month_of_a_zone(when: datetime, name: str) -> None:
    """Where clocks go back across midnight too, and where a day was jumped over."""
    zone, ms = ZoneInfo(name), milliseconds(when)
    for one in (day_of(ms, zone), month_of(ms, zone)):
        assert one.since <= ms < one.until
    days = list(days_down(ms, ms - 40 * 86_400_000, zone))
    assert all(later.since == earlier.until for later, earlier in itertools.pairwise(days))
    assert days[-1].since <= ms - 40 * 86_400_000


def test_a_day_that_a_zone_jumped_over_has_no_length() -> None:
    zone = ZoneInfo("Pacific/Apia")
    days = days_down(*(milliseconds(datetime(2011, 12, day, 12, tzinfo=UTC)) for day in (31, 29)), zone)
    lengths = {one.date.day: (one.until - one.since) // 3_600_000 for one in days}
    assert lengths == {1: 24, 31: 24, 30: 0, 29: 24}


# Figures that may be a minute old


def test_figures_are_remembered_for_a_minute_and_no_longer() -> None:
    remembered = Remembered()
    remembered.put("a", Figures(1_000, (("x", 1),)))
    assert remembered.get("a", 60_999) == Figures(1_000, (("x", 1),))
    assert remembered.get("a", 61_000) is None
    assert remembered.get("a", 999) is None, "the clock was set back"
    assert remembered.get("b", 1_000) is None


def test_few_figures_are_remembered() -> None:
    remembered = Remembered()
    for number in range(300):
        remembered.put(str(number), Figures(1_000, ()))
    kept = [number for number in range(300) if remembered.get(str(number), 1_000)]
    assert (len(kept), kept[-1]) == (256, 299)
