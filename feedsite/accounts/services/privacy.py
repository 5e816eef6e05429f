"""Where somebody may be found, by search engines and by this site, and whether they approve who follows them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from feedsite.accounts.models import Person


class PrivacyService:
    """Keeps what people said about being found and followed.

    A search in SQL asks for ``Person.discoverable`` itself; who has people already asks `findable`.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def change(self, person_id: str, *, noindex: bool, discoverable: bool, locked: bool) -> None:
        """Say where somebody may be found, and who may follow them.

        Args:
            noindex: search engines are asked to list neither their profile nor their notes.
            discoverable: this site's search and suggestions may show them.
            locked: who wants to follow them asks first; whoever follows them already goes on. Requests that are open
                when this ends stay until they are answered.
        """
        person = self._session.get_one(Person, person_id)
        person.noindex, person.discoverable, person.locked = noindex, discoverable, locked

    @staticmethod
    def findable(people: Iterable[Person], *, but: str | None = None) -> list[Person]:
        """Those people, in their order, whom this site's search and suggestions may show.

        Args:
            but: the id of somebody who may be shown in any case: people find themselves.
        """
        return [person for person in people if person.discoverable or person.id == but]


def privacy_service(_context: object, request: Any) -> PrivacyService:
    """Service factory."""
    return PrivacyService(request.dbsession)
