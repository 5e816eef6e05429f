"""Stream Framework 1.4.0 on Redis: fan-out on write. Runs in the peers' environment (requirements/peers.txt).

In its favour: only the feeds that are read are made, straight from the newest acts; task bodies are called without a
broker; feeds keep 520 acts, as page 25 is asked for (100 is its default); the group of an activity is verb and object.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.util
import sys
from collections import deque
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.contenders.serving import DEEP, SIZE, Contender, serve
from bench.world import END, Act, World

_WORD = "async"
"""A keyword since Python 3.7, and the name of an argument in this module of 2016."""
_MODULE = "stream_framework.feed_managers.base"
_BATCH = 1000


class _Respelled(importlib.abc.MetaPathFinder, importlib.abc.SourceLoader):
    """Loads one module of the library with the argument's name respelled; nothing on disk is changed."""

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        if name != _MODULE:
            return None
        return importlib.util.spec_from_loader(name, self, origin=f"{path[0]}/base.py")

    def get_filename(self, fullname: str) -> str:
        return f"{importlib.import_module('stream_framework.feed_managers').__path__[0]}/base.py"

    def get_data(self, path: str | bytes) -> bytes:
        return Path(str(path)).read_bytes().replace(_WORD.encode(), f"{_WORD}_".encode())


class StreamFramework(Contender):
    """Its feeds on the Redis at `where["redis"]` (a port of this machine)."""

    def __init__(self, world: World, where: dict[str, str]) -> None:
        super().__init__(world, where)
        config = {"host": "127.0.0.1", "port": int(where["redis"]), "db": 0, "password": None}
        # It would take its settings from Django, which shares the environment: without it, from its own module.
        sys.modules["django"] = None  # type: ignore[assignment]
        stream_settings = importlib.import_module("stream_framework.settings")
        stream_settings.STREAM_REDIS_CONFIG = {"default": config}  # type: ignore[attr-defined]
        sys.meta_path.insert(0, _Respelled())
        from bench.contenders import stream_framework_feeds

        self.feeds = stream_framework_feeds
        self._ids = {key: number for number, key in enumerate((*world.people, *world.quiet, *world.writers), start=1)}
        self._keys: dict[int, str] = {}
        self._written = 0

    def load(self, progress: Callable[[int], None]) -> None:
        """Make the homes, notifications and own feeds that are read; keep what acts are called."""
        kept = self.feeds.KEPT
        homes = [deque[Act](maxlen=kept) for _ in self.world.readers]
        concerned = {key: deque[Act](maxlen=kept) for key in self.world.named}
        own = {key: deque[Act](maxlen=kept) for key in (self.world.celebrity, self.world.lonely)}
        pages: dict[str, list[deque[Act]]] = {key: [page] for key, page in own.items()}
        for reader, page in zip(self.world.readers, homes, strict=True):
            for key in reader.followed:
                pages.setdefault(key, []).append(page)
        for seen, act in enumerate(self.world.acts(), start=1):
            for page in pages.get(act.actor, ()):
                page.append(act)
            for key in act.audience:
                if key in concerned and act.actor != key:
                    concerned[key].append(act)
            if seen % 10_000 == 0:
                progress(10_000)
        for at, page in enumerate(homes):
            self._fill(self.feeds.Home(at), page)
        for at, page in enumerate(concerned.values()):
            self._fill(self.feeds.Notices(at), page)
        for at, page in enumerate(own.values()):
            self._fill(self.feeds.Own(at), page)

    def size(self) -> int:
        """What the feeds that are read take; it keeps no others here."""
        return int(self.feeds.client().info()["used_memory"])

    def home(self, at: int) -> Iterable[str]:
        """The first page of a home."""
        return self._shown(self.feeds.Home(at)[:SIZE])

    def deep(self, at: int) -> Iterable[str]:
        """Page 25, by offset."""
        return self._shown(self.feeds.Home(at)[(DEEP - 1) * SIZE : DEEP * SIZE])

    def notices(self, at: int) -> Iterable[str]:
        """The first page of groups."""
        return [self._key(group.last_activity) for group in self.feeds.Notices(at)[:SIZE]]

    def profile(self, at: int) -> Iterable[str]:
        """What somebody did."""
        return self._shown(self.feeds.Own(at)[:SIZE])

    def write(self, at: int) -> Iterable[str]:
        """One act, put into the feeds of all followers: of nobody, of 200, of everybody."""
        count = (0, min(200, len(self.world.people)), len(self.world.people))[at]
        self._written += 1
        note, when = 9 * 10**9 + self._written, END.replace(tzinfo=None)
        activity = self.feeds.activity(self._ids[self.world.writers[at]], "create", note, when)
        self.feeds.Writing(count).add_user_activity(10**9 + at, activity)
        return []

    def _fill(self, feed: Any, acts: Iterable[Act]) -> None:
        made = [self._made(act) for act in acts]
        for first in range(0, len(made), _BATCH):
            chunk = made[first : first + _BATCH]
            feed.insert_activities(chunk)
            feed.add_many(chunk)

    def _made(self, act: Act) -> Any:
        note = self._ids.setdefault(act.object, len(self._ids) + 1)
        when = datetime.fromtimestamp(act.ms / 1000, UTC).replace(tzinfo=None)
        activity = self.feeds.activity(self._ids[act.actor], act.verb, note, when)
        self._keys[activity.serialization_id] = act.id
        return activity

    def _shown(self, activities: Iterable[Any]) -> list[str]:
        return [self._key(activity) for activity in activities]

    def _key(self, activity: Any) -> str:
        return self._keys.get(activity.serialization_id, "?")


if __name__ == "__main__":
    serve(StreamFramework)
