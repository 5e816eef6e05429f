"""What the launcher asks of the machine: Java, a user to run as, free ports, one command at a time."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pwd
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

JAVA_VERSIONS = range(17, 26)


class Refused(Exception):
    """What stands in the way, in one line."""


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file `path`, after whoever holds it now."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def ordinary_user() -> pwd.struct_passwd | None:
    """Whom root becomes, as the server refuses to run as root; None for everybody else, who stays who they are."""
    if os.geteuid() != 0:
        return None
    for name in ("elasticsearch", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Refused("Elasticsearch does not run as root, and there is no user elasticsearch or nobody to run it")


def give(folder: Path, user: pwd.struct_passwd) -> None:
    """Make a user the owner of a folder and of all in it."""
    for path in (folder, *folder.rglob("*")):
        os.chown(path, user.pw_uid, user.pw_gid, follow_symlinks=False)


def refuse_taken(*ports: int) -> None:
    """Raise Refused when another program listens on one of the ports."""
    for port in ports:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as problem:
                raise Refused(
                    f"port {port} is taken by another program; --port and --transport-port choose"
                ) from problem


def java_home() -> Path:
    """The folder of a Java that suits, installed where this is Debian and root.

    Raises Refused where there is none.
    """
    if (found := find_java()) is None:
        install("openjdk-17-jre-headless")
        found = find_java()
    if found is None:
        first, last = JAVA_VERSIONS[0], JAVA_VERSIONS[-1]
        raise Refused(
            f"no Java {first} to {last} found: install one (Debian: openjdk-17-jre-headless) or set JAVA_HOME"
        )
    return found


def find_java() -> Path | None:
    """The folder of the first Java that suits: of those named in the environment, in PATH, installed."""
    named = [Path(os.environ[name]) for name in ("ES_JAVA_HOME", "JAVA_HOME") if os.environ.get(name)]
    in_path = shutil.which("java")
    homes = [*named, *([Path(in_path).resolve().parent.parent] if in_path else [])]
    homes += sorted(Path("/usr/lib/jvm").glob("*"))
    return next((home for home in homes if java_version(home) in JAVA_VERSIONS), None)


def java_version(home: Path) -> int | None:
    """The major version of the Java in a folder; None where there is none that runs."""
    try:
        command = [str(home / "bin" / "java"), "-version"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.search(r'version "(\d+)', done.stderr)
    return int(found[1]) if found else None


def install(package: str) -> None:
    """Install a package of the distribution where that is possible; whether it helped is the caller's to see."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print(f"Installing {package}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "--yes", "--no-install-recommends", package]):
        subprocess.run(["apt-get", "--quiet", *arguments], env=environment, capture_output=True, check=False)
