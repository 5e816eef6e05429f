"""What somebody typed into the search: words, phrases in quotes, ``from:ana``, ``#tag``, ``since:`` and ``until:``."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from pyramid.i18n import TranslationString, TranslationStringFactory

from feedsite.accounts.handles import PATTERN, normalised
from feedsite.posts.text import tag_name
from feedsite.spelling import tokens, unaccented

_ = TranslationStringFactory("feedsite")

#: Characters and words of a query.
MAX_LENGTH, MAX_WORDS = 200, 12
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
_PARTS = re.compile(r'"(?P<phrase>[^"]*)"|(?P<plain>[^\s"]+)')
_DATE = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", re.ASCII)


class BadQuery(ValueError):
    """A query that nothing can be searched for with.

    Args:
        message: why, as a sentence.
    """

    def __init__(self, message: TranslationString) -> None:
        self.message = message
        super().__init__(str(message))


@dataclass(frozen=True)
class Query:
    """What is searched for.

    Attributes:
        words: what a text has to have, every one of them, folded; those of phrases are among them.
        phrases: words that stand side by side in it.
        tags: names of tags that it has.
        author: the handle of who wrote it; empty: anybody.
        since, until: when it was written: at or after, and before; None: whenever.
    """

    words: tuple[str, ...] = ()
    phrases: tuple[tuple[str, ...], ...] = ()
    tags: tuple[str, ...] = ()
    author: str = ""
    since: datetime | None = None
    until: datetime | None = None

    @property
    def narrows(self) -> bool:
        """Whether more is asked of a note than words."""
        return bool(self.tags or self.author or self.phrases or self.since or self.until)

    @property
    def sifts(self) -> bool:
        """Whether the feed engine gives more than is asked for: it knows no phrases, and one tag at a time."""
        return bool(self.phrases) or len(self.tags) > 1

    def fits(self, text: str, tags: Sequence[str]) -> bool:
        """Whether a note with this text and these tags has the phrases and every tag."""
        said = tokens(text) if self.phrases else []
        return set(self.tags) <= set(tags) and all(_stands_in(phrase, said) for phrase in self.phrases)


def _stands_in(phrase: tuple[str, ...], said: list[str]) -> bool:
    size = len(phrase)
    return any(all(map(_is_word, phrase, said[at : at + size])) for at in range(len(said) - size + 1))


def _is_word(asked: str, said: str) -> bool:
    return asked in (said, unaccented(said))


def parse(text: str, zone: ZoneInfo) -> Query | None:
    """What a text asks for; None: nothing is asked.

    Args:
        text: as it was typed.
        zone: in which days begin.

    Raises BadQuery.
    """
    given = unicodedata.normalize("NFC", text).translate(_QUOTES).strip()
    if not given:
        return None
    if len(given) > MAX_LENGTH:
        raise BadQuery(_("A search has at most ${max} characters.", mapping={"max": MAX_LENGTH}))
    if given.count('"') % 2:
        raise BadQuery(_("A quotation mark is missing: a phrase stands between two of them."))
    return _Parser(zone).run(given)


class _Parser:
    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone
        self._words: list[str] = []
        self._phrases: list[tuple[str, ...]] = []
        self._tags: list[str] = []
        self._author = ""
        self._since: datetime | None = None
        self._until: datetime | None = None

    def run(self, given: str) -> Query:
        for match in _PARTS.finditer(given):
            if match["phrase"] is not None:
                self._phrase(match["phrase"])
            else:
                self._plain(match["plain"])
        words = tuple(dict.fromkeys(self._words))
        if len(words) > MAX_WORDS:
            raise BadQuery(_("A search has at most ${max} words.", mapping={"max": MAX_WORDS}))
        if self._since is not None and self._until is not None and self._since >= self._until:
            raise BadQuery(_("There is no time between these dates: since: comes before until:."))
        query = Query(
            words, tuple(self._phrases), tuple(dict.fromkeys(self._tags)), self._author, self._since, self._until
        )
        if query == Query():
            raise BadQuery(_("There is nothing in this that can be searched for: type a word, a name or a #tag."))
        return query

    def _phrase(self, text: str) -> None:
        words = tuple(tokens(text))
        self._words += words
        if len(words) > 1:
            self._phrases.append(words)

    def _plain(self, part: str) -> None:
        name, colon, value = part.partition(":")
        operator = name.lower()
        if colon and operator == "from":
            self._from(value)
        elif colon and operator in ("since", "until"):
            self._date(operator, value)
        elif part.startswith("#"):
            self._tag(part[1:])
        else:
            self._words += tokens(part)

    def _from(self, value: str) -> None:
        handle = normalised(value)
        if not PATTERN.fullmatch(handle):
            raise BadQuery(_("After from: comes a handle, as in from:ana."))
        if self._author not in ("", handle):
            raise BadQuery(_("A note is by one person: give from: once."))
        self._author = handle

    def _tag(self, value: str) -> None:
        tag = tag_name(value)
        if tag is None:
            raise BadQuery(_("#${text} is no tag: a tag is a word, as in #maps.", mapping={"text": value}))
        self._tags.append(tag)

    def _date(self, operator: str, value: str) -> None:
        found = _DATE.fullmatch(value)
        try:
            if found is None:
                raise ValueError(value)
            first, after = _stretch(*(int(part) if part else None for part in found.groups()))
        except ValueError:
            message = _(
                "After ${operator}: comes a date, as in ${operator}:2026-03-15.", mapping={"operator": operator}
            )
            raise BadQuery(message) from None
        if operator == "since":
            self._since = self._midnight(first)
        else:
            self._until = self._midnight(after)

    def _midnight(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, tzinfo=self._zone)


def _stretch(year: int | None, month: int | None, day: int | None) -> tuple[date, date]:
    """The first day of a year, a month or a day, and the first one after it. Raises ValueError."""
    if year is None or not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise ValueError(year)
    if month is None:
        return date(year, 1, 1), date(year + 1, 1, 1)
    if day is None:
        return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)
    first = date(year, month, day)
    return first, date.fromordinal(first.toordinal() + 1)
