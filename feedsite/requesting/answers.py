"""What somebody answers to those who ask to follow them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from feedsite.accounts.models import Person
from feedsite.accounts.services import PeopleService
from feedsite.graph.services import GraphService
from feedsite.requesting.services import FollowRequestService


class AnswerService:
    """Accepts and declines requests. The request's row is what those wait for who do something about it at the same
    moment: it is taken away first, and only who took it away goes on."""

    def __init__(self, requests: FollowRequestService, graph: GraphService, people: PeopleService) -> None:
        self._requests, self._graph, self._people = requests, graph, people

    def accept(self, person_id: str, requester_ids: Iterable[str]) -> list[Person]:
        """Let people follow who asked for it: link and act, as if they followed now.

        Returns who follows now by this. Not who took it back, or was answered already; nor who is suspended or leaving,
        whose request stays until that is over; nor who is blocked, either way, whose request goes.
        """
        people = self._people.by_ids(requester_ids)
        # In one order, so that two browsers that accept the same page wait for each other in no circle.
        return [people[name] for name in sorted(people) if self._let_in(person_id, people[name])]

    def _let_in(self, person_id: str, requester: Person) -> bool:
        if not requester.is_shown or not self._requests.end(requester.id, person_id):
            return False
        if self._graph.blocked_between(requester.id, person_id):
            return False
        self._graph.link(requester.id, person_id)
        return True

    def decline(self, person_id: str, requester_ids: Iterable[str]) -> int:
        """Take requests away; nobody is told, and who asked may ask again. Returns how many there were."""
        return sum(self._requests.end(name, person_id) for name in sorted(set(requester_ids)))


def answer_service(_context: object, request: Any) -> AnswerService:
    """Service factory."""
    services = (FollowRequestService, GraphService, PeopleService)
    return AnswerService(*(request.find_service(service) for service in services))
