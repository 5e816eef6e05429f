"""The rules of names: ids, types, verbs; and the entities that carry them."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

from feedsite.feeds.errors import InvalidIdentifier

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")
ID_RULE = "1 to 256 characters of valid UTF-8, no white space or control characters"
NAME_RULE = "a letter a-z, then up to 63 of a-z, 0-9, '_' and '-' (capitals are lowered)"

SITE_ALL = "site:all"
"""The key of the reserved entity whose mutes and limits act on everybody's pages."""

ERASURES = "site:erased"
"""The key under which erasures are counted among the holders of links."""


def checked_id(value: object, field: str) -> str:
    """`value` as an id.

    Raises:
        InvalidIdentifier: not a string, empty, too long, not UTF-8, or with white space or control characters.
    """
    if not isinstance(value, str) or not 1 <= len(value) <= 256 or _is_forbidden(value):
        raise InvalidIdentifier(field=field, value=value, rule=ID_RULE)
    return value


def _is_forbidden(text: str) -> bool:
    # Nearly every id is plain ASCII, which needs no look at each character.
    if text.isascii():
        return not text.isprintable() or " " in text
    return any(map(_forbidden, text))


def _forbidden(character: str) -> bool:
    # Cc control characters, Cs lone surrogates (they are not UTF-8), Z* every kind of space.
    category = unicodedata.category(character)
    return category in ("Cc", "Cs") or category[0] == "Z"


def checked_name(value: object, field: str) -> str:
    """`value` as a type or a verb, lower-cased.

    Raises:
        InvalidIdentifier: not a string, or not of the form of a name.
    """
    if not isinstance(value, str) or not _NAME.fullmatch(lowered := value.lower()):
        raise InvalidIdentifier(field=field, value=value, rule=NAME_RULE)
    return lowered


def digest(*parts: str, size: int = 16) -> str:
    """A hash of strings for names in a store: hexadecimal, `size` bytes; no two lists of parts share one by joining."""
    joined = "\x1f".join(parts).encode()
    return blake2b(joined, digest_size=size).hexdigest()


@dataclass(frozen=True, order=True)
class Entity:
    """A person or a thing: its type and its id; equal ids of different types are different things.

    Raises:
        InvalidIdentifier: when the type or the id breaks the rules of names.
    """

    type: str
    id: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "type", checked_name(self.type, "type"))
        checked_id(self.id, "id")

    @property
    def key(self) -> str:
        """`type:id`, the unit of every match."""
        return f"{self.type}:{self.id}"

    @classmethod
    def from_key(cls, key: str) -> Entity:
        """The entity whose key this is; the key comes from a store, so it is not checked again."""
        return _entity_of_key(key)

    def __str__(self) -> str:
        return self.key


@lru_cache(maxsize=16_384)
def _entity_of_key(key: str) -> Entity:
    made = object.__new__(Entity)
    kind, _, identifier = key.partition(":")
    object.__setattr__(made, "type", kind)
    object.__setattr__(made, "id", identifier)
    return made


def entity_of(value: object, field: str) -> Entity:
    """The entity meant by `value`: an Entity, a part of an activity, or a string, which is always a person's id.

    Raises:
        InvalidIdentifier: anything else, or a string that is no id.
    """
    if isinstance(value, Entity):
        return value
    inner = getattr(value, "entity", None)
    if isinstance(inner, Entity):
        return inner
    if not isinstance(value, str):
        raise InvalidIdentifier(field=field, value=value, rule="an Entity or a person's id")
    return Entity("person", checked_id(value, field))
