"""Three real nodes, and a site that writes to them and reads from them: one node after the other is killed."""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
import urllib3

from compose.launcher import Cluster, Node
from feedsite.accounts.models import Person

from tests import nodes
from tests.faults.conftest import Serve
from tests.faults.served import Member, Served
from tests.functional.timelines.world import World
from tests.keeping import wait_until
from tests.site import Site

PREFIX = "three"
PATHS = ("/home", "/notifications", "/@ana", "/explore", "/archive", "/home/objects")
READERS = 2
RECOVERY_SECONDS = 120
"""A new master and a new primary take seconds; a full recovery on two cores, with everything else they do, longer."""


@dataclass
class Load:
    """People who read and write without end, until they are told to stop.

    Args:
        served, site: the site, and how to sign in.
        writer: who writes a note each time.
        readers: who read all the time.
    """

    served: Served
    site: Site
    writer: Person
    readers: list[Person]
    statuses: Counter[int] = field(default_factory=Counter)
    degraded: int = 0
    slowest: float = 0.0
    written: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._stopped = threading.Event()
        self._threads = [threading.Thread(target=self._without_end, args=(self._write, self.writer))]
        self._threads += [threading.Thread(target=self._without_end, args=(self._read, one)) for one in self.readers]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._stopped.set()
        for thread in self._threads:
            thread.join()

    def _without_end(self, turn: Callable[..., None], who: Person) -> None:
        with self.served.member(self.site, who) as member:
            for number in range(1_000_000):
                if self._stopped.wait(0.05):
                    return
                try:
                    turn(member, number)
                except (AssertionError, urllib3.exceptions.HTTPError) as problem:
                    self.complaints.append(repr(problem))

    def _write(self, member: Member, number: int) -> None:
        self.written.append(member.write(f"Note {number} of the load"))

    def _read(self, member: Member, number: int) -> None:
        answer = member.get(PATHS[number % len(PATHS)])
        self.statuses[answer.status] += 1
        self.degraded += answer.is_degraded
        self.slowest = max(self.slowest, answer.seconds)


@pytest.fixture
def load(serve: Serve, three_nodes: Cluster) -> Iterator[Load]:
    """A site on three nodes whose index is whole, and people who use it."""
    served, site = serve([node.url for node in three_nodes.nodes], PREFIX)
    world = World(site)
    world.follow("ana", "bo")
    world.follow("bo", "ana")
    for number in range(30):
        world.write(("ana", "bo")[number % 2], f"Note {number} from before")
    served.create_index()
    # The copies of a node that is gone are made anew at once: a server waits a minute first, in case it comes back.
    at_once = {"index.unassigned.node_left.delayed_timeout": "0"}
    nodes.ask(f"{three_nodes.nodes[0].url}/{PREFIX}-*/_settings", "PUT", at_once)
    served.start()
    yield Load(served, site, world.person("ana"), [world.person("bo")] * READERS)
    remove = served.command("index", "remove", "--yes")
    assert remove.returncode == 0, remove.stderr


def _kill_and_bring_back(load: Load, cluster: Cluster, node: Node) -> float:
    """Kill a node while people read and write; returns after how many seconds the index answered again."""
    nodes.kill(node)
    killed = time.monotonic()
    survivor = next(one for one in cluster.nodes if one is not node)
    assert wait_until(lambda: _says(survivor, nodes=2), RECOVERY_SECONDS)
    with load.served.member(load.site, load.writer) as member:
        assert wait_until(lambda: not member.get("/home").is_degraded, RECOVERY_SECONDS), "the site goes on"
    seconds = time.monotonic() - killed
    before = len(load.written)
    assert wait_until(lambda: len(load.written) > before + 5, RECOVERY_SECONDS), "and people write on"
    # The copies are made again on the two that are left, and once more when the third is back.
    assert wait_until(lambda: _says(survivor, status="green"), RECOVERY_SECONDS)
    cluster.start()
    return seconds


def _says(node: Node, **expected: object) -> bool:
    try:
        health = nodes.ask(f"{node.url}/_cluster/health?timeout=1s", seconds=5)
    except OSError:
        return False
    found = {"nodes": health["number_of_nodes"], "status": health["status"]}
    return all(found[name] == value for name, value in expected.items())


def _nothing_is_lost(load: Load, cluster: Cluster) -> None:
    """Every page was a page, and every note that was acknowledged is in the index, once."""
    assert load.complaints == []
    assert set(load.statuses) == {200}
    done = load.served.command("index", "deliver")
    assert done.returncode == 0, done.stdout + done.stderr
    assert ", 0 differ" in load.served.verify()
    url = cluster.nodes[0].url
    nodes.ask(f"{url}/{PREFIX}-feeds/_refresh", "POST")
    query = {"size": 10_000, "_source": ["object"], "query": {"term": {"verb": "create"}}}
    found = nodes.ask(f"{url}/{PREFIX}-feeds/_search", "POST", query)
    counts = Counter(hit["_source"]["object"] for hit in found["hits"]["hits"])
    assert {counts[f"note:{note}"] for note in load.written} == {1}


@pytest.mark.timeout(900)
def test_one_of_three_nodes_is_killed_and_the_site_goes_on(load: Load, three_nodes: Cluster) -> None:
    """It reads and writes on, and what was acknowledged is in the index, once."""
    assert three_nodes.whole(), "green, with three nodes"
    with load:
        # The first one in the site's list of hosts: the one that would be asked next.
        seconds = _kill_and_bring_back(load, three_nodes, three_nodes.nodes[0])
    pages = load.statuses.total()
    print(f"{seconds:.1f} s until the index answered again; {load.degraded} of {pages} pages by the record")
    _nothing_is_lost(load, three_nodes)


@pytest.mark.drill
@pytest.mark.timeout(3600)
def test_nodes_are_killed_again_and_again(load: Load, three_nodes: Cluster) -> None:
    """Ten times, whichever it is: the master, the one with the first copy, the one that is asked."""
    times = []
    with load:
        for number in range(10):
            node = random.Random(number).choice(three_nodes.nodes)
            times.append(_kill_and_bring_back(load, three_nodes, node))
    print(f"Seconds until the index answered again: {', '.join(f'{one:.1f}' for one in times)}")
    print(f"{len(load.written)} notes; {load.statuses.total()} pages, {load.degraded} of them by the record")
    print(f"The slowest page: {load.slowest:.2f} s")
    _nothing_is_lost(load, three_nodes)
