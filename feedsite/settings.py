"""Every setting of the site, declared once: name, type, default, help.

A setting is read from the ini file's application section as ``feedsite.<name>`` and, over it, from the environment as
``FEEDSITE_<NAME>``. Anything missing, unknown or out of range stops the start with the setting's name; nothing is
guessed later, in the middle of a request.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields
from typing import Any

from feedsite.settings_accounts import AccountSettings
from feedsite.settings_values import (
    DATABASE_URL,
    FILE,
    HANDLES,
    HOSTS,
    PREFIX_OF_INDEXES,
    RATES,
    SECRET,
    SECRET_OR_NONE,
    SITE_URL,
    TEXT,
    TOKEN,
    ZONE,
    declare,
    is_loopback,
    one_of,
    seconds,
    whole,
)

PREFIX = "feedsite."
ENVIRONMENT_PREFIX = "FEEDSITE_"

#: Secrets that stand in files everybody can read. They sign nothing outside development and tests.
SAMPLE_SECRETS = frozenset(
    {"only-for-development-on-one-machine-0000", "change-me", "only-for-the-test-suite-0000000000000000"}
)


#: 32 random hexadecimal digits have fewer different ones than this once in ten million times.
_FEWEST_CHARACTERS = 8


class SettingError(ValueError):
    """A setting is missing, unknown or wrong. The message names it, what was found and what is right."""

    def __init__(self, name: str, problem: str) -> None:
        self.name = name
        super().__init__(f"{PREFIX}{name} (environment: {environment_name(name)}): {problem}")


def environment_name(name: str) -> str:
    """The environment variable that overrides setting `name`."""
    return ENVIRONMENT_PREFIX + name.upper()


@dataclass(frozen=True, kw_only=True)
class Settings(AccountSettings):
    """The site's settings, checked and typed. `load` makes it; tests and commands may build it with `load` too."""

    environment: str = declare(
        one_of("development", "testing", "production"),
        "production",
        help="What this process is for. Development and testing accept the sample secrets, show the style guide and "
        "make templates fail on an undefined name.",
    )
    site_name: str = declare(TEXT, "feedsite", help="The name people see in the header, in titles and in mails.")
    site_url: str = declare(
        SITE_URL,
        "http://localhost:6543",
        help="Where people reach the site. When it is https, cookies are Secure with the __Host- prefix, and HSTS is "
        "sent.",
    )
    contact_email: str = declare(
        TEXT, "", help="Where security.txt and the privacy page send people. Without it security.txt answers 404."
    )
    secret: str = declare(
        SECRET, help="Signs cookies, cursors and links. At least 32 characters, known to this site alone.", secret=True
    )
    previous_secret: str = declare(
        SECRET_OR_NONE,
        "",
        help="The secret before this one, while there is something of it under way: what it signed is good still, and "
        "nothing new is signed with it (docs/security.md).",
        secret=True,
    )
    database_url: str = declare(
        DATABASE_URL,
        help="The database: sqlite:///absolute/path.sqlite or postgresql+psycopg://user@host/name.",
        secret=True,
    )
    database_pool_size: int = declare(whole(1, 200), "10", help="Connections kept open to the database, per process.")
    database_busy_timeout: float = declare(
        seconds(0.1, 9), "5", help="Seconds a statement waits for a lock before the request is tried again."
    )
    database_statement_timeout: float = declare(
        seconds(0.5, 9),
        "8",
        help="Seconds a statement may run on PostgreSQL. Below ten, so that no act is committed later than the margin "
        "of the read markers.",
    )
    store: str = declare(
        one_of("sql", "elasticsearch"),
        "sql",
        help="What answers pages of feeds: the database itself, or a search cluster that is kept equal to it "
        "(docs/elasticsearch.md). The database holds the truth in both cases.",
    )
    elasticsearch_hosts: tuple[str, ...] = declare(
        HOSTS, "", help="The nodes of the cluster, as in `https://search-1.example.org:9200 https://search-2...`."
    )
    elasticsearch_api_key: str = declare(
        TEXT, "", help="An API key of the cluster in its encoded form, instead of user and password.", secret=True
    )
    elasticsearch_user: str = declare(TEXT, "", help="A user of the cluster.")
    elasticsearch_password: str = declare(TEXT, "", help="That user's password.", secret=True)
    elasticsearch_ca: str = declare(
        FILE, "", help="The authorities (PEM) that vouch for the nodes' certificates; empty: those of the system."
    )
    elasticsearch_feed_index: str = declare(
        PREFIX_OF_INDEXES, "feeds", help="What the names of the indexes of acts begin with; each site has its own."
    )
    elasticsearch_network_index: str = declare(
        PREFIX_OF_INDEXES, "network", help="What the names of the indexes of links begin with; each site has its own."
    )
    elasticsearch_bounds: str = declare(
        one_of("process", "index"),
        "process",
        help="Where a page looks up whose newest acts can be on it. `process`: each process keeps that for those its "
        "readers follow, and a page takes one round trip. `index`: nothing is kept, and it takes two.",
    )
    elasticsearch_deadline: float = declare(
        seconds(0.1, 2),
        "1.2",
        help="Seconds that all calls of one request to the cluster may take together; then the database answers.",
    )
    elasticsearch_deliver_budget: float = declare(
        seconds(0, 2),
        "0.5",
        help="Seconds that a request which wrote something may spend, after its commit, on telling the cluster. "
        "What is left is delivered later; pages show it at once in any case. 0: nothing is delivered in requests.",
    )
    elasticsearch_deliver_every: float = declare(
        seconds(0, 60),
        "1",
        help="Seconds between the deliveries that each process of the site makes in the background. 0: none; then "
        "`feedsite index deliver --follow` has to run.",
    )
    vector_dims: int = declare(
        whole(0, 4096),
        "0",
        help="How many numbers the vectors of activities have, for feeds of what is near in meaning; 0: any, and no "
        "index keeps them. With a search cluster it counts for indexes made from then on: `feedsite index rebuild`.",
    )
    metrics_token: str = declare(
        TOKEN,
        "",
        help="Who sends it as a bearer token may read /metrics. Without it there is no such page in production.",
        secret=True,
    )
    request_attempts: int = declare(
        whole(1, 10),
        "3",
        help="How often a request is tried when the database asks for it (deadlock, busy, conflict).",
    )
    max_body_bytes: int = declare(
        whole(16_384, 64 * 2**20),
        "1048576",
        help="The largest request body in bytes; more is answered with 413. "
        "A picture may be larger: `picture_max_bytes`.",
    )
    session_idle_seconds: float = declare(
        seconds(60, 366 * 86_400), "2592000", help="Seconds without a request after which a login ends (30 days)."
    )
    session_absolute_seconds: float = declare(
        seconds(60, 3 * 366 * 86_400), "15552000", help="Seconds after which a login ends in any case (180 days)."
    )
    password_memory_kib: int = declare(
        whole(19_456, 4 * 2**20), "19456", help="Memory in KiB for one argon2id hash. Raising it re-hashes at login."
    )
    password_iterations: int = declare(
        whole(2, 20), "2", help="Passes of one argon2id hash. Raising it re-hashes at login."
    )
    static_path: str = declare(
        TEXT, "", help="The folder of static files; empty: `static` beside the package, as in a checkout."
    )
    throttle_storage: str = declare(
        one_of("memory", "database"),
        "memory",
        help="Where attempts are counted: memory (one process) or database (several processes; PostgreSQL only).",
    )
    throttle_login_address: str = declare(
        RATES, "30 per 15 minutes; 200 per day", help="Sign-in attempts from one address (IPv6: one /64)."
    )
    throttle_login_account: str = declare(
        RATES,
        "10 per 15 minutes; 50 per day",
        help="Sign-in attempts on one account from browsers that never signed in to it. A browser that did has its own "
        "count, so strangers cannot lock an owner out.",
    )
    throttle_join: str = declare(
        RATES, "10 per hour; 30 per day", help="Accounts made from one address (IPv6: one /64)."
    )
    throttle_post: str = declare(RATES, "30 per minute; 500 per day", help="Notes and replies by one person.")
    throttle_react: str = declare(RATES, "120 per minute; 5000 per day", help="Likes and shares by one person.")
    throttle_follow: str = declare(
        RATES, "60 per minute; 1000 per day", help="Follows, watches and mutes by one person."
    )
    throttle_report: str = declare(RATES, "20 per hour; 60 per day", help="Reports by one person.")
    throttle_search: str = declare(
        RATES, "60 per minute; 2000 per day", help="Searches by one person, or from one address (IPv6: one /64)."
    )
    reserved_handles: tuple[str, ...] = declare(
        HANDLES, "", help="Further handles nobody may take, separated by spaces, besides the built-in list."
    )
    note_max_length: int = declare(whole(1, 1000), "1000", help="Characters in a note.")
    default_zone: str = declare(ZONE, "UTC", help="The time zone of people who are not signed in.")
    default_locale: str = declare(TEXT, "en", help="The language of people who are not signed in.")

    @property
    def is_https(self) -> bool:
        """Whether people reach the site over https."""
        return self.site_url.startswith("https://")

    @property
    def is_production(self) -> bool:
        """Whether this is neither development nor a test run."""
        return self.environment == "production"

    @property
    def secrets(self) -> tuple[bytes, ...]:
        """The secrets as key material: the one that signs, and after it the one before that is believed still."""
        return tuple(secret.encode() for secret in (self.secret, self.previous_secret) if secret)


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
    _check_secrets(settings)
    if settings.throttle_storage == "database" and settings.database_url.startswith("sqlite"):
        # SQLite has one writer: a counter in a second connection would wait for the request it is counting.
        raise SettingError("throttle_storage", "database needs PostgreSQL; with SQLite use memory")
    _check_cluster(settings)
    _check_mail(settings)
    if settings.session_idle_seconds > settings.session_absolute_seconds:
        raise SettingError("session_idle_seconds", "must not be longer than session_absolute_seconds")


