"""The registry of verbs: what each of them says, alone and in groups, and how it notifies.

A feature (or an extension) registers its verbs while the application is configured:

    config.add_verb("plant", Said(_("%(actor)s planted %(thing)s")), icon="leaf", title=_("Planted"))

A verb that nobody registered still reads as a plain sentence. What an act looks like is its template's business:
`activity/{object type}/{verb}.html`, then `activity/{verb}.html`, then `activity/default.html`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from pyramid.i18n import TranslationStringFactory

from feedsite.web.plurals import ngettext

_ = TranslationStringFactory("feedsite")

__all__ = ["Said", "Verb", "Verbs", "add_verb", "ngettext", "verbs_of"]

_REGISTRY = "feedsite.verbs"


@dataclass(frozen=True, slots=True)
class Said:
    """Whole sentences for one relation of the object to the reader.

    Attributes:
        one: about one actor: ``%(actor)s``, and ``%(other)s``, ``%(thing)s``, ``%(target)s`` where they are known.
        two: about two actors: ``%(actor)s`` and ``%(second)s``.
        more: about more, with its plural: further ``%(count)s`` others, between ``%(open)s`` and ``%(close)s`` (the
            link to all of them).
    """

    one: str
    two: str = ""
    more: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Verb:
    """What the site knows of a verb.

    Attributes:
        name: as acts have it.
        plain: what is said when nothing is known of the object but its type.
        relations: what is said when more is known: "mine" (the reader's), "own" (the actor's), "other" (somebody
            else's), "mention" (the reader is named), "target" (there is a target).
        icon: a symbol of `static/img/icons.svg`.
        title: what acts of this verb are called, many of them ("Likes").
        grouped: several of them about one thing are one notification.
        renotify: done again after this time, it notifies again; None: never.
    """

    name: str
    plain: Said
    relations: Mapping[str, Said] = field(default_factory=dict)
    icon: str = "leaf"
    title: str = ""
    grouped: bool = True
    renotify: timedelta | None = None

    def said(self, *relations: str) -> Said:
        """The sentences for the first of these relations that the verb has, or the plain ones."""
        return next((self.relations[name] for name in relations if name in self.relations), self.plain)


_UNKNOWN = Said(
    _("%(actor)s did something (%(verb)s)"),
    _("%(actor)s and %(second)s did something (%(verb)s)"),
    ngettext(
        "%(actor)s, %(second)s and %(open)s%(count)s other%(close)s did something (%(verb)s)",
        "%(actor)s, %(second)s and %(open)s%(count)s others%(close)s did something (%(verb)s)",
    ),
)


class Verbs:
    """The site's verbs by name; asked for one that nobody registered, it makes do."""

    def __init__(self) -> None:
        self._verbs: dict[str, Verb] = {}

    def add(self, verb: Verb) -> None:
        """Register a verb."""
        self._verbs[verb.name] = verb

    def __getitem__(self, name: str) -> Verb:
        return self._verbs.get(name) or Verb(name, _UNKNOWN, title=name)

    def __contains__(self, name: object) -> bool:
        return name in self._verbs

    def __iter__(self) -> Iterator[Verb]:
        return iter(self._verbs.values())

    def __len__(self) -> int:
        return len(self._verbs)

    def ungrouped(self) -> tuple[str, ...]:
        """The verbs of which each act is a notification of its own."""
        return tuple(sorted(verb.name for verb in self if not verb.grouped))

    def renotify(self) -> dict[str, timedelta]:
        """How long each verb that may notify again waits, for `Manager(renotify=...)`."""
        return {verb.name: verb.renotify for verb in self if verb.renotify is not None}


def verbs_of(registry: Any) -> Verbs:
    """The verbs of an application's registry."""
    found: Verbs = registry.setdefault(_REGISTRY, Verbs())
    return found


def add_verb(
    config: Any,
    name: str,
    plain: Said,
    *,
    icon: str = "leaf",
    title: str = "",
    grouped: bool = True,
    renotify: timedelta | None = None,
    **relations: Said,
) -> None:
    """Register a verb: ``config.add_verb("like", Said(…), mine=Said(…), icon="heart", title=_("Likes"))``.

    Two registrations of one verb conflict as Pyramid's own directives do; an application's overrides an included one's.
    For the arguments see `Verb`; other keyword arguments are its relations.
    """
    verb = Verb(name, plain, dict(relations), icon, title or name, grouped, renotify)
    listed = config.introspectable("verbs", name, name, "verb")
    listed.update({"icon": icon, "grouped": grouped, "renotify": renotify})
    config.action(("verb", name), verbs_of(config.registry).add, args=(verb,), introspectables=(listed,))
