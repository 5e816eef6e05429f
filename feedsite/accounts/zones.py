"""The time zones people choose from."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from feedsite.web.forms import SelectChoice


@cache
def zone_names() -> tuple[str, ...]:
    """The IANA zones of places, one name each (no aliases), and UTC."""
    table = (files("tzdata.zoneinfo") / "zone.tab").read_text(encoding="utf-8")
    names = {line.split("\t")[2].strip() for line in table.splitlines() if line and not line.startswith("#")}
    return ("UTC", *sorted(names))


@cache
def zone_choices() -> tuple[SelectChoice, ...]:
    """The same for a select field, by continent."""
    return tuple(map(_choice, zone_names()))


def _choice(name: str) -> SelectChoice:
    region, _, place = name.partition("/")
    return SelectChoice(name, place.replace("_", " ").replace("/", " – ") or name, optgroup=region)
