"""The server's programs: which distribution, how it is fetched, checked and unpacked once."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path

from compose.machine import Refused, install, locked

VERSION = "8.19.21"
COORDINATES = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
SHA512 = (
    "cf6b0a93860d329937ae7f913ec5073b0c726c77639764b93fc83a304aa1dd9d"
    "4defcfa2849948eea3b0b47c2065f994908603939fc2a4774c9c4d868c5ec1dd"
)
ZIP_VARIABLE = "FEEDSITE_ELASTICSEARCH_ZIP"
"""The path of the distribution's zip, for a machine without Maven; its SHA-512 is checked too."""

FETCH_SECONDS = 900


def cache_folder() -> Path:
    """Where the distribution and the clusters are kept, outside the checkout.

    Root's own cache is closed to the user that root becomes, so root uses the system's.
    """
    if named := os.environ.get("XDG_CACHE_HOME"):
        base = Path(named)
    else:
        base = Path("/var/cache") if os.geteuid() == 0 else Path.home() / ".cache"
    return base / "feedsite" / "elasticsearch"


def distribution(cache: Path) -> Path:
    """The unpacked distribution, fetched when it is not in the cache yet.

    Raises Refused where it cannot be fetched or is not the one that is pinned.
    """
    home = unpacked(cache)
    with locked(cache / "distribution.lock"):
        if not home.exists():
            # It gets its name when it is whole: what an interruption leaves has another one, and is never used.
            with tempfile.TemporaryDirectory(dir=cache, prefix="partial-") as partial:
                unpack(_checked(_zip(Path(partial))), Path(partial) / "unpacked")
                (Path(partial) / "unpacked" / f"elasticsearch-{VERSION}").rename(home)
    return home


def unpacked(cache: Path) -> Path:
    """The folder of the distribution in the cache; it exists when the distribution was fetched before."""
    return cache / f"elasticsearch-{VERSION}-{SHA512[:12]}"


def unpack(archive: Path, folder: Path) -> None:
    """Unpack with the permissions that the archive holds (zipfile drops them), readable by everybody.

    Raises Refused for what is no zip.
    """
    try:
        with zipfile.ZipFile(archive) as content:
            for entry in content.infolist():
                path = Path(content.extract(entry, folder))
                runs = (entry.external_attr >> 16) & 0o111
                path.chmod(0o755 if path.is_dir() or runs else 0o644)
    except zipfile.BadZipFile as problem:
        raise Refused(f"{archive.name} is no zip file") from problem


def _zip(folder: Path) -> Path:
    if given := os.environ.get(ZIP_VARIABLE):
        if not Path(given).is_file():
            raise Refused(f"{ZIP_VARIABLE} names {given}, which is no file")
        return Path(given)
    if not shutil.which("mvn"):
        install("maven")
    if not shutil.which("mvn"):
        raise Refused(f"no mvn in PATH to fetch {COORDINATES}: install Maven, or name the file in {ZIP_VARIABLE}")
    print(f"Fetching {COORDINATES} (107 MB)", flush=True)
    # By coordinates: where they are found is a matter of this machine's Maven, with its mirrors and proxies.
    command = ["mvn", "--batch-mode", "--quiet", "dependency:copy"]
    command += [f"-Dartifact={COORDINATES}", f"-DoutputDirectory={folder}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=FETCH_SECONDS, cwd=folder, check=False)
    except subprocess.TimeoutExpired as problem:
        raise Refused(f"mvn did not fetch {COORDINATES} within {FETCH_SECONDS} seconds") from problem
    fetched = folder / f"elasticsearch-{VERSION}.zip"
    if done.returncode or not fetched.exists():
        said = [line for line in (done.stdout + done.stderr).splitlines() if "ERROR" in line] or ["it said nothing"]
        raise Refused(f"mvn could not fetch {COORDINATES}: {said[0]}")
    return fetched


def _checked(archive: Path) -> Path:
    with archive.open("rb") as content:
        found = hashlib.file_digest(content, "sha512").hexdigest()
    if found != SHA512:
        raise Refused(f"{archive.name} is not the file that is pinned: SHA-512 {found[:16]}…, not {SHA512[:16]}…")
    return archive
