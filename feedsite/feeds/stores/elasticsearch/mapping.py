"""What indexes of acts, links and bounds look like: strict mappings and the settings that make pages cheap."""

from __future__ import annotations

from typing import Any

_KEYWORD = {"type": "keyword"}
_LONG = {"type": "long"}
_BOOLEAN = {"type": "boolean"}
# Kept in the source only: never searched, never counted.
_STORED = {"type": "keyword", "index": False, "doc_values": False}

ACTS: dict[str, Any] = {
    "position": _LONG,
    "id": _KEYWORD,
    "published": _LONG,
    "verb": _KEYWORD,
    "actor": _KEYWORD,
    "object": _KEYWORD,
    "target": _KEYWORD,
    "origin": _KEYWORD,
    "touches": _KEYWORD,
    "audience": _KEYWORD,
    "words": _KEYWORD,
    "visibility": _KEYWORD,
    "gate": _KEYWORD,
    "notice": _KEYWORD,
    "lone": _KEYWORD,
    "first_position": _LONG,
    "first_id": _KEYWORD,
    "hidden": _BOOLEAN,
    "early": _BOOLEAN,
    "deleted": _BOOLEAN,
    "body": _STORED,
}
"""The fields of an act. `early`: stored before its own instant; `first_…`: its first generation, or itself."""

LINKS: dict[str, Any] = {
    "follower": _KEYWORD,
    "kind": _KEYWORD,
    "entity": _KEYWORD,
    "verbs": _KEYWORD,
    "since": _LONG,
    "until": _LONG,
    "weight": {"type": "double"},
    "deleted": _BOOLEAN,
    "extra": _STORED,
}
"""The fields of a link."""

BOUNDS: dict[str, Any] = {"key": _KEYWORD, "newest": _LONG}
"""The fields of a bound: of whom or what, and no earlier than the newest of its acts, in milliseconds."""

_SETTINGS: dict[str, Any] = {
    "number_of_shards": 1,
    # A copy where there is a second node, none where there is not: green on one node and on three.
    "auto_expand_replicas": "0-1",
    # Said explicitly: an index that leaves it to the default stops refreshing while nobody searches.
    "refresh_interval": "1s",
}


def acts_index(generation: str, vector_dims: int = 0) -> dict[str, Any]:
    """Settings and mapping of an index of acts, sorted as every feed is: newest first.

    Args:
        generation: its id.
        vector_dims: how many numbers the vectors of acts have; 0: none are kept.
    """
    sort = {"field": ["position", "id"], "order": ["desc", "desc"]}
    properties = {**ACTS, "vector": _vector(vector_dims)} if vector_dims else ACTS
    return _index({**_SETTINGS, "sort": sort}, properties, generation)


def _vector(dims: int) -> dict[str, Any]:
    """Vectors of length 1, each compared with: a graph of them would be quicker, and miss some."""
    return {
        "type": "dense_vector",
        "dims": dims,
        "index": True,
        "similarity": "cosine",
        "index_options": {"type": "flat"},
    }


def links_index(generation: str) -> dict[str, Any]:
    """Settings and mapping of an index of links."""
    return _index(_SETTINGS, LINKS, generation)


def bounds_index(generation: str) -> dict[str, Any]:
    """Settings and mapping of an index of bounds."""
    return _index(_SETTINGS, BOUNDS, generation)


def _index(settings: dict[str, Any], properties: dict[str, Any], generation: str) -> dict[str, Any]:
    mapping = {"dynamic": "strict", "_meta": {"generation": generation}, "properties": properties}
    return {"settings": {"index": settings}, "mappings": mapping}
