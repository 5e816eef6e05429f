"""Every setting of the site, declared once: name, type, default, help.

A setting is read from the ini file's application section as ``feedsite.<name>`` and, over it, from the environment as
``FEEDSITE_<NAME>``. Anything missing, unknown or out of range stops the start with the setting's name; nothing is
guessed later, in the middle of a request.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

PREFIX = "feedsite."
ENVIRONMENT_PREFIX = "FEEDSITE_"

#: Secrets that stand in files everybody can read. They sign nothing outside development and tests.
SAMPLE_SECRETS = frozenset(
    {"only-for-development-on-one-machine-0000", "change-me", "only-for-the-test-suite-0000000000000000"}
)


class _Kind(NamedTuple):
    """How a setting's text is read, and what that is called in the docs."""

    parse: Callable[[str], Any]
    name: str


class SettingError(ValueError):
    """A setting is missing, unknown or wrong. The message names it, what was found and what is right."""

    def __init__(self, name: str, problem: str) -> None:
        self.name = name
        super().__init__(f"{PREFIX}{name} (environment: {environment_name(name)}): {problem}")


def environment_name(name: str) -> str:
    """The environment variable that overrides setting `name`."""
    return ENVIRONMENT_PREFIX + name.upper()


def _one_of(*choices: str) -> _Kind:
    def parse(value: str) -> str:
        if value not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return value

    return _Kind(parse, "one of " + ", ".join(f"`{choice}`" for choice in choices))


def _whole(low: int, high: int) -> _Kind:
    def parse(value: str) -> int:
        number = int(value) if re.fullmatch(r"-?\d+", value) else None
        if number is None or not low <= number <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return number

    return _Kind(parse, f"whole number, {low} to {high}")


def _seconds(low: float, high: float) -> _Kind:
    def parse(value: str) -> float:
        number = float(value) if re.fullmatch(r"\d+(\.\d+)?", value) else None
        if number is None or not low <= number <= high:
            raise ValueError(f"must be a number of seconds from {low:.10g} to {high:.10g}")
        return number

    return _Kind(parse, f"seconds, {low:.10g} to {high:.10g}")


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


def _read_rates(value: str) -> str:
    from limits import parse_many

    try:
        parse_many(value)
    except ValueError:
        raise ValueError("must be rates such as '10 per minute; 100 per day'") from None
    return value


def _read_handles(value: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in value.split())


_TEXT = _Kind(str, "text")
_ZONE = _Kind(_read_zone, "IANA time zone")
_SITE_URL = _Kind(_read_site_url, "address of a site's root, http or https")
_DATABASE_URL = _Kind(_read_database_url, "SQLAlchemy URL")
_SECRET = _Kind(_read_secret, "text of at least 32 characters")
_RATES = _Kind(_read_rates, "rates, separated by `;`")
_HANDLES = _Kind(_read_handles, "names, separated by spaces")


