"""How a setting's text is read: each kind has a name, which the docs show, and refuses what does not fit.

The refusals never repeat the value: it may be a secret, and start-up messages end in logs.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import MISSING, field
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class Kind(NamedTuple):
    """How a setting's text is read, and what that is called in the docs."""

    parse: Callable[[str], Any]
    name: str


def declare(kind: Kind, default: Any = MISSING, *, help: str, secret: bool = False) -> Any:
    """One setting: how its text is read, its default as text (none: it must be given), what it is for.

    Args:
        secret: it is left out where settings are shown.
    """
    return field(repr=not secret, metadata={"parse": kind.parse, "type": kind.name, "default": default, "help": help})


def one_of(*choices: str) -> Kind:
    """One of a few words."""

    def parse(value: str) -> str:
        if value not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return value

    return Kind(parse, "one of " + ", ".join(f"`{choice}`" for choice in choices))


def whole(low: int, high: int) -> Kind:
    """A whole number between two bounds, both included."""

    def parse(value: str) -> int:
        number = int(value) if re.fullmatch(r"-?\d+", value) else None
        if number is None or not low <= number <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return number

    return Kind(parse, f"whole number, {low} to {high}")


def seconds(low: float, high: float) -> Kind:
    """Seconds between two bounds, both included."""

    def parse(value: str) -> float:
        number = float(value) if re.fullmatch(r"\d+(\.\d+)?", value) else None
        if number is None or not low <= number <= high:
            raise ValueError(f"must be a number of seconds from {low:.10g} to {high:.10g}")
        return number

    return Kind(parse, f"seconds, {low:.10g} to {high:.10g}")


def _read_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("must be the name of an IANA time zone, such as Europe/Madrid") from None
    return value


def _read_site_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("must be an address such as https://example.org, without query or fragment")
    if parts.path not in ("", "/"):
        raise ValueError("must be the root of a host; the site does not live under a path")
    return f"{parts.scheme}://{parts.netloc}"


def _read_database_url(value: str) -> str:
    if not value.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError("must start with sqlite:/// or postgresql+psycopg://")
    return value


def _read_secret(value: str) -> str:
    if len(value) < 32:
        raise ValueError(
            "must have at least 32 characters; make one with: python -c 'import secrets; print(secrets.token_hex(32))'"
        )
    return value


def _read_secret_or_none(value: str) -> str:
    return _read_secret(value) if value else ""


def _read_rates(value: str) -> str:
    from limits import parse_many

    try:
        parse_many(value)
    except ValueError:
        raise ValueError("must be rates such as '10 per minute; 100 per day'") from None
    return value


def _read_handles(value: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in value.split())


def _read_hosts(value: str) -> tuple[str, ...]:
    for host in (hosts := tuple(value.split())):
        parts = urlsplit(host)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError("must be addresses such as https://search-1.example.org:9200, separated by spaces")
        if "@" in parts.netloc:
            raise ValueError("must hold no user and no password: there are settings for them")
        if not re.search(r":\d{1,5}$", parts.netloc) or not 0 < int(parts.netloc.rpartition(":")[2]) < 65536:
            raise ValueError("must name the port of each address, usually 9200")
    if len(set(hosts)) != len(hosts):
        raise ValueError("must name each address once")
    return hosts


def _read_file(value: str) -> str:
    if value:
        try:
            Path(value).open("rb").close()
        except OSError as error:
            raise ValueError(f"must be a file that can be read ({error.strerror})") from None
    return value


def _read_prefix(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", value):
        raise ValueError("must be 1 to 64 small letters, digits, hyphens and underscores, a letter or digit first")
    return value


def _read_address(value: str) -> str:
    if value and not re.fullmatch(r"[!-?A-~]{1,64}@[A-Za-z0-9.-]{1,190}", value):
        raise ValueError("must be a plain address such as noreply@example.org")
    return value


def _read_token(value: str) -> str:
    if value and not re.fullmatch(r"[!-~]{16,}", value):
        raise ValueError("must have at least 16 characters, none of them a space")
    return value


def is_loopback(address: str) -> bool:
    """Whether an address (http or https) is this machine's own."""
    host = urlsplit(address).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


TEXT = Kind(str, "text")
ZONE = Kind(_read_zone, "IANA time zone")
SITE_URL = Kind(_read_site_url, "address of a site's root, http or https")
DATABASE_URL = Kind(_read_database_url, "SQLAlchemy URL")
SECRET = Kind(_read_secret, "text of at least 32 characters")
SECRET_OR_NONE = Kind(_read_secret_or_none, "text of at least 32 characters, or empty")
RATES = Kind(_read_rates, "rates, separated by `;`")
HANDLES = Kind(_read_handles, "names, separated by spaces")
HOSTS = Kind(_read_hosts, "addresses, http or https, with ports, separated by spaces")
FILE = Kind(_read_file, "path of a file that can be read")
PREFIX_OF_INDEXES = Kind(_read_prefix, "beginning of the names of indexes")
TOKEN = Kind(_read_token, "text of at least 16 characters without spaces")
ADDRESS = Kind(_read_address, "e-mail address")
