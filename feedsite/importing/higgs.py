"""The data set `higgs-twitter` of the Stanford Network Analysis Project, read line by line.

Each line is `A B timestamp interaction`: what user A did to user B, when (seconds since 1970), and how. The file names
no activities, so an activity's id is made of its line's contents and of how often the same line came before: reading
the file again gives the same ids.
"""

from __future__ import annotations

import gzip
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from pathlib import Path

from feedsite.feeds import Activity, Actor, Entity, Object
from feedsite.feeds.network import Link, link

#: What an interaction is called here.
VERBS = {"RT": "announce", "MT": "mention", "RE": "reply"}

FIELDS = "four fields: user, user, timestamp, interaction"
ACCOUNT = "a user is a whole number of at most 18 digits"
TIMESTAMP = "a timestamp is a whole number of seconds from 1970 to 2199"
INTERACTION = "an interaction is RT, MT or RE"
#: In the order in which they are checked; a line is counted under the first one it breaks.
RULES = (FIELDS, ACCOUNT, TIMESTAMP, INTERACTION)

_ACCOUNT = re.compile(r"0|[1-9][0-9]{0,17}", re.ASCII)
_SECONDS = re.compile(r"[0-9]{1,10}", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_SECOND = 7_258_118_399  # 2199-12-31T23:59:59Z
_LONGEST_LINE = 200
_EXAMPLES = 5
_GZIP_MAGIC = b"\x1f\x8b"


class Malformed(ValueError):
    """A line that breaks a rule of the format; the message is the rule."""


@dataclass
class Skipped:
    """Lines that were left out, by the rule they broke.

    counts: {rule: how many}. numbers: {rule: the numbers of the first five}.
    """

    counts: Counter[str] = field(default_factory=Counter)
    numbers: dict[str, list[int]] = field(default_factory=dict)

    def add(self, number: int, rule: str) -> None:
        """Line `number` (the first one is 1) broke `rule`."""
        self.counts[rule] += 1
        first = self.numbers.setdefault(rule, [])
        if len(first) < _EXAMPLES:
            first.append(number)

    def __len__(self) -> int:
        return self.counts.total()


@dataclass(frozen=True, slots=True)
class Interaction:
    """A line that is well formed: who did what to whom, when, and the id of the activity it becomes."""

    actor: str
    other: str
    published: datetime
    verb: str
    id: str

    def activity(self) -> Activity:
        """The act; whom it was done to is its object, and is told."""
        other = person_id(self.other)
        return Activity(
            self.verb,
            Actor(person_id(self.actor)),
            Object(other, "person"),
            self.published,
            id=self.id,
            audience=(Entity("person", other),),
        )

    def follow(self) -> Link:
        """The link that the line proves: whoever does something to somebody follows them."""
        ends = Entity("person", person_id(self.actor)), Entity("person", person_id(self.other))
        return link(ends[0], "follow", ends[1], since=self.published)


def person_id(account: str) -> str:
    """The opaque id of the person an account of the data set becomes, always the same."""
    return blake2b(account.encode(), digest_size=10, person=b"higgs-account").hexdigest()


def handles(account: str) -> Iterator[str]:
    """The handles an account may get, best first: the next one where somebody else has the last."""
    yield f"u{account}"
    yield f"higgs_{account}"
    for number in range(2, 100):
        yield f"higgs_{account}_{number}"


def parsed(line: str) -> tuple[str, str, int, str]:
    """Actor, other, seconds since 1970 and verb of a line.

    Raises Malformed with the rule that the line breaks.
    """
    parts = line.split() if len(line) <= _LONGEST_LINE else []
    if len(parts) != len(RULES):
        raise Malformed(FIELDS)
    actor, other, seconds, interaction = parts
    if not (_ACCOUNT.fullmatch(actor) and _ACCOUNT.fullmatch(other)):
        raise Malformed(ACCOUNT)
    if not _SECONDS.fullmatch(seconds) or int(seconds) > _LAST_SECOND:
        raise Malformed(TIMESTAMP)
    if interaction not in VERBS:
        raise Malformed(INTERACTION)
    return actor, other, int(seconds), VERBS[interaction]


def interactions(lines: Iterable[str], skipped: Skipped) -> Iterator[Interaction]:
    """The well-formed lines, in the file's order; the others are counted in `skipped`."""
    seen: Counter[tuple[str, str, int, str]] = Counter()
    for number, line in enumerate(lines, 1):
        try:
            contents = parsed(line)
        except Malformed as error:
            skipped.add(number, str(error))
            continue
        occurrence = seen[contents]
        seen[contents] += 1
        actor, other, seconds, verb = contents
        published = _EPOCH + timedelta(seconds=seconds)
        yield Interaction(actor, other, published, verb, _act_id(contents, occurrence))


def _act_id(contents: tuple[str, str, int, str], occurrence: int) -> str:
    text = " ".join(map(str, (*contents, occurrence)))
    digest = blake2b(text.encode(), digest_size=10, person=b"higgs-activity").hexdigest()
    # The time first: the index of ids then grows at one end, as the file does.
    return f"higgs.{contents[2]}.{digest}"


class Source:
    """A file of the data set, plain or gzipped, with how far it has been read.

    Args:
        path: of the file.
        limit: read at most so many lines (None: all).
    """

    def __init__(self, path: Path, limit: int | None = None) -> None:
        self._path, self._limit = path, limit
        self._raw: io.BufferedReader | None = None
        self.size = path.stat().st_size
        self.read = 0

    @property
    def position(self) -> int:
        """How many bytes of the file have been read, of `size`."""
        return self.size if self._raw is None or self._raw.closed else self._raw.tell()

    def __iter__(self) -> Iterator[str]:
        """The lines, with what is no ASCII replaced: such a line breaks a rule and is counted.

        Raises OSError or EOFError when the file cannot be read to its end.
        """
        with self._path.open("rb") as self._raw:
            zipped = self._raw.peek(2)[:2] == _GZIP_MAGIC
            with gzip.GzipFile(fileobj=self._raw) if zipped else self._raw as lines:
                for line in lines:
                    if self.read == self._limit:
                        return
                    self.read += 1
                    yield line.decode("ascii", "replace")
