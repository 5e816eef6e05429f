"""What is written shows on the next page, what is taken away is gone for everybody: before the index knows of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from feedsite.feeds import Activity, Actor, Entity, Item, Manager, Object
from feedsite.feeds.stores.sql import SqlStore
from feedsite.posts.models import Note

from tests.functional.indexing.conftest import Indexed
from tests.functional.timelines.world import World, main_of, plain, texts

VIEWERS = ("ana", "bo", "cy")
ALWAYS = ("/home", "/notifications")
#: Three of these after each step, for a viewer who changes too: pages take their time.
IN_TURN = (
    "/home/objects",
    "/explore",
    "/archive",
    "/@bo",
    "/@ana",
    "/@cy",
    "/@bo/followers",
    "/@ana/following",
    "/tags/bread",
)
OPEN_TO_ALL = ("/explore", "/@bo", "/tags/bread")

Step = Callable[[World, dict[str, Note]], object]


def _write(world: World, notes: dict[str, Note]) -> None:
    notes["new"] = world.write("ana", "Fresh #bread, @bo")


def _reply(world: World, notes: dict[str, Note]) -> None:
    notes["reply"] = world.reply("bo", notes["new"], "Looks good")


def _block(world: World) -> None:
    with world.site.transaction() as request:
        request.find_service(Manager).block(_entity(world, "cy"), _entity(world, "ana"))


def _suspend(world: World) -> None:
    with world.site.transaction() as request:
        request.find_service(Manager).mute(Entity("site", "all"), _entity(world, "bo"))


def _limit(world: World) -> None:
    with world.site.transaction() as request:
        request.find_service(Manager).limit(_entity(world, "cy"))


def _narrow(world: World, note: Note) -> None:
    """The note's act is for those who are named only, from now on."""
    with world.site.transaction() as request:
        feeds = request.find_service(Manager)
        item = feeds.get_activity(note.act_id)
        assert item is not None
        feeds.update_activity(replace(_again(item), visibility="audience"))


def _again(item: Item) -> Activity:
    return Activity(
        item.verb,
        Actor.of(item.actor),
        Object.of(item.object),
        id=item.id,
        about=item.about,
        audience=item.audience,
        words=item.words,
    )


def _entity(world: World, handle: str) -> Entity:
    return Entity("person", world.person(handle).id)


STEPS: tuple[tuple[str, Step], ...] = (
    ("a note that mentions", _write),
    ("a reply", _reply),
    ("likes", lambda world, notes: world.like(notes["new"], "bo", "cy")),
    ("a share", lambda world, notes: world.share(notes["new"], "cy")),
    ("a like taken back", lambda world, notes: world.unlike(notes["new"], "cy")),
    ("a follow", lambda world, _: world.follow("cy", "bo")),
    ("an unfollow", lambda world, _: world.unfollow("ana", "cy")),
    ("a watch", lambda world, _: world.watch_tag("cy", "bread")),
    ("a mute", lambda world, _: world.mute("bo", "cy")),
    ("a note narrowed", lambda world, notes: _narrow(world, notes["reply"])),
    ("a note deleted", lambda world, notes: world.delete(notes["reply"])),
    ("a block", lambda world, _: _block(world)),
    ("a limit", lambda world, _: _limit(world)),
    ("a suspension", lambda world, _: _suspend(world)),
)


@pytest.fixture(params=["delivered, not refreshed yet", "not delivered"])
def unseen(request: pytest.FixtureRequest, furnished: Indexed, monkeypatch: pytest.MonkeyPatch) -> Indexed:
    """A site whose index shows nothing of what is written from now on."""
    # As long as the test lasts, in place of the ten seconds that an index is given to show what it has.
    monkeypatch.setitem(SqlStore.__init__.__kwdefaults__, "overlap_ms", 600_000)
    furnished.index.record.overlap_ms = 600_000
    # What is tested is not how long a busy machine takes.
    furnished.index.runtime.limits = replace(furnished.index.runtime.limits, seconds=60)
    index = furnished.index.runtime.index
    assert furnished.generation is not None
    names = ",".join(furnished.index.runtime.names.every(furnished.generation))
    furnished.index.runtime.client.indices.put_settings(index=names, settings={"index.refresh_interval": "-1"})
    index.refresh(furnished.generation)
    if request.param == "not delivered":
        furnished.index._budget = 0.0
    return furnished


def _shown(indexed: Indexed, handle: str, path: str, *, by_index: bool) -> list[str]:
    site = indexed.site if by_index else indexed.plain
    page = site.browser(indexed.world.person(handle) if handle else None).get(path)
    assert not page.html.select(".resting"), path
    main = main_of(page)
    for node in main.select("time, input[name=csrf_token]"):
        node.extract()
    return [plain(node) for node in main.select("article, h1, h2, h3, li, .paging")]


def _looks(number: int) -> list[tuple[str, str]]:
    """Who looks at what after a step; nobody is signed in where the name is empty."""
    turns = [(VIEWERS[(number + at) % 3], IN_TURN[(3 * number + at) % len(IN_TURN)]) for at in range(3)]
    everywhere = [(handle, path) for handle in VIEWERS for path in ALWAYS]
    return [*everywhere, *turns, ("", OPEN_TO_ALL[number % len(OPEN_TO_ALL)])]


def test_after_every_step_every_page_is_the_database_s(unseen: Indexed) -> None:
    notes: dict[str, Note] = {}
    for number, (name, step) in enumerate(STEPS):
        step(unseen.world, notes)
        for handle, path in _looks(number):
            asked = unseen.cluster.requests
            by_index = _shown(unseen, handle, path, by_index=True)
            assert unseen.cluster.requests > asked, (name, handle, path)
            assert by_index == _shown(unseen, handle, path, by_index=False), (name, handle, path)
        # What the reader sees, and not only that the two agree.
        if name == "a note that mentions":
            assert texts(unseen.world.browser("ana").get("/home"))[0].startswith("Fresh #bread")
        if name == "a note deleted":
            assert "Looks good" not in texts(unseen.world.browser("ana").get("/home"))


def test_a_page_that_loses_acts_stays_full(unseen: Indexed) -> None:
    world = unseen.world
    before = texts(world.browser("ana").get("/home"))
    assert len(before) == 20
    with world.site.transaction() as request:
        found = request.dbsession.query(Note).filter(Note.author_id == world.person("bo").id).all()
        newest = sorted(found, key=lambda note: note.created, reverse=True)[:8]
        ids = [note.id for note in newest]
        for note in newest:
            request.dbsession.expunge(note)
    for note in newest:
        world.delete(note)
    after = texts(world.browser("ana").get("/home"))
    assert len(ids) == 8
    assert len(after) == 20
    assert not {note.text for note in newest} & set(after)


def test_where_too_much_is_waiting_the_database_answers(furnished: Indexed) -> None:
    furnished.index._budget = 0.0
    limit = furnished.index.runtime.limits.overlay
    furnished.world.write_many("bo", limit // 2, "Many {}")
    assert not furnished.world.browser("ana").get("/home").html.select(".resting")
    furnished.world.write_many("bo", limit, "More {}")
    page = furnished.world.browser("ana").get("/home")
    assert page.html.select(".resting")
    assert texts(page)[0] == f"More {limit - 1}"
    furnished.deliver()
