"""The people of the demo: names, handles, where they live, what they care about, how much they say."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from feedsite.accounts.handles import refusal
from feedsite.demo.words import Speaker, Theme, read, themes

#: How far back the demo goes: more than fourteen months, so that the archive has two years.
SPAN_DAYS = 430
COUNT = 300
DEMO_HANDLE, ADMIN_HANDLE = "ana", "greta"

_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class DemoPerson:
    """Somebody of the demo.

    joined: days before today. energy: how much they write, like and answer, 1 is usual. pull: how many follow them.
    """

    id: str
    handle: str
    name: str
    bio: str
    zone: str
    role: str
    themes: tuple[str, ...]
    joined: float
    energy: float
    pull: float

    @property
    def email(self) -> str:
        """An address that leads nowhere: the domain is reserved for examples (RFC 2606)."""
        return f"{self.handle}@example.org"


def opaque_id(rng: Random) -> str:
    """An id as the site makes them, but the same one each time."""
    return "".join(rng.choices(_ALPHABET, k=20))


def make_people(rng: Random, count: int = COUNT) -> list[DemoPerson]:
    """The demo person first, then the admin and a moderator, then everybody else in the order in which they joined."""
    speaker, taken = Speaker(rng), {DEMO_HANDLE, ADMIN_HANDLE, "kofi"}
    people = [
        _known(rng, DEMO_HANDLE, "Ana Reyes", "Europe/Madrid", ("books", "python", "baking"), 3.0, 30.0),
        _known(rng, ADMIN_HANDLE, "Greta Lindqvist", "Europe/Stockholm", ("crafts", "trains"), 1.2, 12.0, "admin"),
        _known(rng, "kofi", "Kofi Osei", "America/Toronto", ("cycling", "music"), 1.5, 10.0, "moderator"),
    ]
    others = [_somebody(rng, speaker, number / count, taken) for number in range(len(people), count)]
    return people + others


def _known(
    rng: Random,
    handle: str,
    name: str,
    zone: str,
    keys: tuple[str, ...],
    energy: float,
    pull: float,
    role: str = "member",
) -> DemoPerson:
    bios = {
        "ana": "Translator by day, sourdough by night. Reads on trams, writes small programs, asks many questions.",
        "greta": "Keeps this place running and the biscuits counted. Write to me when something is not right.",
        "kofi": "I help to look after this place. On a bicycle when it is dry, in the choir when it is not.",
    }
    return DemoPerson(opaque_id(rng), handle, name, bios[handle], zone, role, keys, SPAN_DAYS - 0.5, energy, pull)


def _somebody(rng: Random, speaker: Speaker, rank: float, taken: set[str]) -> DemoPerson:
    places = _places()
    place = rng.choices(places, [place["weight"] for place in places])[0]
    name = f"{rng.choice(place['given'])} {rng.choice(place['family'])}"
    chosen = _interests(rng)
    return DemoPerson(
        id=opaque_id(rng),
        handle=_handle(rng, name, chosen, taken),
        name=name,
        bio=_bio(rng, speaker, chosen),
        zone=rng.choice(place["zones"]),
        role="member",
        themes=tuple(theme.key for theme in chosen),
        # A fifth is there from the first weeks, the others come evenly; the last one joined today.
        joined=SPAN_DAYS - 1 - 20 * rank * 5 if rank < 0.2 else 410 * (1 - rank) / 0.8 + rng.random() / 4,
        energy=min(8.0, 0.4 * rng.paretovariate(1.2)),
        pull=min(80.0, rng.paretovariate(0.9)),
    )


def _interests(rng: Random) -> list[Theme]:
    pool = list(themes().values())
    chosen: list[Theme] = []
    for _ in range(rng.choice((1, 2, 2, 3))):
        chosen.append(rng.choices(pool, [theme.weight for theme in pool])[0])
        pool.remove(chosen[-1])
    return chosen


def _handle(rng: Random, name: str, chosen: list[Theme], taken: set[str]) -> str:
    given, family = _plain(name.split(" ", 1)[0]), _plain(name.split(" ", 1)[1])
    shapes = [given, given, f"{given}_{family}", f"{given}{family[0]}", f"{given[0]}{family}", family]
    shapes.append(f"{given}_{chosen[0].tags[0]}")
    rng.shuffle(shapes)
    shapes += [f"{given}{number}" for number in range(rng.randint(50, 89), 1000)]
    handle = next(shape for shape in shapes if shape not in taken and refusal(shape) is None)
    taken.add(handle)
    return handle


def _plain(text: str) -> str:
    """A name in the letters of handles: ø and such have no decomposition."""
    spelled = text.lower().replace("ø", "o").replace("æ", "ae").replace("ß", "ss")
    return "".join(letter for letter in unicodedata.normalize("NFKD", spelled) if "a" <= letter <= "z")


def _bio(rng: Random, speaker: Speaker, chosen: list[Theme]) -> str:
    words = read_people()["bios"]
    first, job = chosen[0].name, rng.choice(words["jobs"])
    second = chosen[-1].name if len(chosen) > 1 else "long walks"
    given = {"interest": first, "Interest": _capital(first), "second": second, "job": job, "Job": _capital(job)}
    return speaker.say(rng.choice(words["plain"]), {"animal": words["animals"]}, **given)


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


@cache
def read_people() -> dict[str, Any]:
    """Names, zones and bios."""
    return read("people")


def _places() -> list[dict[str, Any]]:
    places: list[dict[str, Any]] = read_people()["place"]
    return places
