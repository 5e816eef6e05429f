"""What the index refuses is set aside, told, and tried again when something has changed."""

from __future__ import annotations

import pytest

from feedsite.feeds.stores.elasticsearch import mapping

from tests.contract.delivering import World


@pytest.fixture
def old_mapping(monkeypatch: pytest.MonkeyPatch, empty: World) -> World:
    """An index that was made before links could carry something extra."""
    with monkeypatch.context() as patch:
        patch.delitem(mapping.LINKS, "extra")
        empty.delivery.create(layout="two")
    return empty


def with_extra(world: World) -> None:
    from feedsite.feeds.network import link

    world.manager.add_network_link(link("ana", "follow", "odd", extra={"list": "friends"}))


def test_what_is_refused_is_set_aside_and_the_rest_goes_on(old_mapping: World) -> None:
    world = old_mapping
    with_extra(world)
    world.manager.follow("ana", "bob")
    world.post("a")
    done = world.delivery.deliver()
    assert (done.sent, done.refused, done.left) == (2, 1, 0)
    (refused,) = world.delivery.refused()
    assert refused.key == ("person:ana", "follow", "person:odd", "")
    assert "extra" in refused.reason
    # It is not tried again by itself; pages take it from the record, however long that lasts.
    assert world.delivery.deliver().refused == 0
    world.let_pass(60)
    assert world.noted() == 1
    verified = world.delivery.verify()
    assert (verified.differences, verified.waiting) == (0, 1)
    assert world.delivery.retry_refused() == 1
    assert world.delivery.deliver().refused == 1


def test_a_new_version_of_what_was_refused_is_tried(old_mapping: World) -> None:
    world = old_mapping
    with_extra(world)
    world.delivery.deliver()
    world.manager.un_follow("ana", "odd")
    assert world.delivery.deliver().sent == 1
    assert world.is_equal()


def test_a_rebuild_takes_what_the_old_mapping_refused(old_mapping: World) -> None:
    world = old_mapping
    with_extra(world)
    world.delivery.deliver()
    world.delivery.rebuild()
    assert world.delivery.refused() == []
    assert world.is_equal()


def test_what_is_refused_while_an_index_is_filled_is_set_aside(empty: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with_extra(empty)
    empty.post("a")
    monkeypatch.delitem(mapping.LINKS, "extra")
    assert empty.delivery.create(layout="two").whole
    assert [one.key[2] for one in empty.delivery.refused()] == ["person:odd"]
    assert empty.noted() == 1
