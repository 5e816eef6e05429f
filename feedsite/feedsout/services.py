"""Addresses of private feeds: made, found by what a reader sends, ended one by one or all at once."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from feedsite.accounts.models import Person
from feedsite.db import utcnow
from feedsite.feedsout.models import FeedToken

#: How many one person may have: a reader on every device, and no list that nobody can look through.
MOST = 20
#: Whose feeds are read: an account in any other state has none.
_READING = ("active", "unverified", "limited")
#: How old `last_used` may get before a request writes it again: one write in an hour, not one each time.
_TOUCH_AFTER = timedelta(hours=1)
#: How long an address that was ended says so.
_REMEMBERED = timedelta(days=90)
_LONGEST = 128


class TooMany(Exception):
    """They have as many as one may have."""


class NoSuchFeed(LookupError):
    """There is no feed with this token, or its owner's account is not open."""


class FeedEnded(LookupError):
    """There was a feed with this token; it has been ended."""


class FeedTokenService:
    """Makes, finds and ends the tokens of private feeds."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def make(self, person_id: str, feed: str, name: str) -> str:
        """A new token, which is stored nowhere.

        Args:
            person_id: whose.
            feed: "home" or "notifications".
            name: what they call it, 1 to 60 characters.

        Raises TooMany.
        """
        self._forget()
        if len(self.of(person_id)) >= MOST:
            raise TooMany
        token = secrets.token_urlsafe(32)
        self._session.add(FeedToken(id=_hashed(token), person_id=person_id, feed=feed, name=name))
        self._session.flush()
        return token

    def of(self, person_id: str) -> list[FeedToken]:
        """Somebody's feeds that were not ended, the newest first."""
        asked = select(FeedToken).where(FeedToken.person_id == person_id, FeedToken.ended.is_(None))
        return list(self._session.scalars(asked.order_by(FeedToken.created.desc(), FeedToken.id)))

    def find(self, token: str) -> tuple[FeedToken, Person]:
        """The feed that a token opens, and whose it is. Raises NoSuchFeed and FeedEnded."""
        if len(token) > _LONGEST:
            raise NoSuchFeed
        found = self._session.execute(
            select(FeedToken, Person)
            .join(Person, Person.id == FeedToken.person_id)
            .where(FeedToken.id == _hashed(token), Person.state.in_(_READING), Person.leaves.is_(None))
        ).one_or_none()
        if found is None:
            raise NoSuchFeed
        if found.FeedToken.ended is not None:
            raise FeedEnded
        return found.FeedToken, found.Person

    def used(self, feed: FeedToken) -> None:
        """Note that a feed was read now."""
        now = utcnow()
        if feed.last_used is None or feed.last_used < now - _TOUCH_AFTER:
            touched = update(FeedToken).where(FeedToken.id == feed.id).values(last_used=now)
            self._session.execute(touched.execution_options(synchronize_session=False))

    def end(self, person_id: str, feed_id: str) -> bool:
        """End one of somebody's feeds; returns whether there was one to end."""
        return self._end(FeedToken.person_id == person_id, FeedToken.id == feed_id)

    def end_all(self, person_id: str) -> bool:
        """End all of somebody's feeds, for good; returns whether there was one."""
        return self._end(FeedToken.person_id == person_id)

    def _end(self, *which: Any) -> bool:
        ending = update(FeedToken).where(FeedToken.ended.is_(None), *which).values(ended=utcnow())
        ended = self._session.execute(ending.returning(FeedToken.id).execution_options(synchronize_session=False))
        return bool(ended.all())

    def _forget(self) -> None:
        self._session.execute(delete(FeedToken).where(FeedToken.ended < utcnow() - _REMEMBERED))


def _hashed(token: str) -> str:
    # 256 random bits need no slow hash: there is nothing to guess.
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def feed_token_service(_context: object, request: Any) -> FeedTokenService:
    """Service factory."""
    return FeedTokenService(request.dbsession)
