"""What tests of faults share: sites in processes of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.served import Served
from tests.site import Site, migrate

Serve = Callable[..., tuple[Served, Site]]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Makes a site: ``serve(hosts, prefix, database=url, processes=2, elasticsearch_deliver_every="0")``.

    It gives the site in processes of its own, which do not run yet, and the site on the same database without an
    index: what the pages have to show.
    """
    made: list[tuple[Served, Site]] = []

    def make(
        hosts: list[str], prefix: str, *, database: str = "", processes: int = 1, **settings: Any
    ) -> tuple[Served, Site]:
        url = database or f"sqlite:///{tmp_path / 'site.sqlite'}"
        migrate(url)
        # People here write as fast as they can.
        allowed = {"throttle_post": "100000 per minute"}
        served = Served(tmp_path, url, hosts, prefix, processes, {**allowed, **settings})
        made.append((served, Site(url, site_url=served.url)))
        return made[-1]

    yield make
    for served, site in made:
        served.stop()
        site.close()
