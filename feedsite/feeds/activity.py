"""What somebody did: an activity ("act") and its parts, checked before anything is written."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime
from typing import Any

from feedsite.feeds.errors import InvalidActivity, InvalidIdentifier
from feedsite.feeds.names import Entity, checked_id, checked_name, entity_of
from feedsite.feeds.order import milliseconds

VISIBILITIES = ("public", "followers", "audience")
MAX_ABOUT, MAX_AUDIENCE, MAX_WORDS, MAX_VECTOR = 32, 50, 256, 4096
MAX_EXTRA_BYTES, MAX_EXTRA_DEPTH = 16 * 1024, 32
RESERVED = frozenset({"site", "word"})
"""Types of the engine's own: nobody acts or is acted on under them."""


def checked_extra(extra: Mapping[str, Any] | None, name: str = "extra") -> dict[str, Any] | None:
    """`extra` as a JSON object of its own (later changes by the caller do not reach it).

    Raises:
        InvalidActivity: not a JSON object, larger than 16 KiB, or nested deeper than 32.
    """
    if extra is None:
        return None
    rule = f"a JSON object of at most {MAX_EXTRA_BYTES // 1024} KiB, nested at most {MAX_EXTRA_DEPTH} deep"
    if not isinstance(extra, Mapping) or _depth(extra) > MAX_EXTRA_DEPTH:
        raise InvalidActivity(field=name, value=extra, rule=rule)
    try:
        text = json.dumps(dict(extra), ensure_ascii=False, allow_nan=False)
        size = len(text.encode())
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidActivity(field=name, value=extra, rule=rule) from error
    if size > MAX_EXTRA_BYTES:
        raise InvalidActivity(field=name, value=f"{size} bytes", rule=rule)
    made: dict[str, Any] = json.loads(text)
    return made


def _depth(value: object, level: int = 1) -> int:
    if level > MAX_EXTRA_DEPTH:
        return level
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            return MAX_EXTRA_DEPTH + 1  # JSON would turn other keys into strings: not "as given"
        return max((_depth(inner, level + 1) for inner in value.values()), default=level)
    if isinstance(value, (list, tuple)):
        return max((_depth(inner, level + 1) for inner in value), default=level)
    return level


@dataclass(frozen=True, init=False)
class Part:
    """One end of an activity: an entity and what the writer wants kept with it."""

    entity: Entity
    extra: dict[str, Any] | None = None
    _role = "part"

    def __init__(self, identifier: str, kind: str, extra: Mapping[str, Any] | None = None) -> None:
        made = checked_name(kind, f"{self._role}_type")
        if made in RESERVED:
            raise InvalidIdentifier(field=f"{self._role}_type", value=kind, rule="not one of the engine's own types")
        object.__setattr__(self, "entity", Entity(made, checked_id(identifier, f"{self._role}_id")))
        object.__setattr__(self, "extra", checked_extra(extra, f"{self._role}_extra"))

    @classmethod
    def of(cls, entity: Entity) -> Any:
        """The part for an entity."""
        return cls(entity.id, entity.type)

    @property
    def id(self) -> str:
        """The entity's id."""
        return self.entity.id

    @property
    def type(self) -> str:
        """The entity's type."""
        return self.entity.type


class Actor(Part):
    """Who did it: `Actor(actor_id, actor_type, extra=None)`."""

    _role = "actor"

    def __init__(self, actor_id: str, actor_type: str = "person", extra: Mapping[str, Any] | None = None) -> None:
        super().__init__(actor_id, actor_type, extra)


class Object(Part):
    """What it was done to: `Object(object_id, object_type, extra=None)`."""

    _role = "object"

    def __init__(self, object_id: str, object_type: str, extra: Mapping[str, Any] | None = None) -> None:
        super().__init__(object_id, object_type, extra)


class Origin(Part):
    """Where it came from: `Origin(origin_id, origin_type, extra=None)`."""

    _role = "origin"

    def __init__(self, origin_id: str, origin_type: str, extra: Mapping[str, Any] | None = None) -> None:
        super().__init__(origin_id, origin_type, extra)


class Target(Part):
    """Where it went to: `Target(target_id, target_type, extra=None)`."""

    _role = "target"

    def __init__(self, target_id: str, target_type: str, extra: Mapping[str, Any] | None = None) -> None:
        super().__init__(target_id, target_type, extra)


