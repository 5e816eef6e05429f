"""How words are compared, wherever something is searched or muted: by their letters, whatever their case and form."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

#: A word is no longer than this, in characters; what is longer is no word that anybody looks for.
WORD_LENGTH = 64
#: Marks above, below and through a letter, as the canonical combining classes of Unicode have them. The vowel signs of
#: other scripts have other classes: a word without those is another word.
_ACCENTS = frozenset({202, 216, 220, 230})
_SPACES = re.compile(r"\s+")


def folded(text: str) -> str:
    """A text as words are compared: compatible forms and cases are one."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def is_in_word(character: str) -> bool:
    """Whether a character is part of a word: letters, digits, underscores, and the marks that belong to letters."""
    return character == "_" or unicodedata.category(character)[0] in "LNM"


def unaccented(word: str) -> str:
    """A folded word without its accents: `café` is `cafe`."""
    if word.isascii():
        return word
    apart = unicodedata.normalize("NFKD", word)
    return unicodedata.normalize("NFKC", "".join(c for c in apart if unicodedata.combining(c) not in _ACCENTS))


def tokens(text: str) -> list[str]:
    """The words of a text in its order, folded; those that are too long are left out."""
    marked = "".join(character if is_in_word(character) else " " for character in folded(text))
    return [word for word in _SPACES.split(marked) if 0 < len(word) <= WORD_LENGTH]


def with_unaccented(words: Iterable[str]) -> list[str]:
    """Words, each once, and after them those of their spellings without accents that differ."""
    given = list(dict.fromkeys(words))
    return list(dict.fromkeys([*given, *filter(None, map(unaccented, given))]))