def declare(kind: _Kind, default: Any = MISSING, *, help: str) -> Any:
    """One setting: how its text is read, its default as text (none: it must be given) and what it is for."""
    return field(metadata={"parse": kind.parse, "type": kind.name, "default": default, "help": help})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The site's settings, checked and typed. `load` makes it; tests and commands may build it with `load` too."""

    environment: str = declare(
        _one_of("development", "testing", "production"),
        "production",
        help="What this process is for. Development and testing accept the sample secrets, show the style guide and "
        "make templates fail on an undefined name.",
    )
    site_name: str = declare(_TEXT, "feedsite", help="The name people see in the header, in titles and in mails.")
    site_url: str = declare(
        _SITE_URL,
        "http://localhost:6543",
        help="Where people reach the site. When it is https, cookies are Secure with the __Host- prefix, and HSTS is "
        "sent.",
    )
    contact_email: str = declare(
        _TEXT, "", help="Where security.txt and the privacy page send people. Without it security.txt answers 404."
    )
    secret: str = declare(
        _SECRET, help="Signs cookies, cursors and links. At least 32 characters, known to this site alone."
    )
    database_url: str = declare(
        _DATABASE_URL, help="The database: sqlite:///absolute/path.sqlite or postgresql+psycopg://user@host/name."
    )
    database_pool_size: int = declare(_whole(1, 200), "10", help="Connections kept open to the database, per process.")
    database_busy_timeout: float = declare(
        _seconds(0.1, 9), "5", help="Seconds a statement waits for a lock before the request is tried again."
    )
    database_statement_timeout: float = declare(
        _seconds(0.5, 9),
        "8",
        help="Seconds a statement may run on PostgreSQL. Below ten, so that no act is committed later than the margin "
        "of the read markers.",
    )
    request_attempts: int = declare(
        _whole(1, 10),
        "3",
        help="How often a request is tried when the database asks for it (deadlock, busy, conflict).",
    )
    max_body_bytes: int = declare(
        _whole(16_384, 64 * 2**20), "1048576", help="The largest request body in bytes; more is answered with 413."
    )
    session_idle_seconds: float = declare(
        _seconds(60, 366 * 86_400), "2592000", help="Seconds without a request after which a login ends (30 days)."
    )
    session_absolute_seconds: float = declare(
        _seconds(60, 3 * 366 * 86_400), "15552000", help="Seconds after which a login ends in any case (180 days)."
    )
    password_memory_kib: int = declare(
        _whole(19_456, 4 * 2**20), "19456", help="Memory in KiB for one argon2id hash. Raising it re-hashes at login."
    )
    password_iterations: int = declare(
        _whole(2, 20), "2", help="Passes of one argon2id hash. Raising it re-hashes at login."
    )
    static_path: str = declare(
        _TEXT, "", help="The folder of static files; empty: `static` beside the package, as in a checkout."
    )
    throttle_storage: str = declare(
        _one_of("memory", "database"),
        "memory",
        help="Where attempts are counted: memory (one process) or database (several processes; PostgreSQL only).",
    )
    throttle_login_address: str = declare(
        _RATES, "30 per 15 minutes; 200 per day", help="Sign-in attempts from one address (IPv6: one /64)."
    )
    throttle_login_account: str = declare(
        _RATES,
        "10 per 15 minutes; 50 per day",
        help="Sign-in attempts on one account from browsers that never signed in to it. A browser that did has its own "
        "count, so strangers cannot lock an owner out.",
    )
    throttle_join: str = declare(
        _RATES, "10 per hour; 30 per day", help="Accounts made from one address (IPv6: one /64)."
    )
    throttle_post: str = declare(_RATES, "30 per minute; 500 per day", help="Notes and replies by one person.")
    throttle_react: str = declare(_RATES, "120 per minute; 5000 per day", help="Likes and shares by one person.")
    throttle_follow: str = declare(
        _RATES, "60 per minute; 1000 per day", help="Follows, watches and mutes by one person."
    )
    reserved_handles: tuple[str, ...] = declare(
        _HANDLES, "", help="Further handles nobody may take, separated by spaces, besides the built-in list."
    )
    note_max_length: int = declare(_whole(1, 1000), "1000", help="Characters in a note.")
    default_zone: str = declare(_ZONE, "UTC", help="The time zone of people who are not signed in.")
    default_locale: str = declare(_TEXT, "en", help="The language of people who are not signed in.")

    @property
    def is_https(self) -> bool:
        """Whether people reach the site over https."""
        return self.site_url.startswith("https://")

    @property
    def is_production(self) -> bool:
        """Whether this is neither development nor a test run."""
        return self.environment == "production"

    @property
    def secret_bytes(self) -> bytes:
        """The secret as key material."""
        return self.secret.encode()


def load(ini: Mapping[str, str], environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of an ini section, with the environment over it.

    Args:
        ini: the application section; only keys that start with ``feedsite.`` are looked at.
        environ: the environment; None: the process's own.

    Raises SettingError naming the first setting that is missing, unknown or wrong.
    """
    environ = os.environ if environ is None else environ
    known = {f.name for f in fields(Settings)}
    for key in ini:
        if key.startswith(PREFIX) and key.removeprefix(PREFIX) not in known:
            raise SettingError(key.removeprefix(PREFIX), "there is no such setting")
    settings = Settings(**{f.name: _value(f, ini, environ) for f in fields(Settings)})
    _check_together(settings)
    return settings


def _value(declared: Field[Any], ini: Mapping[str, str], environ: Mapping[str, str]) -> Any:
    text = environ.get(environment_name(declared.name), ini.get(PREFIX + declared.name, declared.metadata["default"]))
    if text is MISSING:
        raise SettingError(declared.name, "must be set; " + declared.metadata["help"])
    try:
        return declared.metadata["parse"](str(text).strip())
    except ValueError as error:
        # The value itself is left out: it may be a secret, and start-up messages end in logs.
        raise SettingError(declared.name, str(error)) from None


def _check_together(settings: Settings) -> None:
    if settings.is_production and settings.secret in SAMPLE_SECRETS:
        raise SettingError("secret", "is the sample everybody can read; make one of your own")
    if settings.throttle_storage == "database" and settings.database_url.startswith("sqlite"):
        # SQLite has one writer: a counter in a second connection would wait for the request it is counting.
        raise SettingError("throttle_storage", "database needs PostgreSQL; with SQLite use memory")
    if settings.session_idle_seconds > settings.session_absolute_seconds:
        raise SettingError("session_idle_seconds", "must not be longer than session_absolute_seconds")


def settings_of(registry: Any) -> Settings:
    """The site's settings in a Pyramid registry (also as ``request.site_settings``)."""
    found: Settings = registry["feedsite.settings"]
    return found


def includeme(config: Any) -> None:
    """Check the settings and make them reachable; derive what the libraries read from the same section."""
    settings = load(config.registry.settings)
    config.registry["feedsite.settings"] = settings
    config.add_request_method(lambda request: settings_of(request.registry), "site_settings", reify=True)
    config.add_settings(
        {
            "tm.manager_hook": "pyramid_tm.explicit_manager",
            "tm.commit_veto": "pyramid_tm.default_commit_veto",
            # Identity is read when something asks for it: static files and health checks cost no statement.
            "tm.annotate_user": False,
            "retry.attempts": settings.request_attempts,
            "retry.activate_hook": "feedsite.web.inputs.attempts",
            "pyramid.default_locale_name": settings.default_locale,
        }
    )