def _check_secrets(settings: Settings) -> None:
    for name in ("secret", "previous_secret") if settings.is_production else ():
        secret: str = getattr(settings, name)
        if secret in SAMPLE_SECRETS:
            raise SettingError(name, "is the sample everybody can read; make one of your own")
        if secret and len(set(secret)) < _FEWEST_CHARACTERS:
            raise SettingError(name, "is no random text: it has fewer than 8 different characters")
    if settings.secret == settings.previous_secret:
        raise SettingError("previous_secret", "must be another one than secret")


def _check_cluster(settings: Settings) -> None:
    key, user, password = settings.elasticsearch_api_key, settings.elasticsearch_user, settings.elasticsearch_password
    if settings.store == "elasticsearch" and not settings.elasticsearch_hosts:
        raise SettingError("elasticsearch_hosts", "must be set, as the store is elasticsearch")
    if key and (user or password):
        raise SettingError("elasticsearch_api_key", "must not be set together with a user or a password")
    if bool(user) != bool(password):
        missing = "elasticsearch_password" if user else "elasticsearch_user"
        raise SettingError(missing, "must be set: user and password belong together")
    open_hosts = [host for host in settings.elasticsearch_hosts if not host.startswith("https:")]
    if (key or password) and not all(is_loopback(host) for host in open_hosts):
        raise SettingError("elasticsearch_hosts", "must be https: credentials are not sent through a network in clear")
    if settings.elasticsearch_ca and len(open_hosts) == len(settings.elasticsearch_hosts):
        raise SettingError("elasticsearch_ca", "has no use: no address of elasticsearch_hosts is https")
    # One prefix that begins with the other would make their indexes hard to tell apart.
    feeds, network = settings.elasticsearch_feed_index, settings.elasticsearch_network_index
    if f"{feeds}-".startswith(f"{network}-") or f"{network}-".startswith(f"{feeds}-"):
        raise SettingError("elasticsearch_network_index", "must not begin as elasticsearch_feed_index does")


def _check_mail(settings: Settings) -> None:
    if settings.is_production and settings.mail_backend in ("console", "memory"):
        raise SettingError("mail_backend", "sends nothing anywhere: in production it is smtp, or file")
    if settings.mail_backend == "file" and not settings.mail_folder:
        raise SettingError("mail_folder", "must be set, as mails are written to files")
    user, password = settings.mail_smtp_user, settings.mail_smtp_password
    if bool(user) != bool(password):
        missing = "mail_smtp_password" if user else "mail_smtp_user"
        raise SettingError(missing, "must be set: user and password belong together")
    if password and settings.mail_smtp_security == "none" and not is_loopback(f"smtp://{settings.mail_smtp_host}"):
        raise SettingError("mail_smtp_security", "must not be none: a password is not sent through a network in clear")


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
