"""ActivityStreams 2.0 (https://www.w3.org/TR/activitystreams-core/, -vocabulary/): acts, notes and people as objects.

Read only: there is no inbox, and nothing is signed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from feedsite.accounts.models import Person
from feedsite.feeds import Entity, Item
from feedsite.feedsout.addresses import Addresses
from feedsite.feedsout.entries import EntryWriter, clean
from feedsite.feedsout.material import Material
from feedsite.posts.models import Note
from feedsite.posts.rendering import render
from feedsite.posts.text import normalised

CONTEXT = "https://www.w3.org/ns/activitystreams"
PUBLIC = f"{CONTEXT}#Public"
CONTENT_TYPE = "application/activity+json"

#: The vocabulary's activities that have an object, by our verbs; what is not here is a plain Activity with a summary.
_TYPES: Mapping[str, str] = {
    verb: "Create" if verb == "reply" else verb.capitalize()
    for verb in (
        *("accept", "add", "announce", "block", "create", "delete", "dislike", "flag", "follow", "ignore", "invite"),
        *("join", "leave", "like", "listen", "move", "offer", "read", "reject", "remove", "reply", "undo", "update"),
        "view",
    )
}

Thing = dict[str, Any]


def written(thing: Thing) -> bytes:
    """A document of a thing."""
    return json.dumps({"@context": CONTEXT, **thing}, ensure_ascii=False).encode()


class ActivityWriter:
    """Makes the things of a page, for a reader who is not signed in. No statement.

    Args:
        request: for addresses.
        material: the page.
    """

    def __init__(self, request: Any, material: Material) -> None:
        self._request, self._material, self._addresses = request, material, Addresses(request)
        self._entries = EntryWriter(request, material)

    def acts(self) -> list[Thing]:
        """The page's acts."""
        return [self.act(item) for item in self._material.items()]

    def act(self, item: Item) -> Thing:
        """An act; what is written is in it, everything else is named. A reply is a Create of a note that answers."""
        kind = _TYPES.get(item.verb, "Activity")
        made: Thing = {
            "id": self._addresses.act(item.id),
            "type": kind,
            "actor": self._addresses.person(item.actor.id) if item.actor.type == "person" else self._thing(item.actor),
            "published": _instant(item.published),
            "to": [PUBLIC],
            "object": self._object(item, inside=kind == "Create"),
        }
        if kind == "Activity":
            made["summary"] = clean(str(self._entries.sentence(item)))
        if item.target is not None and item.verb != "reply":
            made["target"] = self._thing(item.target, item.extras.get("target"))
        if item.origin is not None:
            made["origin"] = self._thing(item.origin, item.extras.get("origin"))
        return made

    def note(self, note: Note) -> Thing:
        """A note as an object."""
        made: Thing = {
            "id": self._addresses.note(note.id),
            "type": "Note",
            "attributedTo": self._addresses.person(note.author_id),
            "content": str(self._entries.note_html(note)),
            "published": _instant(note.created),
            "url": self._entries.url_of(note),
            "to": [PUBLIC],
            "tag": self._mentions(note),
        }
        if note.edited is not None:
            made["updated"] = _instant(note.edited)
        if note.in_reply_to is not None:
            made["inReplyTo"] = self._addresses.note(note.in_reply_to)
        return made

    def _object(self, item: Item, *, inside: bool) -> object:
        note = self._material.notes.get(item.object.key)
        if inside and note is not None and note.author.key in self._material.people:
            return self.note(note)
        return self._thing(item.object, item.extras.get("object"))

    def _thing(self, entity: Entity, extra: Mapping[str, Any] | None = None) -> object:
        """A thing by its id, where it has a document; or by its name."""
        if entity.type == "person":
            return self._addresses.person(entity.id)
        if entity.type == "note":
            return self._addresses.note(entity.id)
        if entity.type == "tag":
            page = self._addresses.page("timelines.tag", tag=entity.id)
            return {"type": "Object", "id": page, "url": page, "name": clean(f"#{entity.id}")}
        name = (extra or {}).get("name")
        page = self._addresses.page("timelines.thing", type=entity.type, id=entity.id)
        return {
            "type": "Object",
            **({} if "/" in entity.id else {"id": page, "url": page}),
            "name": clean(name if isinstance(name, str) and name else f"{entity.type} {entity.id}"),
        }

    def _mentions(self, note: Note) -> list[Thing]:
        people = [(handle, self._material.people.get(f"person:{one}")) for handle, one in note.mentions.items()]
        mentions = [
            {"type": "Mention", "href": self._addresses.person(person.id), "name": f"@{person.handle}"}
            for _handle, person in people
            if person is not None
        ]
        tags = [(tag, self._addresses.page("timelines.tag", tag=tag)) for tag in note.tags]
        return mentions + [{"type": "Object", "id": page, "url": page, "name": f"#{tag}"} for tag, page in tags]


def person_thing(request: Any, person: Person, outbox: str) -> Thing:
    """Somebody as an actor.

    Args:
        outbox: the address of what they did.
    """
    addresses = Addresses(request)
    made: Thing = {
        "id": addresses.person(person.id),
        "type": "Person",
        "preferredUsername": person.handle,
        "name": clean(person.name),
        "url": addresses.page("timelines.profile", handle=person.handle),
        "published": _instant(person.created),
        "outbox": outbox,
    }
    if bio := normalised(person.bio):
        html = render(bio, mentions={}, tag_url=lambda tag: addresses.page("timelines.tag", tag=tag))
        made["summary"] = str(html)
    return made


def _instant(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
