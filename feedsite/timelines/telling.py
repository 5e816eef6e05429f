"""Acts in words: who did what, alone and together, and why a reader sees it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from babel.numbers import format_decimal
from markupsafe import Markup
from pyramid.i18n import TranslationStringFactory

from feedsite.feeds import Because, Entity, Group, Item
from feedsite.timelines.verbs import Verb, Verbs, verbs_of
from feedsite.web.presenting import NoteView, PersonView
from feedsite.web.wording import fill

_ = TranslationStringFactory("feedsite")

_LINK = Markup('<a class="name" href="{}">{}</a>')
_TAG_PATH = re.compile(r"\w{1,64}")
_REASONS_SHOWN = 2


class Teller:
    """Makes the sentences of a page.

    Args:
        request: for the reader, their language, and addresses.
        people: the people of the page, by key.
        notes: the notes of the page that the reader may see, by key.
    """

    def __init__(self, request: Any, people: Mapping[str, PersonView], notes: Mapping[str, NoteView]) -> None:
        self._request, self._people, self._notes = request, people, notes
        self._verbs: Verbs = verbs_of(request.registry)
        self._me: Entity | None = None if request.identity is None else request.identity.entity

    def verb(self, name: str) -> Verb:
        """What the site knows of a verb."""
        return self._verbs[name]

    def sentence(self, item: Item) -> Markup:
        """Who did what, with links."""
        relation, parts = self._relation(item)
        said = self._verbs[item.verb].said(*relation)
        return self._filled(item, said.one, {"actor": self._name(item.actor), **parts})

    def together(self, group: Group, everybody_url: str) -> Markup:
        """What a notification group's actors did: "Ana, Bo and 3 others liked your note".

        Args:
            everybody_url: where all of them are listed.
        """
        item, count = group.item, group.actor_count
        relation, parts = self._relation(item)
        said = self._verbs[item.verb].said(*relation)
        named = [actor for actor in group.actors if actor.key in self._people][:2]
        if count < 2 or len(named) < 2 or not said.two:
            return self._filled(item, said.one, {"actor": self._name(item.actor), **parts})
        parts |= {"actor": self._name(named[0]), "second": self._name(named[1])}
        if count == 2 or not all(said.more):
            return self._filled(item, said.two, parts)
        others = count - 2
        parts |= {
            "count": format_decimal(others, locale=self._request.locale_name),
            "open": Markup('<a href="{}">').format(everybody_url),
            "close": Markup("</a>"),
        }
        return self._filled(item, self._request.localizer.pluralize(*said.more, others, domain="feedsite"), parts)

    def reason(self, item: Item) -> str:
        """Why the act is on this page, as sentences; empty where nothing brought it."""
        told = dict.fromkeys(self._because(item, reason) for reason in item.because)
        return " ".join(list(told)[:_REASONS_SHOWN])

    def thing(self, item: Item) -> Markup:
        """What an act is about, by name and with a link where it has a page."""
        return self.named(item.object, item.extras.get("object"))

    def named(self, entity: Entity, extra: Mapping[str, Any] | None = None) -> Markup:
        """A thing by name and with a link where it has a page; `extra` is what a writer kept with it."""
        return self._thing(entity, extra)

    # What is known of the object

    def _relation(self, item: Item) -> tuple[tuple[str, ...], dict[str, str | Markup]]:
        """How the act's object (or what it answers) relates to reader and actor: the relations to try, best first."""
        me = self._me
        named = me is not None and me != item.actor and me in item.audience
        author = self._author(item)
        if author is None:
            return ("mention",) * named + ("target",) * (item.target is not None and item.verb != "reply"), {}
        if item.verb == "create":
            return ("mention",) * named, {}
        if me is not None and author.key == me.key:
            return ("own" if me == item.actor else "mine",), {}
        if named:
            return ("mention",), {}
        if author.key == item.actor.key:
            return ("own",), {}
        return ("other",), {"other": _LINK.format(author.url, author.name)}

    def _author(self, item: Item) -> PersonView | None:
        """Whose the thing is: the answered note's author, the note's, or the person themselves."""
        if item.object.type == "person":
            return self._people.get(item.object.key)
        note = self._notes.get(item.object.key)
        if note is None:
            return None
        return note.in_reply_to_author if item.verb == "reply" else note.author

    def _filled(self, item: Item, message: str, parts: dict[str, str | Markup]) -> Markup:
        given = {"thing": self.thing(item), "verb": item.verb, **parts}
        if item.target is not None:
            given.setdefault("target", self._thing(item.target, item.extras.get("target")))
        return fill(self._request.translate(message), given)

    def _name(self, entity: Entity) -> str | Markup:
        person = self._people.get(entity.key)
        return self._request.translate(_("Somebody")) if person is None else _LINK.format(person.url, person.name)

    def _thing(self, entity: Entity, extra: Mapping[str, Any] | None) -> Markup:
        if entity.type == "person":
            return Markup("{}").format(self._name(entity))
        if entity.type == "tag" and _TAG_PATH.fullmatch(entity.id):
            return _LINK.format(self._request.route_path("timelines.tag", tag=entity.id), f"#{entity.id}")
        if entity.type == "note":
            return Markup("{}").format(self._request.translate(_("a note")))
        name = (extra or {}).get("name")
        said = name if isinstance(name, str) and name else f"{entity.type} {entity.id}"
        if "/" in entity.id:
            return Markup("{}").format(said)
        return _LINK.format(self._request.route_path("timelines.thing", type=entity.type, id=entity.id), said)

    # Reasons

    def _because(self, item: Item, reason: Because) -> str:
        if reason.kind == "audience":
            return self._request.translate(self._concern(item))
        entity = reason.entity
        if entity == self._me:
            return self._request.translate(_("Because it is your own."))
        name = self._plain_name(item, entity)
        if reason.kind == "follow":
            return self._say(_("Because you follow ${name}."), name)
        if entity.type == "note":
            return self._request.translate(_("Because you watch this thread."))
        return self._say(_("Because you watch ${name}."), name)

    def _concern(self, item: Item) -> str:
        if item.object == self._me:
            return _("Because it is about you.")
        author = self._author(item)
        if author is not None and self._me is not None and author.key == self._me.key:
            return _("Because it answers you.") if item.verb == "reply" else _("Because it is your note.")
        if item.verb in ("create", "reply", "mention"):
            return _("Because you are mentioned.")
        return _("Because it concerns you.")

    def _plain_name(self, item: Item, entity: Entity) -> str:
        extra = next(
            (item.extras.get(role) for role in ("object", "target", "origin") if getattr(item, role) == entity), {}
        )
        return str(self._thing(entity, extra).striptags())

    def _say(self, message: Any, name: str) -> str:
        said: str = self._request.localizer.translate(message, mapping={"name": name})
        return said
