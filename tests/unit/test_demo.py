"""The demo network: the same every time, believable, and never ahead of the clock."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import cache
from statistics import median
from zoneinfo import ZoneInfo

import pytest

from feedsite.accounts.handles import refusal as handle_refusal
from feedsite.demo.history import History, make_history
from feedsite.demo.loading import PASSWORDS
from feedsite.demo.words import common, themes
from feedsite.posts import text
from feedsite.security.passwords import refusal as password_refusal

NOW = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
"""The night in which Europe's clocks go forward."""


@cache
def history() -> History:
    return make_history(NOW)


def test_the_same_instant_gives_the_same_network():
    assert make_history(NOW) == history()


def test_another_day_gives_the_same_people_and_notes_with_other_dates():
    later = make_history(NOW + timedelta(days=40, hours=7))
    assert later.people == history().people
    assert later.network == history().network
    assert [(note.id, note.text) for note in later.notes] == [(note.id, note.text) for note in history().notes]
    assert [note.at for note in later.notes] != [note.at for note in history().notes]


def test_nothing_happens_after_now_or_before_its_cause():
    past = history()
    for note in past.notes:
        assert note.at <= past.now
        assert note.answered is None or note.answered.at < note.at
        assert past.ago(note.author.joined) <= note.at
    for reaction in past.reactions:
        assert reaction.note.at < reaction.at <= past.now
    assert all(deed.at <= past.now for deed in past.deeds)
    joined = {person.id: person.joined for person in past.people}
    for (follower, followed), days in past.network.follows.items():
        assert 0 <= days <= min(joined[follower], joined[followed])


def test_it_reaches_from_fourteen_months_ago_to_the_last_minutes():
    written = [note.at for note in history().notes]
    assert min(written) < NOW - timedelta(days=400)
    assert max(written) > NOW - timedelta(minutes=10)
    assert len({(at.year, at.month) for at in written}) >= 14


def test_it_is_a_few_hundred_people_in_several_zones_with_a_few_much_followed():
    people = history().people
    followers = sorted((len(found) for found in history().network.followers.values()), reverse=True)
    assert len(people) == 300
    assert len({ZoneInfo(person.zone) for person in people}) >= 12
    assert followers[0] > 100
    assert 5 < median(followers) < 40


def test_handles_are_distinct_and_allowed():
    handles = [person.handle for person in history().people]
    assert len(set(handles)) == len(handles)
    assert [handle for handle in handles if handle_refusal(handle) is not None] == []


def test_every_note_could_have_been_posted():
    for note in history().notes:
        assert text.normalised(note.text) == note.text
        assert text.refusal(note.text, 1000) is None
        assert "{" not in note.text
        assert note.visibility in ("public", "followers")


def test_hardly_anything_that_starts_a_thread_is_said_twice():
    said = Counter(note.text for note in history().notes if note.answered is None)
    repeated = sum(times - 1 for times in said.values())
    assert repeated < len(said) * 0.05


def test_nobody_repeats_another_answer_within_a_thread():
    threads: dict[str, list[str]] = {}
    for note in history().notes:
        threads.setdefault(note.root.id, []).append(note.text)
    repeating = [texts for texts in threads.values() if len(set(texts)) < len(texts)]
    assert len(repeating) < len(threads) * 0.01


def test_every_name_that_is_mentioned_is_somebody_s():
    handles = {person.handle for person in history().people}
    assert {handle for note in history().notes for handle in text.handles(note.text)} <= handles


@pytest.mark.parametrize("theme", themes().values(), ids=lambda theme: theme.key)
def test_every_gap_of_a_theme_can_be_filled(theme):
    told = {"friend", *theme.slots}
    sentences = [*theme.notes, *(sentence for one in theme.questions for sentence in (one.ask, *one.answers))]
    for sentence in [*sentences, *common()["notes"]["plain"], *common()["replies"]["tails"]]:
        assert sentence.format_map(dict.fromkeys(told, "x"))
    for tag in theme.tags:
        assert text.tags(f"#{tag}") == [tag]


def test_the_passwords_are_good_ones():
    for handle, password in PASSWORDS.items():
        assert password_refusal(password, context=[handle, "feedsite"]) is None
