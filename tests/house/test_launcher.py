"""The launcher of Elasticsearch: what it would start, what it refuses, and, as drills, the real server."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from compose import distribution, launcher
from compose.launcher import Cluster, Description
from compose.machine import Refused

from tests.house.checkout import ROOT

SCRIPT = ROOT / "compose" / "elasticsearch"

THREE = Cluster(Path("/clusters/feedsite"), Description(nodes=3))

# What containers have of their own: locked memory and the names of one another.
ONLY_IN_CONTAINERS = {"bootstrap.memory_lock", "ES_JAVA_OPTS", "discovery.seed_hosts"}
# What processes of one machine need: ports and folders of their own, and peace from the machine's full disk.
ONLY_IN_PROCESSES = {
    "cluster.routing.allocation.disk.threshold_enabled",
    "discovery.seed_hosts",
    "http.port",
    "network.host",
    "path.data",
    "path.logs",
    "transport.port",
}


def _settings(cluster: Cluster) -> dict[str, dict[str, Any]]:
    return {node.name: yaml.safe_load(cluster.settings(node)) for node in cluster.nodes}


def _containers() -> dict[str, dict[str, Any]]:
    services = yaml.safe_load((ROOT / "compose" / "docker-compose.yml").read_text())["services"]
    return {name: service for name, service in services.items() if name.startswith("elasticsearch")}


def _free_ports() -> int:
    """The first of a hundred ports of which the first three are free."""
    for first in range(21200, 29000, 100):
        try:
            for port in range(first, first + 3):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return first
    raise AssertionError("no three free ports")


def _run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=1200)


# ---- what it would start


def test_processes_and_containers_are_set_up_alike() -> None:
    containers = {name: service["environment"] for name, service in _containers().items()}
    processes = _settings(THREE)
    assert set(processes) == set(containers)
    for name, process in processes.items():
        container = containers[name]
        assert set(process) - ONLY_IN_PROCESSES == set(container) - ONLY_IN_CONTAINERS
        for setting in set(process) - ONLY_IN_PROCESSES - {"cluster.initial_master_nodes"}:
            assert str(process[setting]).lower() == container[setting].lower(), setting
        assert process["cluster.initial_master_nodes"] == container["cluster.initial_master_nodes"].split(",")


def test_processes_and_containers_are_of_one_version_and_size() -> None:
    for container in _containers().values():
        assert container["image"] == f"elasticsearch:{distribution.VERSION}"
        assert f":-{Description().heap}}}" in container["environment"]["ES_JAVA_OPTS"]


def test_every_node_is_on_loopback_with_ports_and_folders_of_its_own() -> None:
    processes = _settings(THREE)
    assert {process["network.host"] for process in processes.values()} == {"127.0.0.1"}
    assert [process["http.port"] for process in processes.values()] == [9200, 9201, 9202]
    assert [process["transport.port"] for process in processes.values()] == [9300, 9301, 9302]
    for kind in ("path.data", "path.logs"):
        assert len({process[kind] for process in processes.values()}) == 3
    assert processes["elasticsearch2"]["discovery.seed_hosts"] == ["127.0.0.1:9300", "127.0.0.1:9302"]


def test_one_node_seeks_no_other() -> None:
    (process,) = _settings(Cluster(Path("/clusters/one"), Description(cluster="one", port=9500))).values()
    assert process["discovery.seed_hosts"] == []
    assert (process["cluster.name"], process["http.port"]) == ("one", 9500)


def test_no_host_but_this_machine_is_named() -> None:
    for path in sorted((ROOT / "compose").glob("*.py")) + [SCRIPT, launcher.TEMPLATE]:
        assert re.findall(r"https?://(?!127\.0\.0\.1|\{)|\w+\.(?:com|org|net|io)\b(?!\.)", path.read_text()) == []


# ---- what was started before, and what is asked for now


def _saved(tmp_path: Path, description: Description) -> Cluster:
    (tmp_path / "cluster.json").write_text(json.dumps(asdict(description)))
    saved = Cluster.saved(tmp_path)
    assert saved is not None
    return saved


def test_a_cluster_starts_again_as_it_was(tmp_path: Path) -> None:
    before = Description(nodes=3, port=9500, heap="1g")
    assert launcher.described(_saved(tmp_path, before), {}) == before
    assert launcher.described(_saved(tmp_path, before), {"port": 9600}) == replace(before, port=9600)


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ({"nodes": 3}, "the data is of 1 node"),
        ({"heap": "lots"}, "--heap lots"),
        ({"port": 80}, "ports: 1024"),
        ({"port": 9300}, "ports: 1024"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path: Path, wanted: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        launcher.described(_saved(tmp_path, Description()), wanted)


def test_a_pid_that_another_program_has_by_now_is_no_node(tmp_path: Path) -> None:
    (node,) = Cluster(tmp_path, Description()).nodes
    node.folder.mkdir()
    (node.folder / "pid").write_text(str(os.getpid()))
    assert node.pid is None
    Cluster(tmp_path, Description()).stop()


@pytest.mark.parametrize(
    ("shown", "runs"),
    [
        ("Sl java -Dfeedsite.node=/c/elasticsearch1 -cp x", True),
        ("Sl java -Dfeedsite.node=/c/elasticsearch10", False),
        ("Rl [java]", True),
        ("Zl [java] <defunct>", True),
        ("Z  [java] <defunct>", False),
        ("", False),
    ],
)
def test_a_process_is_the_node_s_until_its_last_thread_has_ended(
    monkeypatch: pytest.MonkeyPatch, shown: str, runs: bool
) -> None:
    done = subprocess.CompletedProcess([], 0, stdout=shown)
    monkeypatch.setattr(subprocess, "run", lambda *_arguments, **_options: done)
    assert Cluster(Path("/c"), Description()).nodes[0].is_process(4711) is runs


# ---- refusals, as the command line says them


def test_a_taken_port_is_one_line_and_status_2(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = _run("start", "--folder", tmp_path, "--port", port, "--transport-port", 1024)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.splitlines() == [
        f"compose/elasticsearch: port {port} is taken by another program; --port and --transport-port choose"
    ]


def test_a_name_or_a_folder_that_the_server_cannot_have_is_refused() -> None:
    assert "small letters" in _run("path", "--cluster", "../elsewhere").stderr
    assert "white space" in _run("path", "--folder", "/a b").stderr


def test_nothing_started_is_said_and_nothing_to_stop_is_fine(tmp_path: Path) -> None:
    done = _run("status", "--folder", tmp_path)
    assert (done.returncode, done.stdout) == (1, f"nothing was started in {tmp_path}\n")
    assert [_run(command, "--folder", tmp_path / "none").returncode for command in ("stop", "wipe")] == [0, 0]


def test_path_is_where_the_cluster_lives(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/caches")
    assert launcher.main(["path", "--cluster", "other"]) == 0
    assert capsys.readouterr().out == "/caches/feedsite/elasticsearch/clusters/other\n"


# ---- the distribution


def test_another_file_is_refused_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    half = tmp_path / "half.zip"
    half.write_bytes(b"PK half a download")
    monkeypatch.setenv(distribution.ZIP_VARIABLE, str(half))
    with pytest.raises(Refused, match="not the file that is pinned"):
        distribution.distribution(tmp_path / "cache")
    assert [path.name for path in (tmp_path / "cache").iterdir()] == ["distribution.lock"]


def test_run_bits_are_restored(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "made.zip", "w") as archive:
        for name, mode in (("home/bin/server", 0o755), ("home/config/settings", 0o600)):
            entry = zipfile.ZipInfo(name)
            entry.external_attr = (0o100000 | mode) << 16
            archive.writestr(entry, "content")
    distribution.unpack(tmp_path / "made.zip", tmp_path / "out")
    assert (tmp_path / "out/home/bin/server").stat().st_mode & 0o777 == 0o755
    assert (tmp_path / "out/home/config/settings").stat().st_mode & 0o777 == 0o644


# ---- the real server


@pytest.fixture
def start() -> Iterator[Callable[[int], Cluster]]:
    """Starts a cluster of so many nodes in a folder that every user may enter, and wipes it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="feedsite-es-"))
    folder.chmod(0o755)

    def start_nodes(nodes: int) -> Cluster:
        port = _free_ports()
        arguments = ["--folder", folder, "--nodes", nodes, "--port", port, "--transport-port", port + 50]
        # Two at once: the second finds the work done.
        command = [sys.executable, str(SCRIPT), "start", *map(str, arguments)]
        other = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        done = _run("start", *arguments)
        assert (done.returncode, other.wait(600)) == (0, 0), done.stderr
        print(done.stdout)
        cluster = Cluster.saved(folder)
        assert cluster is not None
        return cluster

    yield start_nodes
    done = _run("wipe", "--folder", folder)
    left = sorted(path.name for path in folder.iterdir())
    shutil.rmtree(folder)
    assert (done.returncode, left) == (0, ["lock"]), done.stderr


