"""What is written to the feed engine about a note: one act for writing it, one for each like and each share.

An act about a note is readable by whom the note is: it has the note's visibility and gate.
"""

from __future__ import annotations

from datetime import datetime

from feedsite.feeds import Activity, Actor, Entity, Link, Object, Target
from feedsite.feeds.network import link
from feedsite.posts import text
from feedsite.posts.models import Note

LIKE, REPLY, SHARE = "like", "reply", "announce"
#: What somebody hears of who watches a thread or a tag: what is written there, not who likes it.
WATCHED_VERBS = ("create", REPLY)
#: The engine's words for our visibilities.
_VISIBILITY = {"public": "public", "followers": "followers", "mentioned": "audience"}


def writing_of(note: Note, answered: Note | None = None, *, published: datetime | None = None) -> Activity:
    """The act of writing a note: `create`, or `reply` with the answered note as its target.

    Args:
        note: with its tags and mentions.
        answered: the note that it answers; None: it answers none, or one that is gone with its author.
        published: when; None: now, by the store's clock.
    """
    about, audience = [note.author], [Entity("person", person_id) for person_id in note.mentions.values()]
    if note.is_reply:
        about.append(note.root)
    if answered is not None:
        about.append(answered.author)
        audience.append(answered.author)
    about += [Entity("tag", tag) for tag in note.tags]
    return Activity(
        REPLY if note.is_reply else "create",
        Actor(note.author_id),
        Object(note.id, "note"),
        published,
        activity_target=None if answered is None else Target(answered.id, "note"),
        id=note.act_id,
        about=tuple(about),
        audience=_others(note.author, audience),
        visibility=_VISIBILITY[note.visibility],
        gate=Entity("person", note.gate_id),
        words=text.words(note.text),
    )


def shares_of(person_id: str) -> Entity:
    """All that somebody shares, as a thing of its own: who mutes it sees their shares no more, and all else of them."""
    return Entity("shares", person_id)


def reaction_to(note: Note, verb: str, person_id: str, *, published: datetime | None = None) -> Activity:
    """The act of liking or sharing a note, for `Manager.perform`.

    Args:
        verb: `LIKE` or `SHARE`.
        person_id: who does it.
        published: when; None: now, by the store's clock.
    """
    return Activity(
        verb,
        Actor(person_id),
        Object(note.id, "note"),
        published,
        about=(
            note.author,
            note.root,
            *((shares_of(person_id),) if verb == SHARE else ()),
            *(Entity("tag", tag) for tag in note.tags),
        ),
        audience=_others(Entity("person", person_id), [note.author]),
        visibility=_VISIBILITY[note.visibility],
        gate=Entity("person", note.gate_id),
    )


def watching(person_id: str, thing: Entity, since: datetime | None = None) -> Link:
    """The link of somebody who watches a thread (its first note), a tag or anything else; since now, unless `since`
    says when. Of a thread and a tag it brings what is written there, of other things all that happens to them."""
    verbs = WATCHED_VERBS if thing.type in ("note", "tag") else ()
    return link(Entity("person", person_id), "watch", thing, since=since, verbs=verbs)


def _others(actor: Entity, people: list[Entity]) -> tuple[Entity, ...]:
    return tuple(dict.fromkeys(person for person in people if person != actor))
