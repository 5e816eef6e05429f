"""An act as the index or the record gives it, with the keys that rules are about; it becomes an `Item` when shown."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from feedsite.feeds.names import Entity
from feedsite.feeds.order import OrderKey, position_ms
from feedsite.feeds.page import Item
from feedsite.feeds.query import Facet, FeedQuery


@dataclass(frozen=True, eq=False, slots=True)
class Act:
    """One act.

    Args:
        key: its place in every feed.
        verb, actor, object, target, origin, visibility, gate: as stored; entities by their keys.
        touches, audience, words: what rules look into.
        notice, lone: the keys of its notification group, where its verb is grouped and where it is not.
        newness: the order key that a reader's marker is compared with.
        hidden: whether it is marked: somebody whom the site mutes did it, or it touches them.
        early: whether it was stored before its own instant.
        body: what else was written.
    """

    key: OrderKey
    verb: str
    actor: str
    object: str
    target: str | None
    origin: str | None
    visibility: str
    gate: str
    touches: tuple[str, ...]
    audience: tuple[str, ...]
    words: tuple[str, ...]
    notice: str
    lone: str
    newness: OrderKey
    hidden: bool
    early: bool
    body: Mapping[str, Any]

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Act:
        """The act of a document's source, or of a row of the record's table of acts."""
        key = OrderKey(stored["position"], stored["id"])
        target, origin, first_id = stored.get("target"), stored.get("origin"), stored.get("first_id")
        body = json.loads(stored["body"]) if stored.get("body") else {}
        ends = (stored["object"], target, origin, *body.get("about", ()))
        return cls(
            key=key,
            verb=stored["verb"],
            actor=stored["actor"],
            object=stored["object"],
            target=target,
            origin=origin,
            visibility=stored["visibility"],
            gate=stored["gate"],
            touches=tuple(dict.fromkeys(end for end in ends if end is not None)),
            audience=tuple(body.get("audience", ())),
            words=tuple(body.get("words", ())),
            notice=stored["notice"],
            lone=stored["lone"],
            newness=OrderKey(stored["first_position"], first_id) if first_id else key,
            hidden=bool(stored["hidden"]),
            early=stored["early"] if "early" in stored else position_ms(key.position) > stored["arrived"],
            body=body,
        )

    def value(self, facet: Facet, ungrouped: tuple[str, ...]) -> str | None:
        """The act's value of a facet; `TOUCHED` has many, see `touches`."""
        if facet is Facet.NOTICE:
            return self.lone if self.verb in ungrouped else self.notice
        found: str | None = getattr(self, facet.value)
        return found

    def item(self, query: FeedQuery) -> Item:
        """The act as a page shows it."""
        return Item(
            key=self.key,
            verb=self.verb,
            actor=Entity.from_key(self.actor),
            object=Entity.from_key(self.object),
            target=Entity.from_key(self.target) if self.target else None,
            origin=Entity.from_key(self.origin) if self.origin else None,
            about=tuple(map(Entity.from_key, self.body.get("about", ()))),
            audience=tuple(map(Entity.from_key, self.audience)),
            visibility=self.visibility,
            gate=Entity.from_key(self.gate),
            words=self.words,
            vector=tuple(self.body["vector"]) if self.body.get("vector") else None,
            extras=self.body.get("extras", {}),
            extra=self.body.get("extra"),
            first=self.newness if self.newness != self.key else None,
            notice=self.lone if self.verb in query.ungrouped else self.notice,
        )
