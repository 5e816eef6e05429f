"""The site's own processes are killed, work at once, or are slow: what was acknowledged comes to the index, once."""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
import urllib3
from sqlalchemy import select, text

from feedsite.posts.models import Note
from feedsite.posts.services import NoteService

from tests import nodes
from tests.faults.conftest import Serve
from tests.faults.served import Served
from tests.functional.timelines.world import World
from tests.keeping import wait_until
from tests.sick_cluster import SickCluster
from tests.site import Site

pytestmark = pytest.mark.timeout(600)

SOON_SECONDS = 60


@pytest.fixture
def cluster(elasticsearch_url: str) -> Iterator[SickCluster]:
    """The way to the run's node, on which everything can get stuck."""
    node = urlsplit(elasticsearch_url)
    assert node.hostname is not None
    assert node.port is not None
    with SickCluster(upstream=(node.hostname, node.port)) as between:
        yield between


def _count(url: str, prefix: str, note: str) -> int:
    """How many acts of writing a note the index shows."""
    terms: list[dict[str, object]] = [{"object": f"note:{note}"}, {"verb": "create"}, {"deleted": False}]
    query = {"query": {"bool": {"filter": [{"term": term} for term in terms]}}}
    found: int = nodes.ask(f"{url}/{prefix}-feeds/_count", "POST", query)["count"]
    return found


def _notes(site: Site) -> list[str]:
    with site.transaction() as request:
        return list(request.dbsession.scalars(select(Note.id)))


def _posting(served: Served, site: Site, world: World, words: str) -> threading.Thread:
    """Somebody who sends a note, and may get no answer."""

    def post() -> None:
        with served.member(site, world.person("ana")) as ana:
            try:
                ana.post("/notes", text=words)
            except urllib3.exceptions.HTTPError:
                pass

    thread = threading.Thread(target=post)
    thread.start()
    return thread


def test_a_process_killed_between_commit_and_delivery_loses_nothing(
    serve: Serve, cluster: SickCluster, elasticsearch_url: str, elasticsearch_prefix: str
) -> None:
    prefix = f"{elasticsearch_prefix}-cut"
    # In the request only, with all the time it may take: the process is killed while it waits for the cluster.
    served, site = serve([cluster.url], prefix, elasticsearch_deliver_every="0", elasticsearch_deliver_budget="2")
    world = World(site)
    world.write("ana", "Before")
    served.create_index()
    served.start()
    cluster.falls("silent")
    before = cluster.requests
    thread = _posting(served, site, world, "Cut off")
    assert wait_until(lambda: len(_notes(site)) == 2, SOON_SECONDS), "it was committed"
    assert wait_until(lambda: cluster.requests > before, SOON_SECONDS), "it was on its way"
    served.kill()
    thread.join()
    cluster.falls("well")
    (note,) = (one for one in _notes(site) if not _count(elasticsearch_url, prefix, one))

    served.settings = {**served.settings, "elasticsearch_deliver_every": "0.3"}
    served.write_ini()
    served.start()
    with served.member(site, world.person("ana")) as ana:
        # There at once, laid over; and soon in the index.
        assert "Cut off" in ana.get("/@ana").text
    assert wait_until(lambda: _count(elasticsearch_url, prefix, note) == 1, SOON_SECONDS)
    assert ", 0 differ" in served.verify()


def test_two_workers_and_a_slow_transaction_lose_nothing(
    serve: Serve, make_postgresql: Callable[[], str], elasticsearch_url: str, elasticsearch_prefix: str
) -> None:
    """Two deliverers at once, two processes that write, and a transaction that commits long after newer ones did."""
    prefix = f"{elasticsearch_prefix}-two"
    served, site = serve(
        [elasticsearch_url],
        prefix,
        database=make_postgresql(),
        processes=2,
        elasticsearch_deliver_every="0",
        elasticsearch_deliver_budget="0",
    )
    world = World(site)
    # The first act of a verb waits for whoever else writes the first one.
    first = [world.write(handle, "The first").id for handle in ("ana", "bo")]
    served.create_index()
    served.start()
    with _delivering(served) as said, _delivering(served) as said_by_other:
        ids = first + _write_all_the_time(served, site, world, elasticsearch_url, prefix)
    assert set(ids) == set(_notes(site))
    done = served.command("index", "deliver")
    assert done.returncode == 0, done.stdout + done.stderr
    assert ", 0 differ" in served.verify()
    assert [_count(elasticsearch_url, prefix, note) for note in ids] == [1] * len(ids)
    assert all("sent" in "".join(words) for words in (said, said_by_other)), "both had something to deliver"


def _write_all_the_time(served: Served, site: Site, world: World, url: str, prefix: str) -> list[str]:
    """Two people write at two processes while a transaction is open; returns the ids of all notes."""
    written: list[str] = []

    def write(handle: str, process: int) -> None:
        with served.member(site, world.person(handle), process) as member:
            written.extend(member.write(f"Note {number} by {handle}") for number in range(25))

    threads = [threading.Thread(target=write, args=one) for one in (("ana", 0), ("bo", 1))]
    with site.transaction() as request:
        slow = request.find_service(NoteService).write(world.person("ana").id, "Slow but sure")
        request.dbsession.flush()
        slow_id = slow.id
        for thread in threads:
            thread.start()

        # What is newer is written and delivered before this one is committed; an idle transaction would be ended.
        def newer_is_delivered() -> bool:
            request.dbsession.execute(text("SELECT 1"))
            return len(written) >= 20 and bool(_count(url, prefix, written[10]))

        assert wait_until(newer_is_delivered, SOON_SECONDS)
    for thread in threads:
        thread.join()
    assert len(written) == 50
    return [*written, slow_id]


@contextlib.contextmanager
def _delivering(served: Served) -> Iterator[list[str]]:
    """`feedsite index deliver --follow`; what it said is there when it has ended."""
    said: list[str] = []
    command = served.command_line("index", "deliver", "--follow", "--every", "0.1")
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    ) as worker:
        assert worker.stdout is not None
        said.append(worker.stdout.readline())
        assert said[0].startswith("Delivering")
        try:
            yield said
        finally:
            worker.terminate()
            said += worker.stdout.readlines()
    assert worker.returncode == 0
