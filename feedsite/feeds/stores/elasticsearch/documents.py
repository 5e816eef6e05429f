"""Rows of the record as documents of the index, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from feedsite.feeds.names import digest
from feedsite.feeds.order import position_ms
from feedsite.feeds.vectors import unit

DOES, TOUCHED = "does", "touched"
_ENDS = ("object", "target", "origin")
ACT_SOURCE = (
    "position",
    "id",
    "verb",
    "actor",
    "object",
    "target",
    "origin",
    "visibility",
    "gate",
    "notice",
    "lone",
    "first_position",
    "first_id",
    "hidden",
    "early",
    "body",
)
"""What a page needs of an act's document."""


def bound_key(role: str, entity: str) -> str:
    """The key of a bound: of what an entity does (`DOES`), or of what touches it (`TOUCHED`)."""
    return f"{role} {entity}"


def bounded(key: str) -> str:
    """The key of the entity whose bound has this key."""
    return key.partition(" ")[2]


def act_name(act_id: str) -> str:
    """The `_id` of an act's document."""
    return digest("act", act_id)


def bound_name(key: str) -> str:
    """The `_id` of a bound's document."""
    return digest("bound", key)


def bound_document(key: str, ms: int) -> dict[str, Any]:
    """The document of a bound: that of an entity's newest act, or what touches it."""
    return {"key": key, "newest": ms}


def bounds_of(row: Mapping[str, Any]) -> tuple[int, list[str]]:
    """What an act's row bounds: the least that its entities' bounds must be, and their keys.

    A bound may be too high, never too low. It is a version too, and those are not negative: what is older than 1970
    bounds as if it were of then.

    Args:
        row: the columns of the record's table of acts.
    """
    if row["deleted"]:
        return 0, []
    body = json.loads(row["body"]) if row["body"] else {}
    ends = [row[name] for name in _ENDS if row[name] is not None]
    touched = dict.fromkeys([*ends, *body.get("about", ())])
    keys = [bound_key(DOES, row["actor"]), *(bound_key(TOUCHED, end) for end in touched)]
    return max(position_ms(row["position"]), 0), keys


def act_document(row: Mapping[str, Any], vector_dims: int = 0) -> dict[str, Any]:
    """The document of an act's row; of a deleted one only its key stays, which keeps its version known.

    Args:
        row: the columns of the record's table of acts.
        vector_dims: how many numbers a vector has that the index keeps; 0: it keeps none.
    """
    key = {"position": row["position"], "id": row["id"]}
    if row["deleted"]:
        return {**key, "deleted": True}
    body = json.loads(row["body"]) if row["body"] else {}
    ends = {name: row[name] for name in _ENDS if row[name] is not None}
    document = {
        **key,
        "published": position_ms(row["position"]),
        "verb": row["verb"],
        "actor": row["actor"],
        **ends,
        "touches": list(dict.fromkeys([*ends.values(), *body.get("about", ())])),
        "audience": body.get("audience", []),
        "words": body.get("words", []),
        "visibility": row["visibility"],
        "gate": row["gate"],
        "notice": row["notice"],
        "lone": row["lone"],
        "first_position": row["position"] if row["first_id"] is None else row["first_position"],
        "first_id": row["first_id"] or row["id"],
        "hidden": bool(row["hidden"]),
        "early": position_ms(row["position"]) > row["arrived"],
        "deleted": False,
    }
    if row["body"]:
        document["body"] = row["body"]
    vector = body.get("vector")
    # One of another length, or without direction, is in no feed of what is near: the index need not know it.
    if vector_dims and vector and len(vector) == vector_dims and (direction := unit(vector)) is not None:
        document["vector"] = list(direction)
    return document


def link_document(row: Mapping[str, Any]) -> dict[str, Any]:
    """The document of a link's row; of a removed one only its key stays.

    Args:
        row: the columns of the record's table of links.
    """
    key = {name: row[name] for name in ("follower", "kind", "entity", "verbs")}
    if row["deleted"]:
        return {**key, "deleted": True}
    document = {**key, "since": row["since"], "weight": row["weight"], "deleted": False}
    for name in ("until", "extra"):
        if row[name] is not None:
            document[name] = row[name]
    return document
