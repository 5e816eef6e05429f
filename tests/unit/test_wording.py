"""Initials, hues, times, counts and sentences as people read them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from feedsite.web.wording import HUES, activity_templates, badge_label, compact, fill, hue, initials, time_view

NOW = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ana María Reyes", "AR"),
        ("zoë", "Z"),
        ("mary-jane", "MJ"),
        ("ßen", "S"),
        ("🙂", "?"),
        ("", "?"),
        ("李 明", "李明"),
    ],
)
def test_initials_are_the_first_and_the_last(name: str, letters: str) -> None:
    assert initials(name) == letters


@given(st.text())
def test_any_name_has_one_or_two_initials_and_a_hue(name: str) -> None:
    assert 1 <= len(initials(name)) <= 2
    assert 0 <= hue(name) < HUES


@pytest.mark.parametrize(
    ("age", "short"),
    [
        (timedelta(seconds=59), "now"),
        (timedelta(minutes=3), "3 min"),
        (timedelta(hours=1, minutes=59), "1 hr"),
        (timedelta(days=6, hours=23), "6 days"),
        (timedelta(days=7), "Nov 13"),
        (timedelta(days=400), "Oct 16, 2025"),
        (timedelta(minutes=-5), "Nov 20"),
    ],
)
def test_a_time_is_short_for_the_eye(age: timedelta, short: str) -> None:
    assert time_view(NOW - age, NOW).relative == short


def test_a_time_is_whole_in_the_reader_s_zone_and_language() -> None:
    seen = time_view(datetime(2026, 12, 31, 18, 30, tzinfo=UTC), NOW, "Asia/Kathmandu", "es")
    assert seen.iso == "2026-12-31T18:30:00Z"
    assert "viernes, 1 de enero de 2027" in seen.absolute
    assert "0:15" in seen.absolute


def test_the_day_of_an_old_act_is_the_reader_s_day() -> None:
    late = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)
    assert time_view(late, NOW, "UTC").relative == "Mar 1"
    assert time_view(late, NOW, "Asia/Kolkata").relative == "Mar 2"


def test_an_unknown_language_reads_as_english() -> None:
    assert time_view(NOW, NOW, locale="xx-nowhere").relative == "now"


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0"), (999, "999"), (1200, "1.2K"), (23143, "23.1K"), (4_500_000, "4.5M")]
)
def test_counts_take_little_room(number: int, text: str) -> None:
    assert compact(number) == text


@pytest.mark.parametrize(("number", "text"), [(-1, ""), (0, ""), (1, "1"), (99, "99"), (100, "99+")])
def test_a_badge_shows_at_most_99_and_a_plus(number: int, text: str) -> None:
    assert badge_label(number) == text


def test_a_sentence_escapes_all_but_markup() -> None:
    parts = {"actor": Markup("<a href='/@ana'>Ana</a>"), "thing": "<script>"}
    filled = fill("100% of %(actor)s & %(thing)s", parts)
    assert filled == "100% of <a href='/@ana'>Ana</a> &amp; &lt;script&gt;"
    assert isinstance(filled, Markup)


def test_a_part_s_own_placeholders_are_text() -> None:
    assert fill("%(a)s", {"a": "%(b)s", "b": "no"}) == "%(b)s"


@pytest.mark.parametrize(
    ("object_type", "verb", "first"),
    [
        ("note", "like", "activity/note/like.html"),
        ("../note", "like", "activity/like.html"),
        ("note", "../../layout", "activity/default.html"),
    ],
)
def test_an_activity_s_templates_end_with_the_one_that_is_always_there(object_type: str, verb: str, first: str) -> None:
    candidates = activity_templates(object_type, verb)
    assert candidates[0] == first
    assert candidates[-1] == "activity/default.html"
