"""`feedsite import higgs`: a file of interactions becomes people, links and acts, each once."""

from __future__ import annotations

import gzip
import itertools
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select, text

from feedsite.accounts.models import Person
from feedsite.accounts.services import PeopleService
from feedsite.cli import main
from feedsite.db import reading
from feedsite.feeds import Entity, Manager, Page
from feedsite.feeds.aggregators import ActorAggregator, CursorAggregator, NotificationAggregator
from feedsite.feeds.stores.sql.tables import default_tables
from feedsite.importing.higgs import VERBS, Skipped, interactions, person_id
from feedsite.importing.importer import HiggsImport

from tests.site import INI, ROOT, Site

NOON = 1_341_403_200
LINES = [
    f"7 88 {NOON} RT",
    f"7 88 {NOON} MT",
    f"9 88 {NOON + 1} RE",
    f"9 7 {NOON + 2} RT",
    f"7 88 {NOON + 90} RT",
    f"88 88 {NOON + 91} MT",
]


@pytest.fixture
def invoke(site: Site, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("FEEDSITE_DATABASE_URL", site.engine.url.render_as_string(hide_password=False))

    def invoke(*arguments: object) -> Result:
        return CliRunner().invoke(main, ["-c", INI, "import", "higgs", *map(str, arguments)])

    return invoke


def written(folder: Path, lines: Iterable[str], name: str = "higgs.txt") -> Path:
    path = folder / name
    path.write_text("".join(line + "\n" for line in lines))
    return path


def person(account: str) -> Entity:
    return Entity("person", person_id(account))


def stored(site: Site) -> dict[str, list[tuple[Any, ...]]]:
    """What an import left, without when it was stored."""
    tables = default_tables()
    acts, links = tables.acts.c, tables.links.c
    columns = {
        "acts": (acts.position, acts.id, acts.verb, acts.actor, acts.object),
        "links": (links.follower, links.kind, links.entity, links.since),
        "people": (Person.id, Person.handle, Person.created),
    }
    with site.engine.connect() as connection:
        return {
            name: sorted(tuple(row) for row in connection.execute(select(*chosen))) for name, chosen in columns.items()
        }


def pages(feeds: Manager, aggregator: Any) -> Iterator[Page]:
    page = feeds.get_page(aggregator)
    yield page
    while page.next is not None:
        page = feeds.get_page(aggregator, page.next)
        yield page


def a_network(lines: int, seed: int = 1) -> list[str]:
    """Made-up lines: few people, many ties, many repeated lines."""
    rng = Random(seed)
    return [
        f"{rng.randrange(60)} {rng.randrange(40)} {NOON + number // 50} {rng.choice(list(VERBS))}"
        for number in range(lines)
    ]


def brute_force(lines: Iterable[str]) -> tuple[list[tuple[int, str]], dict[tuple[str, str], int]]:
    """What a file says, by reading it: (seconds, verb) of every line, and since when who follows whom."""
    acts, follows = [], {}
    for line in lines:
        actor, other, seconds, interaction = line.split()
        acts.append((int(seconds), VERBS[interaction]))
        follows.setdefault((person(actor).key, person(other).key), int(seconds) * 1000)
    return acts, follows


def test_every_line_becomes_an_act_and_every_pair_a_link(invoke: Any, site: Site, tmp_path: Path) -> None:
    done = invoke(written(tmp_path, LINES))
    assert done.exit_code == 0, done.output
    assert "Activities: 6 stored, 0 were there before." in done.output
    assert "Follow links: 4 stored, 1 of them to oneself." in done.output
    assert "People: 3 stored" in done.output
    assert f"{site.settings.site_url}/@u88" in done.output
    acts, follows = brute_force(LINES)
    found = stored(site)
    assert sorted((position >> 20, verb) for position, _, verb, _, _ in found["acts"]) == sorted(
        (seconds * 1000, verb) for seconds, verb in acts
    )
    assert {(follower, entity): since for follower, _, entity, since in found["links"]} == follows


def test_imported_people_can_be_seen_and_cannot_sign_in(invoke: Any, site: Site, tmp_path: Path) -> None:
    invoke(written(tmp_path, LINES))
    with site.transaction() as request:
        someone = request.find_service(PeopleService).by_handle("u88")
        assert (someone.email, someone.password_hash, someone.state) == (None, None, "active")
        request.dbsession.expunge(someone)
    assert "Account 88" in site.browser().get("/@u88").text
    assert "Account 7" in site.browser().get("/@u7").text
    reader = site.browser(someone)
    assert "Account 9" in reader.get("/notifications").text
    for path in ("/home", "/home/objects", "/archive", "/archive/2012", "/archive/2012/7", "/explore"):
        reader.get(path, status=200)


def test_whom_it_was_done_to_is_told(invoke: Any, site: Site, tmp_path: Path) -> None:
    invoke(written(tmp_path, LINES))
    with site.transaction() as request:
        page = request.find_service(Manager).get_page(NotificationAggregator(person("88"), ungrouped=()))
    told = {group.item.verb: group.actor_count for group in page.groups}
    assert told == {"announce": 1, "mention": 1, "reply": 1}


def test_importing_twice_stores_once(invoke: Any, site: Site, tmp_path: Path) -> None:
    path = written(tmp_path, a_network(400))
    invoke(path)
    first = stored(site)
    again = invoke(path)
    assert "Activities: 0 stored, 400 were there before." in again.output
    assert "Follow links: 0 stored" in again.output
    assert stored(site) == first


@pytest.mark.parametrize("migrated_url", ["postgresql"], indirect=True)
def test_the_database_counts_its_tables_after_an_import(site: Site, tmp_path: Path) -> None:
    """Else connections keep plans of when the tables were empty: a page, or a deletion, then takes ten seconds."""
    HiggsImport(site.engine, chunk=100).run(written(tmp_path, a_network(437)))
    with site.engine.connect() as connection:
        assert connection.scalar(text("SELECT reltuples FROM pg_class WHERE relname = 'feeds_acts'")) == 437


def test_equal_lines_are_acts_of_their_own(invoke: Any, site: Site, tmp_path: Path) -> None:
    invoke(written(tmp_path, [LINES[0]] * 3))
    assert len(stored(site)["acts"]) == 3
    invoke(written(tmp_path, [LINES[0]] * 4, "longer.txt"))
    assert len(stored(site)["acts"]) == 4


def test_a_limit_reads_the_first_lines_and_the_rest_can_follow(invoke: Any, site: Site, tmp_path: Path) -> None:
    path = written(tmp_path, LINES)
    assert "2 lines read" in invoke("--limit", 2, path).output
    assert len(stored(site)["acts"]) == 2
    assert "Activities: 4 stored, 2 were there before." in invoke(path).output


def test_lines_that_break_a_rule_are_left_out_and_named(invoke: Any, site: Site, tmp_path: Path) -> None:
    broken = ["", "1 2 3", "1 2 3 RT 5", f"one 2 {NOON} RT", f"01 2 {NOON} RT", "1 2 soon RT", "1 2 9999999999 RT"]
    broken += [f"1 2 {NOON} QT", f"1 2 {NOON} rt", f"1 {'2' * 19} {NOON} RT", "x" * 5000]
    path = written(tmp_path, [LINES[0], *broken, LINES[1]])
    path.write_bytes(path.read_bytes() + b"\xff\xfe 2 3 RT\n")
    done = invoke(path)
    assert done.exit_code == 0, done.output
    assert "Activities: 2 stored" in done.output
    assert "Skipped: 12 lines." in done.output
    assert "4 that break the rule “four fields: user, user, timestamp, interaction”: line 2, 3, 4, 12" in done.output
    assert "4 that break the rule “a user is a whole number of at most 18 digits”: line 5, 6, 11, 14" in done.output
    assert (
        "2 that break the rule “a timestamp is a whole number of seconds from 1970 to 2199”: line 7, 8" in done.output
    )
    assert "2 that break the rule “an interaction is RT, MT or RE”: line 9, 10" in done.output
    assert len(stored(site)["people"]) == 2


def test_a_handle_that_somebody_has_is_left_to_them(invoke: Any, site: Site, tmp_path: Path) -> None:
    owner, other = site.person("u88"), site.person("higgs_7")
    site.person("u7")
    path = written(tmp_path, LINES)
    done = invoke(path)
    assert "Account 88 is @higgs_88: somebody else has @u88." in done.output
    assert "Account 7 is @higgs_7_2" in done.output
    handles = {identifier: handle for identifier, handle, _ in stored(site)["people"]}
    assert handles[owner.id] == "u88"
    assert handles[other.id] == "higgs_7"
    assert handles[person_id("88")] == "higgs_88"
    before = stored(site)
    invoke(path)
    assert stored(site) == before


def test_a_zipped_file_is_the_same(invoke: Any, site: Site, tmp_path: Path) -> None:
    invoke(written(tmp_path, LINES))
    plain = stored(site)
    zipped = tmp_path / "higgs.txt.gz"
    zipped.write_bytes(gzip.compress((tmp_path / "higgs.txt").read_bytes()))
    site.wipe()
    assert invoke(zipped).exit_code == 0
    assert stored(site) == plain


def test_a_file_that_breaks_off_is_an_error_in_one_line(invoke: Any, site: Site, tmp_path: Path) -> None:
    path = tmp_path / "higgs.txt.gz"
    whole = gzip.compress("\n".join(a_network(9000)).encode())
    path.write_bytes(whole[: len(whole) - 3000])
    done = invoke(path)
    assert done.exit_code == 2
    assert "cannot be read to its end" in done.output
    assert len(done.output.strip().splitlines()) == 1
    path.write_bytes(whole)
    assert invoke(path).exit_code == 0
    assert len(stored(site)["acts"]) == 9000


def test_an_import_that_is_killed_goes_on_where_it_was(site: Site, tmp_path: Path) -> None:
    path = written(tmp_path, a_network(8000))
    url = site.engine.url.render_as_string(hide_password=False)
    program = (
        "import sys; from pathlib import Path; from feedsite.db import make_engine;"
        "from feedsite.importing.importer import HiggsImport;"
        "HiggsImport(make_engine(sys.argv[1]), chunk=200).run(Path(sys.argv[2]))"
    )
    process = subprocess.Popen([sys.executable, "-c", program, url, str(path)], cwd=ROOT, env=dict(os.environ))
    acts = default_tables().acts
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        # As a reader: SQLite lets one writer in at a time, and that is the import.
        with reading(site.engine).connect() as connection:
            if connection.execute(select(func.count()).select_from(acts)).scalar_one() >= 1000:
                break
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait(30)
    left = len(stored(site)["acts"])
    assert 0 < left < 8000
    assert left % 200 == 0, "a chunk is stored whole or not at all"
    report = HiggsImport(site.engine, chunk=200).run(path)
    assert (report.acts, report.known) == (8000 - left, left)
    resumed = stored(site)
    site.wipe()
    HiggsImport(site.engine).run(path)
    assert resumed == stored(site)


def test_ties_are_paged_in_one_order(site: Site, tmp_path: Path) -> None:
    """Fifty acts share a second: pages of seven are what the file says, newest first, then by the id's hash."""
    lines = a_network(700)
    HiggsImport(site.engine).run(written(tmp_path, lines))
    expected = sorted(
        ((act.published, act.actor, act.verb) for act in interactions(lines, Skipped()) if act.actor == "17"),
        reverse=True,
    )
    with site.transaction() as request:
        feeds = request.find_service(Manager)
        items = [item for page in pages(feeds, ActorAggregator(person("17"), size=7)) for item in page.items]
        home = CursorAggregator(person("17"), include_history=True, size=7)
        walked = [item.key for page in pages(feeds, home) for item in page.items]
    assert Counter((item.published, item.verb) for item in items) == Counter((at, verb) for at, _, verb in expected)
    assert [item.published for item in items] == [at for at, _, _ in expected]
    assert walked == sorted(set(walked), reverse=True)


@pytest.mark.real_data
def test_the_beginning_of_the_real_file(site: Site, real_data: Path) -> None:
    path, size = real_data / "higgs-activity_time.txt.gz", 20_000
    with gzip.open(path, "rt") as file:
        lines = list(itertools.islice(file, size))
    report = HiggsImport(site.engine).run(path, limit=size)
    acts, follows = brute_force(lines)
    assert (report.acts, len(report.skipped)) == (size, 0)
    found = stored(site)
    assert len(found["acts"]) == size
    assert {(follower, entity): since for follower, _, entity, since in found["links"]} == follows
    assert Counter(verb for _, _, verb, _, _ in found["acts"]) == Counter(verb for _, verb in acts)
    followed = Counter(entity for follower, entity in follows if follower != entity)
    with site.transaction() as request:
        feeds = request.find_service(Manager)
        assert feeds.count_followers(person("88")) == followed[person("88").key]
        mine = list(interactions((line for line in lines if line.split()[1] == "88"), Skipped()))
        groups = feeds.get_page(NotificationAggregator(person("88"), ungrouped=())).groups
        assert {group.item.verb: group.total for group in groups} == Counter(
            act.verb for act in mine if act.actor != "88"
        )


@pytest.mark.drill
@pytest.mark.real_data
@pytest.mark.timeout(3600)
def test_the_whole_real_file(site: Site, real_data: Path) -> None:
    """The figures that those who published the data give (and the README of the data set's folder repeats)."""
    report = HiggsImport(site.engine).run(real_data / "higgs-activity_time.txt.gz")
    assert (report.lines, report.acts, report.people, len(report.skipped)) == (563_069, 563_069, 304_691, 0)
    assert (report.links + report.self_links, report.self_links) == (466_545, 5_353)
    with site.transaction() as request:
        assert request.find_service(Manager).count_followers(person("88")) == 23_143
    again = HiggsImport(site.engine).run(real_data / "higgs-activity_time.txt.gz")
    assert (again.acts, again.links, again.people, again.known) == (0, 0, 0, 563_069)
