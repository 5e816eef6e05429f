"""The time zones people choose from."""

from __future__ import annotations

from functools import cache
from importlib.resources import files


@cache
def zone_names() -> tuple[str, ...]:
    """The IANA zones of places, one name each (no aliases), and UTC."""
    table = (files("tzdata.zoneinfo") / "zone.tab").read_text(encoding="utf-8")
    names = {line.split("\t")[2].strip() for line in table.splitlines() if line and not line.startswith("#")}
    return ("UTC", *sorted(names))


@cache
def zone_choices() -> dict[str, list[tuple[str, str]]]:
    """The same, by continent, for a select field: {group: [(name, label)]}."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for name in zone_names():
        region, _, place = name.partition("/")
        groups.setdefault(region, []).append((name, place.replace("_", " ").replace("/", " – ") or name))
    return groups
