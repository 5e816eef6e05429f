"""The manager's methods for the network: follow, watch, mute, block, and who is linked to whom."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict, Unpack

from feedsite.feeds.errors import InvalidCursor, InvalidLink, InvalidQuery
from feedsite.feeds.names import Entity, checked_id, checked_name, entity_of
from feedsite.feeds.network import KINDS, Link, checked_verbs, checked_weight, link, verbs_text
from feedsite.feeds.order import instant
from feedsite.feeds.stores.base import FeedStore, LinkEdge, LinkRow

_MAX_PAGE = 1000


@dataclass(frozen=True)
class LinkPage:
    """A page of links, newest first, and a cursor to the next one (None on the last)."""

    links: tuple[LinkRow, ...]
    next: str | None


class LinkOptions(TypedDict, total=False):
    """What else a link may have.

    verbs: it is about acts of these verbs only. until: it ends then (aware). weight: finite, above 0. extra: a JSON
    object, returned as given.
    """

    verbs: Iterable[str]
    until: datetime | None
    weight: float
    extra: dict[str, Any] | None


class LinkMethods:
    """What a manager does with links. Each change returns whether something changed; doing it twice is harmless."""

    store: FeedStore

    def follow(
        self,
        actor_id: object,
        following: object,
        linked: datetime | None = None,
        activity_type: str = "person",
        **more: Unpack[LinkOptions],
    ) -> bool:
        """Let `actor_id` follow what `following` does.

        Args:
            actor_id: who follows: a person's id or an Entity.
            following: whom: an id of `activity_type`, or an Entity.
            linked: since when (aware; now unless given).
            activity_type: the type of what is followed.
            more: see LinkOptions. A link that stands keeps its since and weight, whatever is said here.

        Returns:
            Whether something changed.
        """
        return self._add(link(actor_id, "follow", _end(following, activity_type, "following"), since=linked, **more))

    def un_follow(self, actor_id: object, following: object, activity_type: str = "person") -> bool:
        """Stop following, whatever the verbs of the link were; returns whether there was one."""
        return self._remove(actor_id, "follow", _end(following, activity_type, "following"))

    def watch(
        self,
        actor_id: object,
        watch_id: object,
        watch_type: str,
        linked: datetime | None = None,
        **more: Unpack[LinkOptions],
    ) -> bool:
        """Let `actor_id` watch what happens to a thing: acts that touch it as object, target, origin or about.

        Args:
            actor_id: who watches: a person's id or an Entity.
            watch_id: what: an id of `watch_type`, or an Entity.
            watch_type: the type of what is watched.
            linked: since when (aware; now unless given).
            more: see LinkOptions.
        """
        return self._add(link(actor_id, "watch", _end(watch_id, watch_type, "watch_id"), since=linked, **more))

    def un_watch(self, actor_id: object, watch_id: object, watch_type: str) -> bool:
        """Stop watching, whatever the verbs of the link were; returns whether there was one."""
        return self._remove(actor_id, "watch", _end(watch_id, watch_type, "watch_id"))

    def mute(self, reader: object, entity: object, *, until: datetime | None = None, verbs: Iterable[str] = ()) -> bool:
        """Subtract from a reader's feeds what an entity does and what touches it.

        Args:
            reader: a person, or Entity("site", "all") for everybody.
            entity: a person's id, an Entity, or Entity("word", token) for acts with that token.
            until: when it ends (aware); None: never.
            verbs: only acts of these verbs; empty: all.
        """
        return self._add(link(reader, "mute", entity, until=until, verbs=verbs))

    def un_mute(self, reader: object, entity: object, *, verbs: Iterable[str] | None = None) -> bool:
        """Take a mute back (with `verbs` None: whatever its verbs were)."""
        return self._remove(reader, "mute", entity_of(entity, "entity"), verbs)

    def block(
        self, reader: object, entity: object, *, until: datetime | None = None, verbs: Iterable[str] = ()
    ) -> bool:
        """Subtract in both directions: neither sees what the other does or what touches the other.

        Args: see `mute`.
        """
        return self._add(link(reader, "block", entity, until=until, verbs=verbs))

    def un_block(self, reader: object, entity: object, *, verbs: Iterable[str] | None = None) -> bool:
        """Take a block back (with `verbs` None: whatever its verbs were)."""
        return self._remove(reader, "block", entity_of(entity, "entity"), verbs)

    def limit(self, entity: object, *, until: datetime | None = None, verbs: Iterable[str] = ()) -> bool:
        """Leave an entity to its followers, on everybody's pages: what it does, and what touches it.

        Args: see `mute`.
        """
        return self._add(link(Entity("site", "all"), "limit", entity, until=until, verbs=verbs))

    def un_limit(self, entity: object, *, verbs: Iterable[str] | None = None) -> bool:
        """Take a limit back (with `verbs` None: whatever its verbs were)."""
        return self._remove(Entity("site", "all"), "limit", entity_of(entity, "entity"), verbs)

    def set_weight(self, actor_id: object, entity: object, weight: float, *, kind: str = "follow") -> bool:
        """Change the weight of a link (finite, above 0); returns whether there is one."""
        ends = (entity_of(actor_id, "actor_id"), _kind(kind), entity_of(entity, "entity"), checked_weight(weight))
        with self.store.writing() as writer:
            return writer.set_weight(*ends)

    def add_network_link(self, link_object: Link) -> bool:
        """Store a link of any kind."""
        return self._add(checked_link(link_object))

    def remove_network_link(self, link_object: Link) -> bool:
        """Remove a link of any kind."""
        gone = checked_link(link_object)
        return self._remove(gone.follower, gone.link_type, gone.entity, gone.verbs)

    def link_network_exists(self, link_object: Link) -> bool:
        """Whether a link between the two, of that kind and for those verbs, stands."""
        asked = checked_link(link_object)
        found = self._links(follower=asked.follower, kinds=(asked.link_type,), entity=asked.entity)
        return any(row.verbs == asked.verbs for row in found)

    def get_network(self, actor_id: object) -> list[dict[str, Any]]:
        """Every link that somebody holds, newest first, as plain dicts."""
        return [_as_dict(row) for row in self._links(follower=entity_of(actor_id, "actor_id"), kinds=KINDS)]

    def linked(self, actor_id: object, entities: Iterable[object], *, kinds: Sequence[str] = KINDS) -> list[LinkRow]:
        """The links that somebody holds to any of these entities."""
        ends = [entity_of(entity, "entities").key for entity in entities]
        if not ends:
            return []
        return self._links(follower=entity_of(actor_id, "actor_id"), kinds=kinds, entities=ends)

    def following(
        self, actor_id: object, *, kinds: Sequence[str] = ("follow",), cursor: str | None = None, size: int = 50
    ) -> LinkPage:
        """What somebody follows, newest link first, in pages; without the link to oneself."""
        who = entity_of(actor_id, "actor_id")
        return self._page(cursor, size, "entity", follower=who, kinds=tuple(map(_kind, kinds)))

    def followers(
        self, entity: object, *, kinds: Sequence[str] = ("follow",), cursor: str | None = None, size: int = 50
    ) -> LinkPage:
        """Who follows an entity, newest link first, in pages; without the link to oneself."""
        end = entity_of(entity, "entity")
        return self._page(cursor, size, "follower", entity=end, kinds=tuple(map(_kind, kinds)))

    def count_followers(self, entity: object, *, kinds: Sequence[str] = ("follow",)) -> int:
        """How many others follow an entity."""
        end, of = entity_of(entity, "entity"), tuple(map(_kind, kinds))
        return self.store.read(lambda reader: reader.count_links(end, of, reader.now()))

    def count_following(self, actor_id: object, *, kinds: Sequence[str] = ("follow",)) -> int:
        """How many others somebody follows."""
        who, of = entity_of(actor_id, "actor_id"), tuple(map(_kind, kinds))
        return self.store.read(lambda reader: reader.count_held(who, of, reader.now()))

    def _add(self, made: Link) -> bool:
        with self.store.writing() as writer:
            return writer.link([made])[0]

    def _remove(self, holder: object, kind: str, entity: Entity, verbs: Iterable[str] | None = None) -> bool:
        kept = None if verbs is None else checked_verbs(verbs)
        with self.store.writing() as writer:
            return writer.unlink(entity_of(holder, "actor_id"), kind, entity, kept)

    def _links(self, **asked: Any) -> list[LinkRow]:
        return self.store.read(lambda reader: reader.links(as_of=reader.now(), **asked))

    def _page(self, cursor: str | None, size: int, other: str, **asked: Any) -> LinkPage:
        if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= _MAX_PAGE:
            raise InvalidQuery(field="size", value=size, rule=f"a whole number from 1 to {_MAX_PAGE}")
        rows = self._links(
            before=None if cursor is None else _decoded(cursor), size=size + 1, others_only=True, **asked
        )
        page = rows[:size]
        if len(rows) <= size:
            return LinkPage(tuple(page), None)
        last = page[-1]
        edge = LinkEdge(last.since, getattr(last, other).key, last.kind, verbs_text(last.verbs))
        return LinkPage(tuple(page), _encoded(edge))


def _end(identifier: object, kind: str, field: str) -> Entity:
    if isinstance(identifier, str):
        return Entity(checked_name(kind, "activity_type"), checked_id(identifier, field))
    return entity_of(identifier, field)


def _kind(kind: str) -> str:
    if kind not in KINDS:
        raise InvalidQuery(field="kind", value=kind, rule="one of " + ", ".join(KINDS))
    return kind


def checked_link(value: object) -> Link:
    """`value` as a Link; raises InvalidLink otherwise."""
    if not isinstance(value, Link):
        raise InvalidLink(field="link_object", value=value, rule="a Link")
    return value


def _encoded(edge: LinkEdge) -> str:
    # No key, kind or verb has a space in it.
    return base64.urlsafe_b64encode(" ".join(map(str, edge)).encode()).decode().rstrip("=")


def _decoded(cursor: str) -> LinkEdge:
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        since, key, kind, verbs = raw.decode().split(" ")
        if not -(2**62) < int(since) < 2**62 or "\x00" in raw.decode() or ":" not in key:
            raise ValueError("bounds")
        return LinkEdge(int(since), key, kind, verbs)
    except (ValueError, binascii.Error, TypeError) as error:
        raise InvalidCursor(field="cursor", value=cursor, rule="a cursor of this list, unchanged") from error


def _as_dict(row: LinkRow) -> dict[str, Any]:
    side = "object" if row.kind == "watch" else "actor"
    made: dict[str, Any] = {
        "actor_id": row.follower.id,
        "linked": instant(row.since).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "linked_activity": {"activity_id": row.entity.id, "activity_class": side, "activity_type": row.entity.type},
        "link_type": row.kind,
        "link_weight": row.weight,
    }
    if row.extra is not None:
        made["extra"] = row.extra
    if row.verbs:
        made["verbs"] = list(row.verbs)
    if row.until is not None:
        made["until"] = instant(row.until).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return made
