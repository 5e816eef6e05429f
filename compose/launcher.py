"""Starts, shows, stops and wipes Elasticsearch nodes that are plain processes of this machine.

A cluster has a folder: a lock, `cluster.json` (what was started), and for each node its configuration, data, logs and
process id. Every command that changes something holds the lock, so two at once come one after the other.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import pwd
import re
import shutil
import signal
import string
import subprocess
import sys
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from compose.distribution import cache_folder, distribution
from compose.machine import Refused, give, java_home, locked, ordinary_user, refuse_taken

TEMPLATE = Path(__file__).with_name("elasticsearch.yml")
START_SECONDS = 180
HEALTH_SECONDS = 5
STOP_SECONDS = 30

# Straight to this machine, whatever proxy the environment names.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True)
class Description:
    """What a cluster is: its name, how many nodes, their first ports (the others follow), and for each of them its heap
    and what else its Java machine is told.
    """

    cluster: str = "feedsite"
    nodes: int = 1
    port: int = 9200
    transport_port: int = 9300
    heap: str = "512m"
    java_options: str = ""


@dataclass(frozen=True)
class Node:
    """One process of a cluster."""

    name: str
    folder: Path
    http_port: int
    transport_port: int

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.http_port}"

    @property
    def pid(self) -> int | None:
        """The id of its process; None when it does not run, also when the id is another program's by now."""
        try:
            pid = int((self.folder / "pid").read_text())
        except (OSError, ValueError):
            return None
        return pid if self.is_process(pid) else None

    def is_process(self, pid: int) -> bool:
        """Whether a process of this id runs and is this node's."""
        command = ["ps", "-ww", "-o", "stat=", "-o", "args=", "-p", str(pid)]
        state, *args = subprocess.run(command, capture_output=True, text=True, check=False).stdout.split() or [""]
        # A dead process (Z) waits for its parent and holds nothing, unless it has threads left (l) that still close.
        # One that is dying has lost its command line (its name in brackets is shown) before it lets go of its ports.
        return "l" in state if state.startswith("Z") or args[:1] == ["[java]"] else self.mark in args

    @property
    def mark(self) -> str:
        """What tells its process from every other: a property of the Java machine that nothing reads."""
        return f"-Dfeedsite.node={self.folder}"


