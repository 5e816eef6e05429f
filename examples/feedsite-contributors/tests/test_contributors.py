"""The aggregator gives what it promises, and passes the conformance test of feedsite on every store."""

from __future__ import annotations

from typing import Any

from feedsite_contributors import ContributorsAggregator

from feedsite.feeds import Activity, Actor, Entity, Manager, Object
from feedsite.feeds.plugins import aggregator
from feedsite.feeds.testing.conformance import AggregatorContract

PROJECT = Entity("project", "garden")


class TestConformance(AggregatorContract):
    """What every aggregator must do."""

    owner, other_owner = Entity("note", "1"), Entity("note", "2")
    variants = ({"reactions": True},)

    def make(self, owner: object, **options: Any) -> ContributorsAggregator:
        return ContributorsAggregator(owner, **options)


def test_each_person_is_one_card_with_the_number_of_their_acts() -> None:
    manager = Manager()
    for verb, who in (("create", "ana"), ("update", "bo"), ("update", "ana"), ("like", "cy")):
        manager.add_activity_feed(Activity(verb, Actor(who), Object("garden", "project")))
    cards = manager.get_feeds(ContributorsAggregator(PROJECT))
    assert [(card["id"], card["total"], card["latest"]["type"]) for card in cards] == [
        ("ana", 2, "update"),
        ("bo", 1, "update"),
    ]
    everybody = manager.get_feeds(ContributorsAggregator(PROJECT, reactions=True))
    assert [card["id"] for card in everybody] == ["cy", "ana", "bo"]


def test_it_is_found_by_its_name() -> None:
    assert aggregator("contributors") is ContributorsAggregator
