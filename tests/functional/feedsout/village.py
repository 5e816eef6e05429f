"""What stands in the feeds that tests read, and how it is changed."""

from __future__ import annotations

from feedsite.accounts.models import Person
from feedsite.accounts.services import AccountService
from feedsite.editing.services import EditService, version_of
from feedsite.feeds import Entity
from feedsite.posts.models import Note

from tests.functional.timelines.world import World

NASTY = '<script>alert(1)</script> & "quotes" ]]> &lt;b&gt; 🍞 https://example.org/?a=1&b=2 #bread @bo'


def furnish(world: World) -> World:
    """Something of every kind that these lists can show, and something that only followers may see."""
    world.follow("bo", "ana")
    mine = world.write("ana", NASTY)
    world.write("ana", "For my followers #bread", visibility="followers")
    theirs = world.write("bo", "Soup is on #bread")
    world.reply("ana", theirs, "I bring #bread")
    world.share(theirs, "ana")
    world.like(mine, "bo")
    world.like(theirs, "ana")
    world.follow("ana", "bo")
    world.act("ana", "plant", Entity("tree", "oak"), extra={"name": "An oak\x0b & an elm"})
    world.act("ana", "join", Entity("project", "feedsite"))
    return world


def edit(world: World, note: Note, text: str) -> None:
    with world.site.transaction() as request:
        stored = request.dbsession.get(Note, note.id)
        request.find_service(EditService).edit(stored, text, seen=version_of(stored))


def rename(world: World, person: Person, handle: str) -> None:
    with world.site.transaction() as request:
        request.find_service(AccountService).rename(person.id, handle)