@dataclass(frozen=True)
class Activity:
    """Something that happened: a verb, who did it, to what, and who may see it.

    Args:
        activity_type: the verb (`create`, `like`, ...).
        activity_actor: who did it.
        activity_object: what it was done to.
        published: when, aware; None means the moment the store takes it, by the store's clock.
        activity_origin, activity_target: where it came from and went to.
        extra: a JSON object of at most 16 KiB, returned as given.
        id: 1 to 256 characters; None lets the engine make one.
        about: at most 32 further entities it concerns (tags, the thread, authors).
        audience: at most 50 entities to be notified.
        visibility: `public`, `followers` or `audience`.
        gate: the person whose followers may see a followers-only act; the actor unless given.
        words: at most 256 normalised tokens of its text, for search and for word mutes.
        vector: at most 4096 finite numbers, for nearest-neighbour feeds.

    Raises:
        InvalidActivity, InvalidIdentifier: names the field and the rule.
    """

    activity_type: str
    activity_actor: Actor
    activity_object: Object
    published: datetime | None = None
    activity_origin: Origin | None = None
    activity_target: Target | None = None
    extra: dict[str, Any] | None = None
    _: KW_ONLY
    id: str | None = None
    about: tuple[Entity, ...] = ()
    audience: tuple[Entity, ...] = ()
    visibility: str = "public"
    gate: Entity | None = None
    words: tuple[str, ...] = field(default=())
    vector: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "activity_type", checked_name(self.activity_type, "activity_type"))
        for name, kind in (("activity_actor", Actor), ("activity_object", Object)):
            if not isinstance(getattr(self, name), kind):
                raise InvalidActivity(field=name, value=getattr(self, name), rule=f"a {kind.__name__}")
        for name, optional in (("activity_origin", Origin), ("activity_target", Target)):
            if not isinstance(getattr(self, name), optional | None):
                raise InvalidActivity(field=name, value=getattr(self, name), rule=f"a {optional.__name__} or None")
        if self.published is not None:
            milliseconds(self.published)
        put(self, "extra", checked_extra(self.extra))
        if self.id is not None:
            checked_id(self.id, "id")
        put(self, "about", checked_entities(self.about, "about", MAX_ABOUT))
        put(self, "audience", checked_entities(self.audience, "audience", MAX_AUDIENCE))
        put(self, "visibility", checked_visibility(self.visibility))
        gate = self.activity_actor.entity if self.gate is None else entity_of(self.gate, "gate")
        put(self, "gate", gate)
        put(self, "words", checked_words(self.words))
        put(self, "vector", checked_vector(self.vector))

    @property
    def verb(self) -> str:
        """The verb, as ActivityStreams calls an activity's type."""
        return self.activity_type

    @property
    def touches(self) -> tuple[Entity, ...]:
        """What the act touches: object, target, origin and about, each once."""
        ends = (self.activity_object, self.activity_target, self.activity_origin)
        return tuple(dict.fromkeys([part.entity for part in ends if part is not None] + list(self.about)))


def checked_visibility(value: object) -> str:
    """One of `public`, `followers`, `audience`; raises InvalidActivity otherwise."""
    if value not in VISIBILITIES:
        raise InvalidActivity(field="visibility", value=value, rule="one of " + ", ".join(VISIBILITIES))
    return str(value)


def checked_entities(values: Iterable[object], name: str, limit: int) -> tuple[Entity, ...]:
    """Distinct entities, at most `limit`; raises InvalidActivity or InvalidIdentifier."""
    if isinstance(values, (str, bytes)):
        raise InvalidActivity(field=name, value=values, rule="a list of entities")
    made = tuple(dict.fromkeys(entity_of(value, name) for value in values))
    if len(made) > limit:
        raise InvalidActivity(field=name, value=f"{len(made)} entities", rule=f"at most {limit} entities")
    if any(entity.type in RESERVED for entity in made):
        raise InvalidActivity(field=name, value=made, rule="no entity of the engine's own types")
    return made


def checked_words(values: Iterable[str]) -> tuple[str, ...]:
    """Distinct tokens, sorted, at most 256; raises InvalidActivity or InvalidIdentifier."""
    if isinstance(values, (str, bytes)):
        raise InvalidActivity(field="words", value=values, rule="a list of tokens")
    made = tuple(sorted({checked_id(value, "words") for value in values}))
    if len(made) > MAX_WORDS:
        raise InvalidActivity(field="words", value=f"{len(made)} tokens", rule=f"at most {MAX_WORDS} tokens")
    return made


def checked_vector(values: Iterable[float] | None) -> tuple[float, ...] | None:
    """Finite numbers, at most 4096; raises InvalidActivity."""
    if values is None:
        return None
    rule = f"1 to {MAX_VECTOR} finite numbers"
    try:
        made = tuple(float(value) for value in values)
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidActivity(field="vector", value=values, rule=rule) from error
    if not 1 <= len(made) <= MAX_VECTOR or not all(map(math.isfinite, made)):
        raise InvalidActivity(field="vector", value=f"{len(made)} numbers", rule=rule)
    return made


def checked_dimensions(value: object) -> int:
    """How many numbers vectors have, 1 to 4096 (None: 0, any); raises InvalidActivity."""
    if value is None:
        return 0
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAX_VECTOR:
        raise InvalidActivity(field="vector_dims", value=value, rule=f"a whole number from 1 to {MAX_VECTOR}, or None")
    return value