class Cluster:
    """The nodes that live in one folder."""

    def __init__(self, folder: Path, description: Description) -> None:
        self.folder, self.description = folder, description
        self.nodes = [
            Node(name, folder / name, description.port + index, description.transport_port + index)
            for index, name in enumerate(f"elasticsearch{number}" for number in range(1, description.nodes + 1))
        ]

    @classmethod
    def saved(cls, folder: Path) -> Cluster | None:
        """The cluster that was started in a folder; None where there was none."""
        with contextlib.suppress(FileNotFoundError):
            return cls(folder, Description(**json.loads((folder / "cluster.json").read_text())))
        return None

    def settings(self, node: Node) -> str:
        """A node's elasticsearch.yml."""
        quoted = [json.dumps(other.name) for other in self.nodes]
        seeds = [json.dumps(f"127.0.0.1:{other.transport_port}") for other in self.nodes if other != node]
        return string.Template(TEMPLATE.read_text()).substitute(
            cluster=self.description.cluster,
            masters=", ".join(quoted),
            node=node.name,
            folder=node.folder,
            http_port=node.http_port,
            transport_port=node.transport_port,
            seeds=", ".join(seeds),
        )

    def health(self) -> dict[str, Any] | None:
        """What the first node that answers says of the cluster's health; None when none answers."""
        for node in self.nodes:
            url = f"{node.url}/_cluster/health"
            with contextlib.suppress(OSError, ValueError), _OPENER.open(url, timeout=HEALTH_SECONDS) as answer:
                found: dict[str, Any] = json.load(answer)
                return found
        return None

    def whole(self) -> bool:
        """Whether every node runs and is in the cluster, with every shard (of three nodes: and its copies)."""
        wanted = ("green",) if len(self.nodes) > 1 else ("yellow", "green")
        health = self.health()
        return (
            health is not None
            and health["cluster_name"] == self.description.cluster
            and health["number_of_nodes"] == len(self.nodes)
            and health["status"] in wanted
            and all(node.pid for node in self.nodes)
        )

    def start(self) -> None:
        """Start the nodes that do not run; returns when the cluster is whole.

        Raises Refused when it does not become so; the nodes that came up are left for a look at their logs.
        """
        missing = [node for node in self.nodes if not node.pid]
        for node in missing:
            refuse_taken(node.http_port, node.transport_port)
        home, java, user = distribution(cache_folder()), java_home(), ordinary_user()
        (self.folder / "cluster.json").write_text(json.dumps(asdict(self.description)))
        # All at once: a node waits for the others before it says that it has started.
        started = [(node, self._launch(node, home, java, user)) for node in missing]
        deadline = time.monotonic() + START_SECONDS
        while not self.whole():
            for node, process in started:
                if process.poll():
                    raise Refused(f"{node.name} did not start, its log says why: {node.folder / 'start.log'}")
            if time.monotonic() > deadline:
                raise Refused(f"the cluster is not whole after {START_SECONDS} seconds; logs: {self.folder}/*/logs")
            time.sleep(0.5)
        # The start script ends a moment after its server runs.
        for _, process in started:
            process.wait(STOP_SECONDS)

    def _launch(self, node: Node, home: Path, java: Path, user: pwd.struct_passwd | None) -> subprocess.Popen[bytes]:
        configuration, scratch = node.folder / "config", node.folder / "tmp"
        for folder in (configuration, scratch, node.folder / "data", node.folder / "logs"):
            folder.mkdir(parents=True, exist_ok=True)
        for name in ("jvm.options", "log4j2.properties"):
            shutil.copyfile(home / "config" / name, configuration / name)
        (configuration / "elasticsearch.yml").write_text(self.settings(node))
        (node.folder / "pid").unlink(missing_ok=True)
        become: dict[str, Any] = {}
        if user is not None:
            give(node.folder, user)
            become = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
            if subprocess.run(["test", "-w", node.folder / "data", "-a", "-r", home], **become, check=False).returncode:
                raise Refused(f"the user {user.pw_name}, who runs the server, cannot enter {self.folder} or {home}")
        heap, more = self.description.heap, self.description.java_options
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(scratch),
            "ES_JAVA_HOME": str(java),
            "ES_PATH_CONF": str(configuration),
            "ES_TMPDIR": str(scratch),
            "ES_JAVA_OPTS": f"-Xms{heap} -Xmx{heap} {more} {node.mark}",
        }
        with (node.folder / "start.log").open("wb") as log:
            return subprocess.Popen(
                [home / "bin" / "elasticsearch", "--daemonize", "--pidfile", node.folder / "pid"],
                env=environment,
                cwd=node.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **become,
            )

    def stop(self) -> None:
        """Stop the nodes that run, each by its id; one that does not end in time is killed."""
        # The processes are asked, not their pid files: the server removes its own as soon as it begins to stop.
        running = [(node, pid) for node in self.nodes if (pid := node.pid)]
        for number in (signal.SIGTERM, signal.SIGKILL):
            for node, pid in running:
                if node.is_process(pid):
                    os.kill(pid, number)
            deadline = time.monotonic() + STOP_SECONDS
            while running := [(node, pid) for node, pid in running if node.is_process(pid)]:
                if time.monotonic() > deadline:
                    break
                time.sleep(0.1)
        if running:
            raise Refused(f"still running after SIGKILL: {', '.join(str(pid) for _, pid in running)}")

    def wipe(self) -> None:
        """Stop, and remove what the nodes hold."""
        self.stop()
        for node in self.nodes:
            shutil.rmtree(node.folder, ignore_errors=True)
        (self.folder / "cluster.json").unlink(missing_ok=True)

    def report(self) -> str:
        """The nodes, the cluster's health and where the logs are, a line each."""
        lines = []
        for node in self.nodes:
            state = f"pid {pid}" if (pid := node.pid) else "stopped"
            lines.append(f"{node.name:<16} {node.url:<24} {state:<12} {node.folder / 'logs'}")
        health = self.health()
        if health is None:
            return "\n".join([*lines, f"{self.description.cluster}: no node answers"])
        count, shards = health["number_of_nodes"], health["active_shards"]
        lines.append(f"{self.description.cluster}: {health['status']}, nodes: {count}, active shards: {shards}")
        return "\n".join(lines)


