"""The servers of a benchmark: a node of Elasticsearch, PostgreSQL and Redis, each of its own, ended with it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from tests import nodes, services

HEAP = "2g"
"""ElasticFeeds' query for 10,000 links has 30,000 clauses: with less the node refuses it."""


@dataclass(frozen=True)
class Servers:
    """Where everything is.

    Args:
        folder: for files.
        node: the URL of an Elasticsearch node.
        ours, theirs: the SQLAlchemy URLs of two empty databases on a PostgreSQL.
        redis: the port of a Redis on this machine; 0: there is none.
        prefix: what the names of indexes begin with.
    """

    folder: Path
    node: str
    ours: str
    theirs: str
    redis: int = 0
    prefix: str = ""


def _made(server: str, name: str) -> str:
    """Make an empty database; returns its SQLAlchemy URL."""
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@contextmanager
def own_servers() -> Iterator[Servers]:
    """Start all of them, and stop them."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="feedsite-bench-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        base = Path(tempfile.gettempdir())
        index = nodes.ElasticsearchRun(base / f"feedsite-es-{os.getpid()}", os.getpid(), heap=HEAP)
        database = services.PostgresRun(base / f"feedsite-pg-{os.getpid()}", os.getpid())
        for server in (index, database):
            stack.callback(server.stop)
            server.ensure()
        port = stack.enter_context(redis(folder))
        ours, theirs = (_made(database.url(), name) for name in ("ours", "theirs"))
        yield Servers(folder, index.url, ours, theirs, port)


@contextmanager
def redis(folder: Path) -> Iterator[int]:
    """A Redis that writes nothing to disk; gives its port, 0 where the program is missing."""
    try:
        program = services.redis_program()
    except services.ServiceMissing:
        yield 0
        return
    port = nodes.free_ports(1)
    command = [str(program), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait()
