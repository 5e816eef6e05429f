"""Rows of the record as documents of the index, and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from feedsite.feeds.names import digest
from feedsite.feeds.order import position_ms
from feedsite.feeds.vectors import unit

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


def act_name(act_id: str) -> str:
    """The `_id` of an act's document."""
    return digest("act", act_id)


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
