"""Static files under names that carry a hash of their content, so that browsers may keep them for good."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path, PurePosixPath
from typing import Any

from pyramid.httpexceptions import HTTPNotFound
from pyramid.response import Response
from pyramid.static import static_view
from pyramid.view import view_config

_HASH_LENGTH = 12
_HASHED = re.compile(rf"(?P<stem>.+)\.(?P<hash>[0-9a-f]{{{_HASH_LENGTH}}})(?P<suffix>\.[a-z0-9]+)")
_FOR_GOOD = "public, max-age=31536000, immutable"


class Assets:
    """The files of the static folder.

    Args:
        root: the folder, absolute.
        settled: the files do not change while this process runs: each is looked at once.
    """

    def __init__(self, root: Path, *, settled: bool = False) -> None:
        self.root, self.settled = root, settled
        self._hashes: dict[str, tuple[tuple[int, int], str]] = {}
        self._names: dict[str, str] = {}

    def hashed(self, path: str) -> str:
        """The name under which a file is served: ``css/site.css`` → ``css/site.0123456789ab.css``.

        Raises KeyError when there is no such file: a page that asks for one is wrong.
        """
        # A page names more than a hundred icons of one file.
        name = self._names.get(path)
        if name is None:
            file = PurePosixPath(path)
            name = str(file.with_name(f"{file.stem}.{self._hash(path)}{file.suffix}"))
            if self.settled:
                self._names[path] = name
        return name

    def original(self, path: str) -> tuple[str, bool]:
        """The file behind a served name, and whether the hash in the name is that of its content now."""
        file = PurePosixPath(path)
        found = _HASHED.fullmatch(file.name)
        if found is None:
            return path, False
        plain = str(file.with_name(found["stem"] + found["suffix"]))
        try:
            return plain, self._hash(plain) == found["hash"]
        except KeyError:
            return path, False

    def _hash(self, path: str) -> str:
        try:
            status = (self.root / path).stat()
            stamp = (status.st_mtime_ns, status.st_size)
            known = self._hashes.get(path)
            if known is None or known[0] != stamp:
                content = (self.root / path).read_bytes()
                known = stamp, hashlib.sha256(content).hexdigest()[:_HASH_LENGTH]
                self._hashes[path] = known
        except (OSError, ValueError):
            raise KeyError(path) from None
        return known[1]


@view_config(route_name="static", request_method="GET")
def static_file(context: Any, request: Any) -> Response:
    """A static file: kept for good under its hashed name, asked for again under its plain one."""
    assets: Assets = request.registry["feedsite.assets"]
    if any(part in ("..", ".") or part.startswith(".") for part in request.subpath):
        raise HTTPNotFound
    path, current = assets.original("/".join(request.subpath))
    request.subpath = tuple(path.split("/"))
    response: Response = request.registry["feedsite.static_view"](context, request)
    response.headers["Cache-Control"] = _FOR_GOOD if current else "no-cache"
    return response


def static_folder(configured: str) -> Path:
    """The static folder: the configured one, or the one beside the package."""
    return Path(configured).resolve() if configured else Path(__file__).resolve().parents[2] / "static"


def includeme(config: Any) -> None:
    """Serve the static folder."""
    settings = config.registry["feedsite.settings"]
    root = static_folder(settings.static_path)
    config.registry["feedsite.assets"] = Assets(root, settled=settings.is_production)
    config.registry["feedsite.static_view"] = static_view(str(root), cache_max_age=None, use_subpath=True)
    config.add_route("static", "/static/*subpath")
