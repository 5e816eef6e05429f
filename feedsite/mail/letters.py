"""Letters: what a mail says, before it is a message in anybody's format."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_urlsafe
from typing import Any

from babel.dates import format_datetime, get_timezone
from pyramid.i18n import make_localizer
from pyramid.interfaces import ITranslationDirectories
from pyramid.request import Request

from feedsite.security.signing import Signer
from feedsite.settings import Settings, settings_of

LETTERS = "feedsite.letters"


@dataclass(frozen=True)
class Letter:
    """What a mail says, translated.

    Args:
        subject: one line.
        paragraphs: what stands above the link.
        action: what the link does, and its address; None: no link.
        after: what stands below it.
        topic: the kind of mail people may refuse; empty: it is sent in any case.
    """

    subject: str
    paragraphs: tuple[str, ...]
    action: tuple[str, str] | None = None
    after: tuple[str, ...] = ()
    topic: str = ""


class Desk:
    """What a letter is written with, outside of any request.

    Args:
        registry: the application's.
        locale: the reader's language.
    """

    def __init__(self, registry: Any, locale: str) -> None:
        self.settings: Settings = settings_of(registry)
        self.locale = locale
        self.request = Request.blank("/", base_url=self.settings.site_url)
        self.request.registry = registry
        self._localizer = make_localizer(locale, registry.queryUtility(ITranslationDirectories) or [])

    def say(self, message: str, **mapping: str) -> str:
        """A sentence in the reader's language; `site` is always there."""
        values = {"site": self.settings.site_name, **mapping}
        return str(self._localizer.translate(message, domain="feedsite", mapping=values))

    def say_many(self, one: str, many: str, number: int, **mapping: str) -> str:
        """A sentence for so many, in the reader's language; `site` is always there."""
        values = {"site": self.settings.site_name, **mapping}
        return str(self._localizer.pluralize(one, many, number, domain="feedsite", mapping=values))

    def url(self, route: str, **parts: Any) -> str:
        """The address of a page of this site, host and all."""
        return str(self.request.route_url(route, **parts))

    def token(self, purpose: str, seed: str) -> str:
        """The token of a link, worked out from what the database holds and the secret that it does not hold."""
        return token_of(self.settings.secrets, purpose, seed)

    def moment(self, at: str, zone: str) -> str:
        """An instant (ISO 8601) in words, in the reader's zone, which is named."""
        when = format_datetime(datetime.fromisoformat(at), "medium", tzinfo=get_timezone(zone), locale=self.locale)
        return f"{when} ({zone})"


def new_seed(secrets: Sequence[bytes]) -> str:
    """A random seed of a link, with the mark of the secret that makes the link of it.

    A mail may be sent when the site has another secret already: the mark says that it was made with the one before.
    """
    return f"{_mark_of(secrets[0])}.{token_urlsafe(24)}"


def token_of(secrets: Sequence[bytes], purpose: str, seed: str) -> str:
    """The token that belongs to a `seed`: 43 URL-safe characters. Who knows the seed alone cannot make it."""
    mark = seed.partition(".")[0]
    secret = next((one for one in secrets if _mark_of(one) == mark), secrets[0])
    return Signer(secret, f"link {purpose}").digest(seed)


def _mark_of(secret: bytes) -> str:
    return Signer(secret, "mark of a secret").digest("")[:8]


LetterMaker = Callable[[Desk, Mapping[str, Any]], Letter]


def add_letter(config: Any, name: str, make: LetterMaker) -> None:
    """Directive: the mail of this name says what `make(desk, data)` gives."""

    def register() -> None:
        config.registry[LETTERS][name] = make

    config.action(("letter", name), register)
