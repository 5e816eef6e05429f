"""Small words and figures that every page shows: initials, hues, times, counts, badges.

Pure functions: no request, no database, no clock of their own. Presenters call them and put what they return into the
shapes of `feedsite.web.presenting`.
"""

import re
import unicodedata
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_datetime, format_skeleton, format_timedelta
from babel.numbers import format_compact_decimal
from markupsafe import Markup, escape

from feedsite.web.presenting import TimeView

__all__ = [
    "HUES",
    "activity_templates",
    "badge_label",
    "compact",
    "fill",
    "hue",
    "initials",
    "time_view",
]

HUES = 24
"""How many avatar hues the style sheet has: classes `hue-0` to `hue-23`."""

_TEMPLATE_PART = re.compile(r"[a-z0-9][a-z0-9_-]*")
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")


def initials(name: str) -> str:
    """One or two capital letters for a name, for an avatar: "Ana María Reyes" gives "AR", "zoë" gives "Z".

    Signs and emoji are passed over; a name without any letter or digit gives "?".
    """
    letters = [word[0] for word in re.split(r"[\W_]+", unicodedata.normalize("NFC", name)) if word]
    chosen = letters[:1] + letters[-1:] if len(letters) > 1 else letters
    return "".join(letter.upper()[0] for letter in chosen) or "?"


def hue(key: str) -> int:
    """The avatar hue of a key, 0 to `HUES` - 1: always the same one, in every process and on every machine."""
    return zlib.crc32(key.encode()) % HUES


def time_view(instant: datetime, now: datetime, zone: str | ZoneInfo = "UTC", locale: str = "en") -> TimeView:
    """An instant as a reader sees it.

    Args:
        instant: timezone-aware.
        now: timezone-aware; what the short form is relative to.
        zone: the reader's IANA zone.
        locale: the reader's locale; an unknown one reads as English.

    Returns the ISO form in UTC, the full local date and time with its zone, and the short form: "now", "3 min",
    "2 hr", "5 days" within a week, then the day and month, with the year when it is another one.
    """
    spoken = _locale(locale)
    here = ZoneInfo(zone) if isinstance(zone, str) else zone
    local, age = instant.astimezone(here), now - instant
    if timedelta(0) <= age < timedelta(minutes=1):
        relative = _NOW.get(spoken.language) or format_timedelta(timedelta(0), format="short", locale=spoken)
    elif timedelta(0) <= age < timedelta(days=7):
        # Babel rounds up: 1 h 59 min would read "2 hr", and the page's script, which rounds down, would set it back.
        unit = next(unit for unit in _UNITS if age >= unit)
        relative = _lasting(age // unit * unit, spoken)
    else:
        same_year = local.year == now.astimezone(here).year
        relative = format_skeleton("MMMd" if same_year else "yMMMd", local, locale=spoken)
    return TimeView(
        iso=instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        absolute=_in_full(instant.astimezone(UTC), here, spoken),
        relative=relative,
    )


@lru_cache(maxsize=4096)
def _in_full(instant: datetime, here: ZoneInfo, spoken: Locale) -> str:
    # Kept: the same notes are shown to many, and spelling a date out takes longer than anything else about an item.
    return str(format_datetime(instant, "full", tzinfo=here, locale=spoken))


@lru_cache(maxsize=1024)
def _lasting(age: timedelta, spoken: Locale) -> str:
    return str(format_timedelta(age, threshold=1, format="short", locale=spoken))


def compact(number: int, locale: str = "en") -> str:
    """A count in little room: 999, "1.2K", "23K", "4.5M"; the reader's language decides the letters."""
    if number < 1000:
        return str(number)
    return str(format_compact_decimal(number, fraction_digits=1, locale=_locale(locale)))


def badge_label(number: int) -> str:
    """What a badge shows: nothing for none, and at most "99+"."""
    return "" if number <= 0 else "99+" if number > 99 else str(number)


def fill(sentence: str, parts: Mapping[str, str | Markup]) -> Markup:
    """A translated sentence with links in it: `fill(_("%(actor)s liked it"), {"actor": link})`.

    The sentence and each plain part are escaped, each `Markup` part is kept. A `%` that opens no `%(name)s` stays as it
    is.

    Raises KeyError when the sentence names a part that is not given.
    """
    pieces: list[Markup] = []
    end = 0
    for place in _PLACEHOLDER.finditer(sentence):
        pieces += [escape(sentence[end : place.start()]), escape(parts[place[1]])]
        end = place.end()
    return Markup("").join([*pieces, escape(sentence[end:])])


def activity_templates(object_type: str, verb: str) -> tuple[str, ...]:
    """The templates that may show an activity, the most special one first; the last one always exists.

    A verb or type that is no plain file name (verbs are open: developers register more) takes part in no path.
    """
    typed, spoken = (bool(_TEMPLATE_PART.fullmatch(part)) for part in (object_type, verb))
    candidates = [f"activity/{object_type}/{verb}.html"] if typed and spoken else []
    candidates += [f"activity/{verb}.html"] if spoken else []
    return (*candidates, "activity/default.html")


_UNITS = (timedelta(days=1), timedelta(hours=1), timedelta(minutes=1))
_NOW = {"en": "now", "es": "ahora"}


@lru_cache(maxsize=64)
def _locale(name: str) -> Locale:
    try:
        return Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")