def described(saved: Cluster | None, wanted: dict[str, Any]) -> Description:
    """What to start: what was asked for, else what was started before, else the defaults.

    Raises Refused where that does not fit what there is.
    """
    before = saved.description if saved else Description()
    description = replace(before, **wanted)
    if not re.fullmatch(r"[0-9]+[mg]", description.heap):
        raise Refused(f"--heap {description.heap}: a number and m or g, as in 512m")
    first, second = (
        range(start, start + description.nodes) for start in (description.port, description.transport_port)
    )
    if min(*first, *second) < 1024 or max(*first, *second) > 65535 or set(first) & set(second):
        raise Refused("ports: 1024 to 65535, and those of the transport are others than those of HTTP")
    if saved and description.nodes != before.nodes:
        raise Refused(f"the data is of {before.nodes} node(s), not {description.nodes}: wipe it first")
    if saved and description != before and any(node.pid for node in saved.nodes):
        raise Refused("it runs with other settings: stop it first (status shows it)")
    return description


def parser() -> argparse.ArgumentParser:
    """The command line."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--cluster", default="feedsite", help="the cluster's name (default: %(default)s)")
    common.add_argument("--folder", type=Path, help="where it lives (default: in the cache)")
    commands = argparse.ArgumentParser(prog="compose/elasticsearch", description=__doc__.splitlines()[0])
    kinds = commands.add_subparsers(dest="command", required=True)
    start = kinds.add_parser("start", parents=[common], help="start what does not run yet; returns when it is healthy")
    start.add_argument("--nodes", type=int, choices=(1, 3), help="how many (default: as before, else 1)")
    start.add_argument("--port", type=int, help="the first node's HTTP port (default: as before, else 9200)")
    start.add_argument("--transport-port", type=int, help="the first node's transport port (else 9300)")
    start.add_argument("--heap", help="of each node (else 512m)")
    kinds.add_parser("status", parents=[common], help="nodes, health, logs; exit status 1 when it is not whole")
    kinds.add_parser("stop", parents=[common], help="stop the nodes; the data stays")
    kinds.add_parser("wipe", parents=[common], help="stop the nodes and remove their data")
    kinds.add_parser("path", parents=[common], help="print the cluster's folder")
    return commands


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit status: 0, 1 (status: not whole), 2 (refused, one line says why)."""
    given = parser().parse_args(arguments)
    os.umask(0o022)
    try:
        return _run(given)
    except (Refused, OSError) as problem:
        print(f"compose/elasticsearch: {problem}", file=sys.stderr)
        return 2


def _run(given: argparse.Namespace) -> int:
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]*", given.cluster):
        raise Refused(f"--cluster {given.cluster}: small letters, digits and hyphens")
    folder = (given.folder or cache_folder() / "clusters" / given.cluster).absolute()
    # The server's start script splits its options at white space, and the settings quote with double quotes.
    if re.search(r"""[\s"'$\\]""", str(folder)):
        raise Refused(f"{folder}: the server cannot live in a folder with white space, quotes, $ or \\ in its name")
    if given.command == "path":
        print(folder)
        return 0
    if given.command == "status":
        cluster = Cluster.saved(folder)
        print(cluster.report() if cluster else f"nothing was started in {folder}")
        return 0 if cluster and cluster.whole() else 1
    if given.command != "start" and not folder.exists():
        return 0
    with locked(folder / "lock"):
        saved = Cluster.saved(folder)
        if given.command == "start":
            names = ("cluster", "nodes", "port", "transport_port", "heap")
            wanted = {name: value for name in names if (value := getattr(given, name)) is not None}
            cluster = Cluster(folder, described(saved, wanted))
            cluster.start()
            print(cluster.report())
        elif saved:
            saved.stop() if given.command == "stop" else saved.wipe()
    return 0
