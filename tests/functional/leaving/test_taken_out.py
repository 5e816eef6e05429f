"""What stays when somebody is taken out, what is nobody's then, and what happens when the command is stopped."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from feedsite.accounts.models import HandleHistory
from feedsite.accounts.services import AccountService
from feedsite.db import utcnow
from feedsite.editing.services import EditService, version_of
from feedsite.moderation.removing import RemovalService
from feedsite.moderation.services import OPERATOR
from feedsite.posts.models import Note

from tests.functional.leaving.going import purge_of, take_out
from tests.functional.test_purge import HANDLE, NAME, live, traces
from tests.functional.timelines.world import World
from tests.site import Site


def test_what_others_wrote_stays_and_can_be_read_changed_and_answered(site: Site) -> None:
    world = live(site)
    with site.transaction() as request:
        session = request.dbsession
        replies = {
            note.text: note.id for note in session.scalars(select(Note)) if note.author_id == world.people["bo"].id
        }
    take_out(site, world.people["ana"].id)
    bo, cy = world.browser("bo"), world.browser("cy")
    for text in ("Very nice", f"Good day, @{HANDLE}"):
        assert text in bo.get(f"/@bo/{replies[text]}").text
        assert text in cy.get(f"/@bo/{replies[text]}").text
    assert "Between us" in bo.get(f"/@bo/{replies['Between us']}").text
    # It was for her followers: nobody who was none reads it now.
    assert cy.get(f"/@bo/{replies['Between us']}", status=404)
    with site.transaction() as request:
        find, session = request.find_service, request.dbsession
        for text in ("Very nice", "Between us"):
            note = session.get(Note, replies[text])
            assert note.is_reply
            assert find(EditService).edit(note, f"{text}!", seen=version_of(note))
    assert "Very nice!" in cy.get(f"/@bo/{replies['Very nice']}").text
    assert cy.submit(f"/notes/{replies['Very nice']}/reply", {"text": "Indeed"}).status_int == 303
    for path in ("/home", "/notifications", "/links", "/bookmarks", "/home/people"):
        page = bo.get(path).text
        assert NAME not in page
        assert "quokka" not in page.lower()


def test_the_handle_is_nobody_s_for_a_while_and_who_was_never_confirmed_leaves_none(site: Site) -> None:
    world = World(site)
    ana, old = (
        world.person("ana"),
        world.person("old", email=None, state="unverified", created=utcnow() - timedelta(15)),
    )
    for handle, days in (("new", 1), ("waits", 13)):
        world.person(handle, email=None, state="unverified", created=utcnow() - timedelta(days))
    world.person("confirmed", state="unverified", waiting=True, created=utcnow() - timedelta(99))
    with site.transaction() as request:
        request.find_service(AccountService).rename(ana.id, "anna")
    take_out(site, ana.id)
    done = purge_of(site).run()
    assert (done.left, done.unconfirmed) == (0, 1)
    old = world.people["old"].id
    assert traces(site, old)[old] == set()
    browser = site.browser()
    for handle, wanted in (("ana", 422), ("anna", 422), ("old", 303)):
        form = {"handle": handle, "name": "Some One", "email": f"{handle}@example.com", "zone": "UTC"}
        answer = browser.submit("/join", {**form, "password": "three quiet otters sing"}, expect_errors=True)
        assert answer.status_int == wanted, answer.html.select(".error")
        if wanted == 422:
            assert "Somebody has this handle already" in answer.text
        browser = site.browser()
    with site.transaction() as request:
        assert request.dbsession.scalars(select(HandleHistory)).all() == []


def test_it_may_be_stopped_anywhere_and_called_again(site: Site) -> None:
    world = live(site)
    ana = world.people["ana"]
    with site.transaction() as request:
        request.find_service(RemovalService).purge(OPERATOR, ana.id, "asked for")

    def finish(after: int) -> bool:
        """Run it until so many transactions have begun; whether it came to its end."""
        purge = purge_of(site)
        begin, begun = purge._begin, iter(range(after))

        def some() -> Any:
            if next(begun, None) is None:
                raise InterruptedError
            return begin()

        purge._begin = some  # type: ignore[method-assign]
        try:
            return purge.take_out(ana.id)
        except InterruptedError:
            return False

    stops = 0
    while not finish(stops + 1):
        stops += 1
        assert stops < 30
    assert stops >= 3
    assert traces(site, ana.id)[ana.id] == set()
