"""What the three formats ask of a document, written from their specifications for an independent validator."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree as ET

import feedparser
import jsonschema

_TEXT = {"type": "string", "minLength": 1}
_URL = {"type": "string", "pattern": r"^https?://[^\s]+$"}
_INSTANT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"}

_JSON_AUTHOR = {
    "type": "object",
    "properties": {"name": _TEXT, "url": _URL, "avatar": _URL},
    "additionalProperties": False,
    "minProperties": 1,
}

#: https://www.jsonfeed.org/version/1.1/
JSON_FEED = {
    "type": "object",
    "required": ["version", "title", "items"],
    "additionalProperties": False,
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        "title": _TEXT,
        "home_page_url": _URL,
        "feed_url": _URL,
        "description": {"type": "string"},
        "next_url": _URL,
        "icon": _URL,
        "authors": {"type": "array", "items": _JSON_AUTHOR},
        "language": {"type": "string", "pattern": "^[a-z]{2,3}(-[A-Za-z0-9]+)*$"},
        "expired": {"type": "boolean"},
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id"],
                "anyOf": [{"required": ["content_html"]}, {"required": ["content_text"]}],
                "additionalProperties": False,
                "properties": {
                    "id": _TEXT,
                    "url": _URL,
                    "external_url": _URL,
                    "title": _TEXT,
                    "content_html": _TEXT,
                    "content_text": _TEXT,
                    "summary": _TEXT,
                    "date_published": _INSTANT,
                    "date_modified": _INSTANT,
                    "authors": {"type": "array", "items": _JSON_AUTHOR, "minItems": 1},
                    "tags": {"type": "array", "items": _TEXT, "minItems": 1},
                },
            },
        },
    },
}

_PUBLIC = {"const": ["https://www.w3.org/ns/activitystreams#Public"]}
_NOTE = {
    "type": "object",
    "required": ["id", "type", "attributedTo", "content", "published", "url", "to"],
    "additionalProperties": False,
    "properties": {
        "@context": {"const": "https://www.w3.org/ns/activitystreams"},
        "id": _URL,
        "type": {"const": "Note"},
        "attributedTo": _URL,
        "content": _TEXT,
        "published": _INSTANT,
        "updated": _INSTANT,
        "url": _URL,
        "inReplyTo": _URL,
        "to": _PUBLIC,
        "tag": {
            "type": "array",
            "items": {
                "oneOf": [
                    {
                        "type": "object",
                        "required": ["type", "href", "name"],
                        "properties": {
                            "type": {"const": "Mention"},
                            "href": _URL,
                            "name": {"pattern": "^@[a-z0-9_]+$"},
                        },
                        "additionalProperties": False,
                    },
                    {
                        "type": "object",
                        "required": ["type", "id", "name"],
                        "properties": {"type": {"const": "Object"}, "id": _URL, "url": _URL, "name": _TEXT},
                        "additionalProperties": False,
                    },
                ]
            },
        },
    },
}
_THING = {
    "oneOf": [
        _URL,
        _NOTE,
        {
            "type": "object",
            "required": ["type", "name"],
            "properties": {"type": {"const": "Object"}, "id": _URL, "url": _URL, "name": _TEXT},
            "additionalProperties": False,
        },
    ]
}
#: Activities of the vocabulary that have an object (https://www.w3.org/TR/activitystreams-vocabulary/#activity-types).
_ACTIVITIES = (
    "Accept Add Announce Block Create Delete Dislike Flag Follow Ignore Invite Join Leave Like Listen Move Offer Read "
    "Reject Remove Undo Update View Activity"
)
_ACTIVITY = {
    "type": "object",
    "required": ["id", "type", "actor", "object", "published", "to"],
    "additionalProperties": False,
    "properties": {
        "@context": {"const": "https://www.w3.org/ns/activitystreams"},
        "id": _URL,
        "type": {"enum": _ACTIVITIES.split()},
        "actor": _THING,
        "object": _THING,
        "target": _THING,
        "origin": _THING,
        "summary": _TEXT,
        "published": _INSTANT,
        "to": _PUBLIC,
    },
    "if": {"properties": {"type": {"const": "Create"}}},
    "then": {"properties": {"object": _NOTE}},
}
_PAGE = {
    "type": "object",
    "required": ["@context", "id", "type", "partOf", "orderedItems"],
    "additionalProperties": False,
    "properties": {
        "@context": {"const": "https://www.w3.org/ns/activitystreams"},
        "id": _URL,
        "type": {"const": "OrderedCollectionPage"},
        "partOf": _URL,
        "next": _URL,
        "prev": _URL,
        "orderedItems": {"type": "array", "items": _ACTIVITY},
    },
}
_COLLECTION = {
    "type": "object",
    "required": ["@context", "id", "type", "first"],
    "additionalProperties": False,
    "properties": {
        "@context": {"const": "https://www.w3.org/ns/activitystreams"},
        "id": _URL,
        "type": {"const": "OrderedCollection"},
        "name": _TEXT,
        "first": _URL,
    },
}
_PERSON = {
    "type": "object",
    "required": ["@context", "id", "type", "name", "preferredUsername", "url", "outbox"],
    "additionalProperties": False,
    "properties": {
        "@context": {"const": "https://www.w3.org/ns/activitystreams"},
        "id": _URL,
        "type": {"const": "Person"},
        "name": _TEXT,
        "preferredUsername": _TEXT,
        "summary": _TEXT,
        "url": _URL,
        "published": _INSTANT,
        "outbox": _URL,
    },
}
_BY_TYPE = {
    "OrderedCollection": _COLLECTION,
    "OrderedCollectionPage": _PAGE,
    "Person": _PERSON,
    "Note": _NOTE,
}


def check_json_feed(document: dict[str, Any]) -> None:
    """Raise where a document is no JSON Feed 1.1."""
    jsonschema.Draft202012Validator(JSON_FEED).validate(document)
    ids = [item["id"] for item in document["items"]]
    assert len(ids) == len(set(ids))


def check_activity(document: dict[str, Any]) -> None:
    """Raise where a document is not what ActivityStreams 2.0 says of its type."""
    schema = _BY_TYPE.get(document["type"], _ACTIVITY)
    jsonschema.Draft202012Validator(schema).validate(document)
    assert document["@context"] == "https://www.w3.org/ns/activitystreams"


_ATOM = "{http://www.w3.org/2005/Atom}"
_ONCE = {
    "feed": ("id", "title", "updated"),
    "entry": ("id", "title", "updated", "published", "content"),
}
_KNOWN = {
    "feed": {"id", "title", "updated", "link", "author", "entry"},
    "entry": {"id", "title", "updated", "published", "content", "link", "author", "category"},
}


def check_atom(body: bytes) -> Any:
    """Raise where a document is no Atom feed: by feedparser, and by the rules of RFC 4287, section 4; returns what
    feedparser made of it."""
    feed = ET.fromstring(body)
    assert feed.tag == f"{_ATOM}feed"
    _check_element(feed, "feed")
    ids = []
    for entry in feed.findall(f"{_ATOM}entry"):
        _check_element(entry, "entry")
        ids.append(entry.findtext(f"{_ATOM}id"))
        content = entry.find(f"{_ATOM}content")
        assert content is not None
        assert content.get("type") == "html"
        assert len(content) == 0, "HTML in Atom is text that is escaped"
        assert len(entry.findall(f"{_ATOM}author")) == 1
    assert len(ids) == len(set(ids))
    parsed = feedparser.parse(body)
    assert not parsed.bozo, parsed.get("bozo_exception")
    assert parsed.version == "atom10"
    return parsed


def _check_element(element: ET.Element, kind: str) -> None:
    for name in _ONCE[kind]:
        found = element.findall(_ATOM + name)
        assert len(found) == 1, f"{kind}: {name} {len(found)} times"
        assert (found[0].text or "").strip(), f"{kind}: {name} is empty"
    own = {child.tag.removeprefix(_ATOM) for child in element if child.tag.startswith(_ATOM)}
    assert own <= _KNOWN[kind]
    for name in ("updated", "published"):
        said = element.findtext(_ATOM + name)
        assert said is None or re.fullmatch(_INSTANT["pattern"], said)
    links = [(link.get("rel"), link.get("type")) for link in element.findall(f"{_ATOM}link")]
    assert len(links) == len(set(links)), "one link for each relation and type (4.1.1)"
    assert all(link.get("href", "").startswith("http") for link in element.findall(f"{_ATOM}link"))
    assert all(author.findtext(f"{_ATOM}name") for author in element.findall(f"{_ATOM}author"))
