"""Who sees what."""

from __future__ import annotations

import pytest

from feedsite.feeds import Entity, InvalidQuery, Manager
from feedsite.feeds.aggregators import (
    ActorAggregator,
    CollapseAggregator,
    NotificationAggregator,
    PublicAggregator,
    ThingAggregator,
    UnAggregated,
)
from feedsite.feeds.testing.contract.base import Contract
from feedsite.feeds.testing.world import Network, note


class SightContract(Contract):
    """Who sees what."""

    def test_an_act_for_followers_is_seen_by_those_who_follow_now(self, manager: Manager, network: Network) -> None:
        network.follow("friend", "ana")
        private = network.post("ana", visibility="followers")
        for viewer, seen in (("ana", True), ("friend", True), ("stranger", False), (None, False)):
            assert (private in network.ids(PublicAggregator(viewer))) is seen
            assert (private in network.ids(ActorAggregator("ana", viewer=viewer))) is seen
        manager.un_follow("friend", "ana")
        assert network.ids(ActorAggregator("ana", viewer="friend")) == []

    def test_what_is_public_only_leaves_out_what_the_viewer_may_see_beyond(self, network: Network) -> None:
        public = network.post("ana")
        network.post("ana", visibility="followers")
        assert network.ids(PublicAggregator("ana", public_only=True)) == [public]

    def test_an_act_for_its_audience_is_seen_by_those_it_names(self, network: Network) -> None:
        named = network.post("ana", visibility="audience", audience=(Entity("person", "bo"),))
        network.follow("friend", "ana")
        assert network.ids(PublicAggregator("bo")) == network.ids(PublicAggregator("ana")) == [named]
        assert network.ids(PublicAggregator("friend")) == []

    def test_a_muted_person_is_gone_from_pages_counts_and_groups(self, manager: Manager, network: Network) -> None:
        network.follow("reader", "ana", "bo")
        manager.watch("reader", "1", "note")
        mine = [network.post("bo", on="1"), network.post("ana", verb="like", on="1")]
        network.post("bo", verb="like", on="2", about=(Entity("person", "ana"),))
        manager.mute("reader", "ana")
        assert network.ids(UnAggregated("reader")) == mine[:1]
        assert manager.counts([note("1")], ["like"], viewer="reader") == {("note:1", "like"): 0}
        assert manager.counts([note("1")], ["like"], viewer="bo") == {("note:1", "like"): 1}
        assert [group.total for group in network.groups(CollapseAggregator("reader"))] == [1]
        assert [group.item.actor.id for group in network.groups(NotificationAggregator("reader"))] == ["bo"]
        manager.un_mute("reader", "ana")
        assert len(network.ids(UnAggregated("reader"))) == 3

    def test_those_who_look_after_the_site_find_what_it_mutes(self, manager: Manager, network: Network) -> None:
        fine, limited, muted = (network.post(name) for name in ("ana", "bo", "cy"))
        spoken = network.post("ana", words=("pills",))
        network.post("ana", visibility="followers")
        everybody = Entity("site", "all")
        manager.limit("bo")
        manager.mute(everybody, "cy")
        manager.mute(everybody, Entity("word", "pills"))
        assert [item.id for item in manager.get_activities().items] == [fine]
        assert [item.id for item in manager.get_activities(with_muted=True).items] == [spoken, muted, limited, fine]
        assert [item.id for item in manager.get_activities(actor="bo", with_muted=True).items] == [limited]
        with pytest.raises(InvalidQuery, match="with_muted"):
            manager.get_activities(viewer="ana", with_muted=True)

    def test_a_word_can_be_muted(self, manager: Manager, network: Network) -> None:
        network.follow("reader", "ana")
        network.post("ana", words=("spoiler", "ending"))
        fine = network.post("ana", words=("beginning",))
        manager.mute("reader", Entity("word", "spoiler"))
        assert network.ids(UnAggregated("reader")) == [fine]

    def test_one_persons_shares_can_be_hidden(self, manager: Manager, network: Network) -> None:
        network.follow("reader", "ana")
        note_id = network.post("ana")
        network.post("ana", verb="announce")
        manager.mute("reader", "ana", verbs=("announce",))
        assert network.ids(UnAggregated("reader")) == [note_id]

    def test_a_block_works_in_both_directions(self, manager: Manager, network: Network) -> None:
        network.follow("ana", "bo")
        network.follow("bo", "ana")
        network.post("ana")
        network.post("bo")
        manager.block("ana", "bo")
        assert network.ids(UnAggregated("ana")) == network.ids(UnAggregated("bo")) == []
        assert len(network.ids(PublicAggregator())) == 2

    def test_a_site_wide_mute_takes_somebody_from_everybody_but_themselves(
        self, manager: Manager, network: Network
    ) -> None:
        network.follow("reader", "ana")
        posted = network.post("ana")
        manager.mute(Entity("site", "all"), "ana")
        for viewer in ("reader", None):
            assert network.ids(PublicAggregator(viewer)) == []
        assert network.ids(UnAggregated("reader")) == []
        assert network.ids(PublicAggregator("ana")) == [posted]
        manager.un_mute(Entity("site", "all"), "ana")
        assert network.ids(UnAggregated("reader")) == [posted]

    def test_a_limited_person_is_left_to_their_followers(self, manager: Manager, network: Network) -> None:
        network.follow("friend", "ana")
        posted = network.post("ana")
        manager.limit("ana")
        assert network.ids(PublicAggregator("friend")) == network.ids(PublicAggregator("ana")) == [posted]
        assert network.ids(PublicAggregator("stranger")) == network.ids(PublicAggregator()) == []
        assert manager.un_limit("ana")

    def test_what_is_counted_is_what_is_listed_under_every_rule(self, manager: Manager, network: Network) -> None:
        """Each rule takes one act from somebody; lists and counts may come about by different means."""
        people = {name: Entity("person", name) for name in ("ana", "bo", "cy", "di", "eve", "flo")}
        everybody, site = tuple(people), Entity("site", "all")
        network.post("cy", on="before")
        network.clock.forward(seconds=1)
        network.follow("ana", *everybody)
        for name in everybody:
            network.post(name, on=name)
            network.post(name, verb="like", on="1", target=name)
            network.post(name, verb="announce", on=f"about-{name}", about=(people["di"], Entity("note", "1")))
        network.post("bo", visibility="followers", on="f")
        network.post("bo", visibility="audience", on="m", audience=(people["ana"],))
        network.post("bo", on="w", words=("spoiler",))
        network.post("bo", on="x", words=("advert",))
        network.post("ana", verb="like", on="1", about=(people["bo"],))
        for verb in ("like", "create"):
            network.post("bo", verb=verb, on="1", about=(Entity("tag", "noise"),))
        manager.mute("ana", Entity("tag", "noise"))
        manager.mute(site, Entity("tag", "noise"), verbs=("create",))
        manager.watch("ana", "1", "note")
        manager.mute("ana", "bo", verbs=("like",))
        manager.mute("ana", Entity("word", "spoiler"))
        manager.mute(site, Entity("word", "advert"))
        manager.mute(site, "eve", verbs=("announce",))
        manager.limit("flo")
        manager.limit("di")
        manager.block("cy", "ana")
        manager.un_follow("ana", "di")
        for viewer in ("ana", "bo", "flo", None):
            for aggregator in (
                UnAggregated("ana", viewer=viewer, size=3),
                UnAggregated("ana", viewer=viewer, include_history=True, size=100),
                PublicAggregator(viewer, size=100),
                ActorAggregator("bo", viewer=viewer, size=100),
                ThingAggregator(note("1"), viewer=viewer, size=100),
            ):
                listed = network.ids(aggregator)
                assert manager.count_new(aggregator, None, cap=1000).number == len(listed)
            cards = network.groups(CollapseAggregator("ana", viewer=viewer))
            assert sum(card.total for card in cards) == len(network.ids(UnAggregated("ana", viewer=viewer, size=100)))
            by_verb = network.groups(CollapseAggregator("ana", "verb", viewer=viewer))
            assert sum(card.total for card in by_verb) == sum(card.total for card in cards)

    def test_readable_tells_what_a_viewer_may_see(self, manager: Manager, network: Network) -> None:
        public, private = network.post("ana"), network.post("ana", visibility="followers")
        assert manager.readable([public, private, "unknown"], "stranger") == {public}
        assert manager.readable([public, private], "ana") == {public, private}

    def test_an_act_says_why_it_is_there(self, manager: Manager, network: Network) -> None:
        network.follow("reader", "ana")
        manager.watch("reader", "python", "tag")
        network.post("ana", about=(Entity("tag", "python"),))
        (item,) = manager.get_page(UnAggregated("reader")).items
        assert [(why.kind, why.entity.key) for why in item.because] == [
            ("follow", "person:ana"),
            ("watch", "tag:python"),
        ]

    def test_a_limited_person_sees_what_others_do_with_what_is_theirs(self, manager: Manager, network: Network) -> None:
        shared = network.post("bo", verb="announce", about=(Entity("person", "ana"),))
        manager.limit("ana")
        assert network.ids(PublicAggregator("ana")) == [shared]
        assert network.ids(PublicAggregator("cy")) == []

    def test_the_gate_sees_what_it_keeps(self, network: Network) -> None:
        """Who may decide who sees a like of their followers-only note sees it themselves."""
        liked = network.post("bo", verb="like", visibility="followers", gate=Entity("person", "ana"))
        assert network.ids(PublicAggregator("ana")) == [liked]
        assert network.ids(PublicAggregator("cy")) == []
