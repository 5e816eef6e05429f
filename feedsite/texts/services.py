"""The site's rules and its contact page: reading and writing them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from pyramid.i18n import TranslationStringFactory
from sqlalchemy import select
from sqlalchemy.orm import Session

from feedsite.db import utcnow
from feedsite.moderation.audit import AuditService
from feedsite.moderation.services import Actor
from feedsite.posts.text import normalised
from feedsite.remembering import remembered_in
from feedsite.texts.models import NAMES, SiteText

_ = TranslationStringFactory("feedsite")

MAX_TEXT = 20_000
MAX_RULES = 30
MAX_TITLE = 120

#: The name of what the process keeps.
REMEMBERED = "texts"
_BLANK = re.compile(r"\n\s*\n")

#: The rules of a site whose admins wrote none: title, and what it means.
DEFAULT_RULES = (
    (_("Be kind."), _("Disagree with what somebody says, not with who they are. No harassment, no threats, no hate.")),
    (
        _("No spam."),
        _("No advertising that nobody asked for, no mass follows, no machines that do not say so."),
    ),
    (_("Nothing illegal."), _("Nothing that the law forbids, and nothing that is not yours to publish.")),
    (_("Be who you say you are."), _("Do not pretend to be another person or organisation.")),
    (_("Respect others' privacy."), _("No private addresses, numbers or pictures of people who did not agree.")),
)
DEFAULT_CONTACT = _("The people who look after this site read every report. Report a note or an account from its menu.")


class TextRefused(ValueError):
    """Why a text cannot be as it was given.

    Args:
        rule: what is right.
    """

    def __init__(self, rule: str) -> None:
        self.rule = rule
        super().__init__(f"text: {rule}")


@dataclass(frozen=True)
class Rule:
    """One rule of the site, by its number as it stands now."""

    number: int
    title: str
    text: str

    @property
    def name(self) -> str:
        """What reports call it: number and title."""
        return f"{self.number}. {self.title}"


def rules_in(text: str) -> tuple[Rule, ...]:
    """The rules of a text: blank lines stand between them, the first line of each is its title."""
    parts = [part.strip() for part in _BLANK.split(text.strip()) if part.strip()]
    split = (part.partition("\n") for part in parts)
    return tuple(Rule(at, title.strip(), rest.strip()) for at, (title, _line, rest) in enumerate(split, 1))


class TextService:
    """Reads and writes the texts. Each change is an audit row with what it said before.

    Args:
        session: of the site's database.
        audit: the log.
        translate: says a default in the reader's language.
        kept: the texts that the process remembers, by name.
        changed: called when one is written.
    """

    def __init__(
        self,
        session: Session,
        audit: AuditService,
        translate: Callable[[str], str],
        *,
        kept: Mapping[str, str] = MappingProxyType({}),
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._session, self._audit, self._translate = session, audit, translate
        self._kept, self._changed = kept, changed

    def text(self, name: str) -> str:
        """A text as it is shown: the admins', or the default. One statement."""
        found = self._session.get(SiteText, name)
        return self.default(name) if found is None else found.text

    def default(self, name: str) -> str:
        """What a text says where admins wrote nothing."""
        if name == "contact":
            return self._translate(DEFAULT_CONTACT)
        return "\n\n".join(f"{self._translate(title)}\n{self._translate(text)}" for title, text in DEFAULT_RULES)

    def rules(self) -> tuple[Rule, ...]:
        """The site's rules, numbered from 1."""
        return rules_in(self.text("rules"))

    def known_rules(self) -> tuple[Rule, ...]:
        """The rules as the process remembers them, for pages of the administration: no statement.

        Of what another process wrote within five seconds it may not know.
        """
        return rules_in(self._kept.get("rules") or self.default("rules"))

    def write(self, actor: Actor, name: str, text: str) -> bool:
        """Write a text; an empty one brings the default back.

        Args:
            actor: who writes.
            name: one of `NAMES`.
            text: at most `MAX_TEXT` characters; of rules at most `MAX_RULES`, each with a title of at most `MAX_TITLE`.

        Returns whether something changed. Raises TextRefused.
        """
        if name not in NAMES:
            raise TextRefused(f"the texts are {', '.join(NAMES)}")
        wanted = normalised(text).strip()
        if len(wanted) > MAX_TEXT:
            raise TextRefused(f"at most {MAX_TEXT} characters")
        rules = rules_in(wanted) if name == "rules" else ()
        if len(rules) > MAX_RULES or any(len(rule.title) > MAX_TITLE for rule in rules):
            raise TextRefused(f"at most {MAX_RULES} rules, whose first lines have at most {MAX_TITLE} characters")
        before, found = self.text(name), self._session.get(SiteText, name)
        if (wanted or self.default(name)) == before:
            return False
        if found is not None:
            self._session.delete(found)
            self._session.flush()
        if wanted:
            self._session.add(SiteText(name=name, text=wanted, changed=utcnow()))
        after = {"text": wanted or self.default(name)}
        self._audit.record(actor.key, "site text", f"text:{name}", before={"text": before}, after=after)
        self._changed()
        return True


def written(session: Session) -> Mapping[str, str]:
    """What admins wrote, by name: one statement."""
    return {row.name: row.text for row in session.scalars(select(SiteText))}


def text_service(_context: object, request: Any) -> TextService:
    """Service factory."""
    remembered = remembered_in(request.registry, REMEMBERED)
    return TextService(
        request.dbsession,
        request.find_service(AuditService),
        request.localizer.translate,
        kept=remembered.kept,
        changed=lambda: remembered.forget_after_commit(request.tm.get()),
    )
