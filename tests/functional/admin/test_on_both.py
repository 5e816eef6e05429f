"""What is said to each database in words of its own: the system's facts, notes looked through for words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from feedsite.blocking.services import BlockService, not_over
from feedsite.contents import services
from feedsite.contents.services import ContentService, NoteFilter
from feedsite.db import utcnow
from feedsite.moderation.services import OPERATOR
from feedsite.system.jobs import JobLog
from feedsite.system.services import SystemService

from tests.functional.timelines.world import World
from tests.site import Site

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def test_the_facts_of_the_database_and_the_last_run_of_a_job(site: Site) -> None:
    log = JobLog(lambda: site.engine, every=0)
    log.ran("trees", utcnow())
    log.ran("trees", utcnow(), "no water")
    with site.transaction() as request:
        service = request.find_service(SystemService)
        database, (run,) = service.database(), [state.run for state in service.jobs() if state.job.name == "trees"]
        assert run is not None
        assert (run.problem, run.well is not None) == ("no water", True)
    assert database.kind == {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[site.engine.dialect.name]
    assert database.bytes > 100_000
    assert database.revision.isdigit()
    assert database.version[0].isdigit()


def test_words_are_looked_for_in_parts(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "LOOKED_THROUGH", 4)
    world = World(site)
    for number in range(10):
        world.write("eve", f"Loaf {number} of 100%", at=NOON + timedelta(seconds=number // 3))
    found, place = [], None
    while place is not None or not found:
        with site.transaction() as request:
            rows = request.find_service(ContentService).page(NoteFilter(words=("LOAF", "0%")), place, size=3)
            found += [note.text for note in rows.rows]
            place = rows.next
    assert sorted(found) == [f"Loaf {number} of 100%" for number in range(10)]


def test_blocks_that_are_over_are_kept_no_more(site: Site) -> None:
    with site.transaction() as request:
        blocks = request.find_service(BlockService)
        made = blocks.add(OPERATOR, "network", "192.0.2.0/24", "everything", "Scripts.")
        blocks.add(OPERATOR, "domain", "spam.example", "sign-up", "Spam.", ends=utcnow() + timedelta(days=1))
        assert not_over(request.dbsession).of_address("192.0.2.1") == "everything"
        made.ends = utcnow() - timedelta(seconds=1)
        request.dbsession.flush()
        kept = not_over(request.dbsession)
        assert (kept.networks, kept.has_domain_of("a@spam.example")) == ((), True)
