"""The site with a search index on a real node, and a server between the two that can fall ill."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

import pytest

from feedsite.feeds.stores.elasticsearch.breaker import Breaker
from feedsite.feeds.stores.generation import Generation
from feedsite.indexing.process import ProcessIndex
from feedsite.metrics import metrics_of

from tests.functional.timelines.world import World
from tests.sick_cluster import SickCluster
from tests.site import Site, migrate

#: Seconds that a page may take to ask a healthy cluster.
PATIENCE = 10.0
OVERRIDES = {"store": "elasticsearch", "elasticsearch_deliver_every": "0"}


@dataclass
class Indexed:
    """A site, its index, and what lies between them.

    Args:
        site: asks the cluster through `cluster`.
        plain: the same database without an index.
    """

    site: Site
    plain: Site
    world: World
    cluster: SickCluster
    index: ProcessIndex
    generation: Generation | None = None

    def falls(self, illness: str) -> None:
        """Let the cluster fall ill, or be well again."""
        self.cluster.falls(illness)
        # A healthy one is given time: this machine may be busy. An ill one is met as the site's settings say.
        seconds = PATIENCE if illness == "well" else self.site.settings.elasticsearch_deadline
        self.index.runtime.limits = replace(self.index.runtime.limits, seconds=seconds)

    def forgets(self) -> None:
        """Let the site meet the cluster as if for the first time."""
        self.index.runtime.breaker = Breaker()

    def create(self) -> None:
        """Make the index and fill it."""
        self.generation = self.index.delivery.create(layout="two")

    def deliver(self) -> None:
        """Deliver what is left, and let searches see it."""
        done = self.index.delivery.deliver()
        assert not done.problem
        assert not done.left
        if self.generation is not None:
            self.index.runtime.index.refresh(self.generation)


@pytest.fixture(scope="session")
def cluster(elasticsearch_url: str) -> Iterator[SickCluster]:
    """The way to the node."""
    node = urlsplit(elasticsearch_url)
    assert node.hostname is not None
    assert node.port is not None
    with SickCluster(upstream=(node.hostname, node.port)) as cluster:
        yield cluster


@pytest.fixture(scope="session")
def two_sites(
    tmp_path_factory: pytest.TempPathFactory, cluster: SickCluster, elasticsearch_prefix: str
) -> Iterator[tuple[Site, Site]]:
    """A site with an index and one without, on one database."""
    url = f"sqlite:///{tmp_path_factory.mktemp('indexed') / 'site.sqlite'}"
    migrate(url)
    names = {
        "elasticsearch_feed_index": f"{elasticsearch_prefix}-site-feeds",
        "elasticsearch_network_index": f"{elasticsearch_prefix}-site-network",
    }
    indexed = Site(url, elasticsearch_hosts=cluster.url, **names, **OVERRIDES)
    plain = Site(url)
    yield indexed, plain
    for one in (indexed, plain):
        one.close()


@pytest.fixture
def indexed(two_sites: tuple[Site, Site], cluster: SickCluster) -> Iterator[Indexed]:
    """An empty site whose index has not been made yet."""
    site, plain = two_sites
    cluster.falls("well")
    site.wipe()
    index = ProcessIndex(site.settings, lambda: site.engine, metrics_of(site.registry))
    site.registry["feedsite.index"] = index
    found = Indexed(site, plain, World(site), cluster, index)
    found.falls("well")
    yield found
    cluster.falls("well")
    if found.generation is not None:
        index.runtime.index.drop(found.generation)
    index.close()


@pytest.fixture
def furnished(indexed: Indexed) -> Indexed:
    """A site with people, notes, likes and an index that shows all of it."""
    world = indexed.world
    world.follow("ana", "bo", "cy")
    world.follow("bo", "ana")
    world.watch_tag("ana", "bread")
    notes = world.write_many("bo", 25, "Loaf {} #bread")
    mine = world.write("ana", "My own note")
    world.like(mine, "bo", "cy")
    world.share(notes[0], "cy")
    world.reply("cy", mine, "An answer")
    indexed.create()
    return indexed