def _ask(url: str, method: str = "GET", body: object = None) -> dict[str, Any]:
    request = urllib.request.Request(
        url,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
        found: dict[str, Any] = json.load(answer)
        return found


def _write(url: str, replicas: int) -> None:
    _ask(f"{url}/notes", "PUT", {"settings": {"number_of_replicas": replicas}})
    _ask(f"{url}/_cluster/health/notes?wait_for_status=green&timeout=60s")
    _ask(f"{url}/notes/_doc/1?refresh=true", "PUT", {"text": "hello"})


def _found(url: str) -> list[str]:
    hits = _ask(
        f"{url}/notes/_search?allow_partial_search_results=false", "POST", {"query": {"match": {"text": "hello"}}}
    )
    return [hit["_source"]["text"] for hit in hits["hits"]["hits"]]


@pytest.mark.drill
@pytest.mark.timeout(1500)
def test_one_node_keeps_what_it_was_given_over_a_stop(start: Callable[[int], Cluster]) -> None:
    cluster = start(1)
    (node,) = cluster.nodes
    _write(node.url, replicas=0)
    first = node.pid
    assert first is not None
    assert _run("start", "--folder", cluster.folder).returncode == 0
    assert node.pid == first
    assert _run("stop", "--folder", cluster.folder).returncode == 0
    # Gone when it is said to be: what comes next (a start, a wipe) has the data to itself.
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(first)], capture_output=True, text=True).stdout.strip()
    assert not state or (state.startswith("Z") and "l" not in state)
    assert _run("status", "--folder", cluster.folder).returncode == 1
    assert _run("start", "--folder", cluster.folder).returncode == 0
    assert _found(node.url) == ["hello"]


@pytest.mark.drill
@pytest.mark.timeout(1500)
def test_three_nodes_lose_one_and_still_answer(start: Callable[[int], Cluster]) -> None:
    cluster = start(3)
    _write(cluster.nodes[0].url, replicas=1)
    killed, *others = cluster.nodes
    assert killed.pid is not None
    os.kill(killed.pid, signal.SIGKILL)
    deadline = time.monotonic() + 60
    while _ask(f"{others[0].url}/_cluster/health?wait_for_nodes=2&timeout=5s")["timed_out"]:
        assert time.monotonic() < deadline
    assert [_found(node.url) for node in others] == [["hello"], ["hello"]]
    status = _run("status", "--folder", cluster.folder)
    print(status.stdout)
    assert (status.returncode, "stopped" in status.stdout) == (1, True)
    # Starting again brings back the one that is missing, and the cluster is whole.
    assert _run("start", "--folder", cluster.folder).returncode == 0
    assert _found(killed.url) == ["hello"]
