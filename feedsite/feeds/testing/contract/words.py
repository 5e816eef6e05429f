"""Acts by the words of their text, and things by the beginnings of their names."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from feedsite.feeds import Activity, Actor, Entity, InvalidIdentifier, Manager, Object
from feedsite.feeds.aggregators import ActorAggregator, PublicAggregator, ThingAggregator, UnAggregated
from feedsite.feeds.testing.contract.base import Contract
from feedsite.feeds.testing.world import Clock, Network, note


class WordsContract(Contract):
    """Acts by the words of their text, and things by the beginnings of their names."""

    def test_acts_are_found_by_every_one_of_the_words_asked_for(self, network: Network) -> None:
        both = network.post("ana", words=("rye", "bread"))
        more = network.post("bo", words=("bread", "rye", "oven"))
        network.post("ana", words=("bread",))
        network.post("ana", words=("ryebread",))
        assert network.ids(PublicAggregator(words=("bread", "rye"))) == [more, both]
        assert network.ids(PublicAggregator(words=("bread", "rye", "nowhere"))) == []
        assert network.ids(ActorAggregator("ana", words=("bread", "rye"))) == [both]

    def test_words_go_with_every_other_filter_and_page_by_page(self, network: Network, clock: Clock) -> None:
        network.follow("reader", "ana")
        tag = Entity("tag", "baking")
        made = [network.post("ana", words=("bread",), about=(tag,)) for _ in range(7)]
        network.post("ana", verb="reply", words=("bread",))
        network.post("bo", words=("bread",))
        options: dict[str, Any] = {"words": ("bread",), "verbs": ("create",)}
        assert network.ids(ThingAggregator(tag, size=3, **options)) == made[::-1]
        assert network.ids(UnAggregated("reader", include_history=True, size=3, **options)) == made[::-1]
        third = clock.now - timedelta(seconds=5)
        assert network.ids(PublicAggregator(until=third, size=2, touching=(tag,), **options)) == made[2::-1]

    def test_a_search_shows_what_the_viewer_may_see_now(self, manager: Manager, network: Network) -> None:
        said = {name: network.post(name, words=("secret",)) for name in ("ana", "bo", "cy")}
        quiet = network.post("ana", words=("secret", "spoiler"), visibility="followers")
        asked = PublicAggregator("reader", words=("secret",))
        assert network.ids(asked) == [said["cy"], said["bo"], said["ana"]]
        manager.follow("reader", "ana")
        assert network.ids(asked)[0] == quiet
        assert quiet not in network.ids(PublicAggregator("reader", words=("secret",), public_only=True))
        manager.mute("reader", Entity("word", "spoiler"))
        manager.block("bo", "reader")
        manager.mute(Entity("site", "all"), "cy")
        assert network.ids(asked) == [said["ana"]]
        manager.delete_activity(said["ana"])
        assert network.ids(asked) == []

    def test_a_changed_text_is_found_by_what_it_says_now(self, manager: Manager, network: Network) -> None:
        act_id = network.post("ana", on="1", words=("old",))
        manager.update_activity(Activity("create", Actor("ana"), Object("1", "note"), id=act_id, words=("new",)))
        assert network.ids(PublicAggregator(words=("new",))) == [act_id]
        assert network.ids(PublicAggregator(words=("old",))) == []

    def test_reading_goes_on_after_any_act_of_a_page(self, manager: Manager, network: Network) -> None:
        made = [network.post("ana", words=("bread",)) for _ in range(5)][::-1]
        aggregator = PublicAggregator(words=("bread",), size=4)
        page = manager.get_page(aggregator)
        cursor = manager.cursor_after(aggregator, page, page.items[1])
        assert [item.id for item in manager.get_page(aggregator, cursor).items] == made[2:]

    def test_what_is_no_word_is_refused_by_name(self) -> None:
        for wrong in ("two words", ""):
            with pytest.raises(InvalidIdentifier, match="words"):
                PublicAggregator(words=(wrong,))

    def test_things_are_found_by_the_beginnings_of_their_names(self, manager: Manager, network: Network) -> None:
        for name in ("bread", "bre", "breakfast", "bräd", "oven"):
            network.post("ana", about=(Entity("tag", name),))
        network.post("ana", on="bread")
        found = [thing.id for thing in manager.things("tag", "bre")]
        assert found == ["bre", "bread", "breakfast"]
        assert [thing.id for thing in manager.things("tag", "bre", after="bre", size=1)] == ["bread"]
        assert manager.things("note", "bread") == [note("bread")]
