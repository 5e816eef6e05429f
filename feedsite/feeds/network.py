"""Who follows, watches, mutes, blocks whom and what: the links of the network."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass
from datetime import datetime
from typing import Any

from feedsite.feeds.activity import checked_extra
from feedsite.feeds.errors import InvalidLink
from feedsite.feeds.names import Entity, checked_id, checked_name, digest, entity_of
from feedsite.feeds.order import milliseconds

KINDS = ("follow", "watch", "mute", "block", "limit")
MAX_VERBS = 64
ERASED = "erased"
"""The kind of what is left of a link whose follower or entity was erased: a name, and nothing that tells whose."""


@dataclass(frozen=True)
class LinkedActivity:
    """What a link points at: `LinkedActivity(activity_id, activity_class='actor', activity_type='person')`.

    Args:
        activity_id: the id of the entity.
        activity_class: `actor` for what is followed (what it does), `object` for what is watched (what happens to it).
        activity_type: the type of the entity.
    """

    activity_id: str
    activity_class: str = "actor"
    activity_type: str = "person"

    def __post_init__(self) -> None:
        checked_id(self.activity_id, "activity_id")
        object.__setattr__(self, "activity_type", checked_name(self.activity_type, "activity_type"))
        if self.activity_class not in ("actor", "object"):
            raise InvalidLink(field="activity_class", value=self.activity_class, rule="'actor' or 'object'")

    @property
    def entity(self) -> Entity:
        """The entity linked to."""
        return Entity(self.activity_type, self.activity_id)


@dataclass(frozen=True)
class Link:
    """One link of somebody's network.

    Args:
        actor_id: who holds the link: a person's id or an Entity.
        linked_activity: what it points at.
        linked: since when, aware; None means the moment the store takes it.
        link_type: `follow`, `watch`, `mute`, `block` or `limit`.
        link_weight: finite and above 0.
        extra: a JSON object, returned as given.
        verbs: the link is about these verbs only; empty: all.
        until: the link ends at this instant; None: never.

    Raises:
        InvalidLink, InvalidIdentifier: names the field and the rule.
    """

    actor_id: str | Entity
    linked_activity: LinkedActivity
    linked: datetime | None = None
    link_type: str = "follow"
    link_weight: float = 1
    extra: dict[str, Any] | None = None
    _: KW_ONLY
    verbs: tuple[str, ...] = ()
    until: datetime | None = None

    def __post_init__(self) -> None:
        put = object.__setattr__
        entity_of(self.actor_id, "actor_id")
        if not isinstance(self.linked_activity, LinkedActivity):
            raise InvalidLink(field="linked_activity", value=self.linked_activity, rule="a LinkedActivity")
        if self.link_type not in KINDS:
            raise InvalidLink(field="link_type", value=self.link_type, rule="one of " + ", ".join(KINDS))
        expected = "object" if self.link_type == "watch" else "actor"
        if self.link_type in ("follow", "watch") and self.linked_activity.activity_class != expected:
            rule = f"'{expected}' for a {self.link_type} link"
            raise InvalidLink(field="activity_class", value=self.linked_activity.activity_class, rule=rule)
        put(self, "link_weight", checked_weight(self.link_weight))
        put(self, "extra", checked_extra(self.extra))
        put(self, "verbs", checked_verbs(self.verbs))
        for name in ("linked", "until"):
            if getattr(self, name) is not None:
                milliseconds(getattr(self, name), name)

    @property
    def follower(self) -> Entity:
        """Who holds the link."""
        return entity_of(self.actor_id, "actor_id")

    @property
    def entity(self) -> Entity:
        """What the link points at."""
        return self.linked_activity.entity


def link(
    follower: object,
    kind: str,
    entity: object,
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    weight: float = 1,
    verbs: Iterable[str] = (),
    extra: dict[str, Any] | None = None,
) -> Link:
    """A link in the engine's own words: who, what kind, to what."""
    end = entity_of(entity, "entity")
    side = "object" if kind == "watch" else "actor"
    return Link(
        entity_of(follower, "follower"),
        LinkedActivity(end.id, side, end.type),
        since,
        kind,
        weight,
        extra,
        verbs=verbs if isinstance(verbs, str) else tuple(verbs),  # type: ignore[arg-type]  # Link refuses a string
        until=until,
    )


def checked_weight(value: object) -> float:
    """A finite number above 0; raises InvalidLink otherwise."""
    rule = "a finite number above 0"
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise InvalidLink(field="link_weight", value=value, rule=rule)
    try:
        weight = float(value)
    except OverflowError as error:
        raise InvalidLink(field="link_weight", value="a number beyond all floats", rule=rule) from error
    if not math.isfinite(weight) or weight <= 0:
        raise InvalidLink(field="link_weight", value=value, rule=rule)
    return weight


def checked_verbs(values: Iterable[str]) -> tuple[str, ...]:
    """Distinct verbs, sorted; raises InvalidLink or InvalidIdentifier."""
    if isinstance(values, (str, bytes)):
        raise InvalidLink(field="verbs", value=values, rule="a list of verbs")
    made = tuple(sorted({checked_name(value, "verbs") for value in values}))
    if len(made) > MAX_VERBS:
        raise InvalidLink(field="verbs", value=f"{len(made)} verbs", rule=f"at most {MAX_VERBS} verbs")
    return made


def verbs_text(verbs: tuple[str, ...]) -> str:
    """Verbs of a link as one text in which `,verb,` can be looked for; "" for all verbs."""
    return f",{','.join(verbs)}," if verbs else ""


def link_name(follower: str, kind: str, entity: str, verbs: str) -> str:
    """The name of a link in a store: a hash of its key (entities by their keys, verbs as `verbs_text`)."""
    return entity if kind == ERASED else digest("link", follower, kind, entity, verbs)
