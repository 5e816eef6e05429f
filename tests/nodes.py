"""The real Elasticsearch of a test run: one node shared by all its processes, or three for a test that kills some."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import socket
import sys
import tempfile
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from compose.distribution import VERSION, cache_folder, unpacked
from compose.launcher import Cluster, Description, Node
from compose.machine import Refused, find_java, refuse_taken

from tests.keeping import Keeper, ServerRun, ServiceMissing, wait_until

URL_VARIABLE = "FEEDSITE_TEST_ELASTICSEARCH_URL"
"""The URL of a running node without security, to be used instead of one that is started for the run."""

#: Without the second compiler of Java, which takes half of the processor's time until a node has been up for minutes.
_SOON_UP = "-XX:TieredStopAtLevel=1"
_PORTS = range(20_000, 30_000, 10)

# Straight to this machine, whatever proxy the environment names.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def programs() -> Path:
    """The folder of the server's distribution; `make services` fetches it, and a Java that runs it.

    Raises ServiceMissing where one of the two is missing.
    """
    home = unpacked(cache_folder())
    if not home.exists():
        raise ServiceMissing(f"Elasticsearch: {VERSION} is not in {home.parent}; `make services` fetches it")
    if find_java() is None:
        raise ServiceMissing("Elasticsearch: no Java that suits in PATH or in the usual folders; set JAVA_HOME")
    return home


@dataclass(frozen=True)
class ElasticsearchRun(ServerRun):
    """Nodes of one test run, on free ports of this machine.

    Args:
        folder: the run's own; every user may enter the one above it, as root hands the nodes to another user.
        owner_pid: the process whose end ends the nodes too.
        count: how many nodes, 1 or 3.
        heap: of each node.
    """

    count: int = 1
    heap: str = "512m"

    name: ClassVar[str] = "Elasticsearch"
    start_seconds: ClassVar[int] = 600  # of three on a machine that is busy with other tests
    folder_mode: ClassVar[int] = 0o755

    def check(self) -> None:
        """Raises ServiceMissing where the distribution or Java is missing."""
        programs()

    def keeper_command(self) -> list[str]:
        """The module that keeps it, and its arguments."""
        return ["tests.nodes", "keep", str(self.folder), str(self.owner_pid), str(self.count), self.heap]

    @property
    def cluster(self) -> Cluster:
        """What runs."""
        found = Cluster.saved(self.folder)
        assert found is not None, f"no cluster was started in {self.folder}"
        return found

    @property
    def url(self) -> str:
        """Where the first node answers."""
        return self.cluster.nodes[0].url


class ElasticsearchKeeper(Keeper):
    """Starts nodes in a folder; where they do not start, their logs are kept and named."""

    def __init__(self, folder: Path, owner_pid: int, count: int, heap: str) -> None:
        super().__init__(folder, owner_pid)
        self._count, self._heap = count, heap

    def serve(self) -> int:
        """Start the nodes, wait, stop them; returns the exit status."""
        port = free_ports(self._count)
        ports = (port, port + _PORTS.step // 2)
        description = Description(f"test-{os.getpid()}", self._count, *ports, self._heap, _SOON_UP)
        cluster = Cluster(self.folder, description)
        try:
            cluster.start()
            self.keep(lambda: True)  # a node that dies is the test's own doing
        except (Refused, OSError) as problem:
            # The folder goes with this process; what is said names the copies.
            print(str(problem).replace(str(self.folder), str(self._kept_logs())), flush=True)
            return 1
        finally:
            cluster.stop()
        return 0

    def _kept_logs(self) -> Path:
        kept = Path(tempfile.mkdtemp(prefix="feedsite-es-logs-"))
        for log in (*self.folder.glob("*/start.log"), *self.folder.glob("*/logs/*")):
            copy = kept / log.relative_to(self.folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(OSError):
                shutil.copyfile(log, copy)
        return kept


def free_ports(count: int) -> int:
    """The first of so many ports in a row that are free, and so are as many from half a step on."""
    # In random order: runs that start at once on one machine do not meet on the same ports.
    for first in random.sample(_PORTS, len(_PORTS)):
        if all(_is_free(start + index) for start in (first, first + _PORTS.step // 2) for index in range(count)):
            return first
    raise Refused("no free ports")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def ask(url: str, method: str = "GET", body: object = None, seconds: float = 60) -> Any:
    """What a node answers, read as JSON; for what a test looks at or prepares behind the site's back.

    Raises OSError (urllib.error.HTTPError among them) where it does not answer or refuses.
    """
    request = urllib.request.Request(url, method=method, headers={"Content-Type": "application/json"})
    request.data = None if body is None else json.dumps(body).encode()
    try:
        with _OPENER.open(request, timeout=seconds) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as problem:
        problem.close()  # a refusal holds the connection until it is read
        raise


def index_names(url: str, prefix: str) -> list[str]:
    """The indexes of a node whose names begin so."""
    return sorted(row["index"] for row in ask(f"{url}/_cat/indices/{prefix}*?format=json&h=index&expand_wildcards=all"))


def remove_indexes(url: str, prefix: str) -> None:
    """Delete every index whose name begins so, by its name: the server refuses to delete by a pattern."""
    for name in index_names(url, prefix):
        ask(f"{url}/{name}", "DELETE")


def kill(node: Node) -> None:
    """End a node as a power cut does; returns when its process is gone and its ports are free."""
    pid = node.pid
    assert pid is not None, f"{node.name} does not run"
    os.kill(pid, signal.SIGKILL)
    ports = (node.http_port, node.transport_port)
    gone = wait_until(lambda: not node.is_process(pid) and all(map(_lets_listen, ports)), 30)
    assert gone, f"{node.name} outlived SIGKILL"


def _lets_listen(port: int) -> bool:
    with contextlib.suppress(Refused):
        refuse_taken(port)
        return True
    return False


if __name__ == "__main__":
    _, _keep, _folder, _owner, _count, _heap = sys.argv
    sys.exit(ElasticsearchKeeper(Path(_folder), int(_owner), int(_count), _heap).run())
