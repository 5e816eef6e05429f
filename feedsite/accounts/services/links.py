"""Links in mails: good once, for a short time, for one purpose.

The database holds a hash of the token, by which it is found; a waiting mail holds the random seed that the token is
worked out from with the site's secret. Who reads the database cannot make the link.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from feedsite.accounts.models import LinkToken
from feedsite.db import utcnow
from feedsite.mail.letters import new_seed, token_of

_LONGEST = 128


class NoSuchLink(LookupError):
    """The link was changed, used already, or is too old."""


class LinkService:
    """Makes and takes the tokens of links.

    Args:
        session: whose transaction they belong to.
        secrets: the site's; the first one makes links.
    """

    def __init__(self, session: Session, secrets: Sequence[bytes]) -> None:
        self._session, self._secrets = session, secrets

    def make(self, purpose: str, person_id: str | None, lifetime: timedelta, subject: str = "") -> str:
        """A new link's seed, for `Desk.token`. Links that are too old are forgotten on the way.

        Args:
            purpose: what the link does; a token of one purpose is nothing to another.
            person_id: whose account it is about; None: nobody's, and the link opens nothing. (Asking for a link costs
                the same work whether there is an account or not.)
            lifetime: how long it is good.
            subject: what else it is about.
        """
        seed, now = new_seed(self._secrets), utcnow()
        self._session.execute(delete(LinkToken).where(LinkToken.expires <= now))
        self._session.add(
            LinkToken(
                id=_hashed(token_of(self._secrets, purpose, seed)),
                purpose=purpose,
                person_id=person_id,
                subject=subject,
                created=now,
                expires=now + lifetime,
            )
        )
        self._session.flush()
        return seed

    def find(self, token: str, *purposes: str) -> LinkToken:
        """What a token is for, without using it. Raises NoSuchLink."""
        asked = select(LinkToken).where(
            LinkToken.id == _hashed(token[:_LONGEST]), LinkToken.purpose.in_(purposes), LinkToken.expires > utcnow()
        )
        found = self._session.scalar(asked)
        if found is None or found.person_id is None:
            raise NoSuchLink
        return found

    def use(self, token: str, *purposes: str) -> LinkToken:
        """Use a token: from here on it and all others of this purpose and person are worth nothing.

        Raises NoSuchLink, of two who use it at once for one of them.
        """
        found = self.find(token, *purposes)
        self._session.expunge(found)
        gone = self._session.execute(delete(LinkToken).where(LinkToken.id == found.id).returning(LinkToken.id))
        if gone.first() is None or found.person_id is None:
            raise NoSuchLink
        self.revoke(found.person_id, found.purpose)
        return found

    def revoke(self, person_id: str, *purposes: str) -> None:
        """Make all of somebody's links of these purposes worth nothing."""
        self._session.execute(
            delete(LinkToken).where(LinkToken.person_id == person_id, LinkToken.purpose.in_(purposes))
        )


def _hashed(token: str) -> str:
    # 256 bits of a keyed hash need no slow hash: there is nothing to guess.
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def link_service(_context: object, request: Any) -> LinkService:
    """Service factory."""
    return LinkService(request.dbsession, request.site_settings.secrets)
