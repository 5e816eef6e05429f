"""The real data set in the feed engine, against a plain reading of its file: to the last group and the last hour."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.announcement import ZONES, around, check_hours, check_notices
from feedsite.feeds import Manager

from tests.real_network import CELEBRITY, Reading, load

pytestmark = [pytest.mark.real_data, pytest.mark.drill, pytest.mark.timeout(3600)]


@pytest.fixture(scope="module")
def reading(real_data: Path) -> Reading:
    return Reading.of(real_data / "higgs-activity_time.txt.gz")


def test_the_notifications_of_the_celebrity_are_the_files(reading: Reading, elasticsearch_url: str) -> None:
    """Tens of thousands of acts, in both scopes, grouped and with mentions and replies alone, on both stores."""
    stage = around(reading, CELEBRITY, elasticsearch_url)
    try:
        checked = list(check_notices(stage.managers, reading, CELEBRITY))
    finally:
        stage.close()
    assert len(checked) == 2 * 2 * len(stage.managers)
    grouped = {(store, what): groups for store, what, groups in checked}["Elasticsearch", "concerns, grouped"]
    assert {group.verb: group.events for group in grouped} == {"announce": 18_977, "mention": 15_682, "reply": 1_324}


def test_the_hours_of_the_announcement_are_the_files(reading: Reading, tmp_path: Path) -> None:
    """By day and by verb, in two zones."""
    manager = Manager(url=f"sqlite:///{tmp_path / 'feeds.sqlite'}")
    load(manager, reading.acts)
    totals = [check_hours(manager, reading, zone)[0].total() for zone in ZONES]
    assert totals == [563_069, 563_069]
    manager.close()
