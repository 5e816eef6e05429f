"""Keeping people's pictures."""

from __future__ import annotations

from hashlib import blake2b
from typing import IO, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from feedsite.accounts.models import Person
from feedsite.db import utcnow
from feedsite.pictures.encoding import Limits, made_small
from feedsite.pictures.models import Picture
from feedsite.settings import Settings

_HASH_BYTES = 16


class PictureService:
    """Takes pictures, gives them out and removes them.

    Args:
        limits: of the files that are taken.
    """

    def __init__(self, session: Session, limits: Limits) -> None:
        self._session, self._limits = session, limits

    def choose(self, person_id: str, file: IO[bytes]) -> None:
        """Make a picture of a file, in place of the one there is.

        Raises PictureRefused; nothing is changed then.
        """
        body = made_small(file, self._limits)
        person = self._locked(person_id)
        picture = self._session.get(Picture, person_id) or Picture(person_id=person_id)
        picture.body, picture.hash, picture.changed = body, _hash(body), utcnow()
        self._session.add(picture)
        person.picture = picture.hash

    def remove(self, person_id: str) -> bool:
        """Remove somebody's picture; returns whether there was one."""
        person = self._locked(person_id)
        picture = self._session.get(Picture, person_id)
        if picture is None:
            return False
        self._session.delete(picture)
        person.picture = None
        return True

    def of(self, person_id: str) -> bytes | None:
        """Somebody's picture, for themselves."""
        return self._session.scalar(select(Picture.body).where(Picture.person_id == person_id))

    def shown(self, name: str) -> bytes | None:
        """A picture by its hash, where somebody who is shown has it; None otherwise."""
        asked = select(Picture.body).join(Person, Person.id == Picture.person_id)
        return self._session.scalar(asked.where(Picture.hash == name, Person.is_shown).limit(1))

    def _locked(self, person_id: str) -> Person:
        # Two files at once are one after the other: row and column are of the same one.
        return self._session.get_one(Person, person_id, with_for_update=True, populate_existing=True)


def limits_of(settings: Settings) -> Limits:
    """The limits of the settings."""
    return Limits(size=settings.picture_max_bytes, pixels=settings.picture_max_pixels)


def _hash(body: bytes) -> str:
    return blake2b(body, digest_size=_HASH_BYTES).hexdigest()


def picture_service(_context: object, request: Any) -> PictureService:
    """Service factory."""
    return PictureService(request.dbsession, limits_of(request.site_settings))
