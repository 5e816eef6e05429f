"""Likes, shares and follows for moderators: found by what is asked, removed by rank, who did them told once."""

from __future__ import annotations

import pytest

from feedsite.feeds import Entity, Manager
from feedsite.moderation.audit import AuditFilter, AuditService

from tests.functional.looking_after.shell import Shell
from tests.functional.timelines.world import World
from tests.mailbox import text_of
from tests.site import Browser, Site


@pytest.fixture
def world(site: Site) -> World:
    """Eve likes and shares what ana wrote, and follows her; ana likes it too."""
    made = World(site)
    note = made.write("ana", "A loaf")
    made.like(note, "eve", "ana")
    made.share(note, "eve")
    site.browser(made.person("eve")).submit("/@ana/follow", {}, status=303)
    return made


def rows(browser: Browser, query: str = "") -> list[tuple[str, str, str]]:
    """Who, what, to what."""
    found = browser.get(f"/admin/activities?{query}").html.select("tbody tr")
    return [tuple(cell.get_text(strip=True) for cell in row.select("td")[2:5]) for row in found]  # type: ignore[misc]


def tick(browser: Browser, query: str) -> list[str]:
    boxes = browser.get(f"/admin/activities?{query}").html.select("input[name=act]")
    return [box["value"] for box in boxes]


def kinds_of(site: Site, person: str) -> set[str]:
    with site.transaction() as request:
        page = request.find_service(Manager).get_activities(actor=Entity("person", person))
        return {item.verb for item in page.items}


def test_they_are_found_by_who_whom_what_and_kind(world: World, moderator: Browser) -> None:
    wanted = {"": 4, "by=eve": 3, "by=@EVE&verb=like": 1, "whom=ana": 1, "verb=announce": 1, "by=ana": 1, "whom=eve": 0}
    assert {query: len(rows(moderator, query)) for query in wanted} == wanted
    assert rows(moderator, "whom=ana") == [("@eve", "Follow", "@ana")]
    liked = rows(moderator, "by=ana")[0][2].removeprefix("note:")
    assert len(rows(moderator, f"note={liked}")) == 3
    assert moderator.get(f"/admin/notes/{liked}").status_int == 200


def test_whom_the_site_limits_or_mutes_is_found_and_their_acts_removed(world: World, moderator: Browser) -> None:
    with world.site.transaction() as request:
        feeds = request.find_service(Manager)
        feeds.limit(Entity("person", world.person("eve").id))
        feeds.mute(Entity("site", "all"), Entity("person", world.person("ana").id))
    assert len(rows(moderator)) == 4
    chosen = tick(moderator, "by=eve")
    moderator.submit("/admin/activities?by=eve", {"act": chosen, "reason": "bought likes"}, status=303)
    assert [who for who, *_ in rows(moderator)] == ["@ana"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("by=nobody", "Nobody has this handle."),
        ("whom=nobody", "Nobody has this handle."),
        ("note=a%20b", "An id has letters and digits only."),
        ("whom=ana&note=x1", "Either whom or which note."),
    ],
)
def test_what_cannot_be_asked_is_told(world: World, moderator: Browser, query: str, said: str) -> None:
    page = moderator.get(f"/admin/activities?{query}", status=400)
    assert said in page.html.main.get_text(" ")


def test_what_is_ticked_goes_and_who_did_it_is_told_once(world: World, moderator: Browser, site: Site) -> None:
    eve, ana = world.person("eve"), world.person("ana")
    site.mails()
    chosen = tick(moderator, "by=eve")
    moderator.submit("/admin/activities?by=eve", {"act": chosen, "reason": "bought likes"}, status=303)
    assert rows(moderator) == [row for row in rows(moderator) if row[0] == "@ana"]
    assert kinds_of(site, eve.id) == set()
    (mail,) = site.mails()
    assert mail["To"] == "eve@example.org"
    assert "bought likes" in text_of(mail)
    with site.transaction() as request:
        found = request.find_service(AuditService).page(AuditFilter(action="remove act")).rows
        assert {row.target for row in found} == {eve.key}
        assert len(found) == 3
        assert not request.find_service(Manager).linked(
            Entity("person", eve.id), [Entity("person", ana.id)], kinds=("follow",)
        )
    again = moderator.submit("/admin/activities", {"act": chosen, "reason": "again"}, status=303)
    assert "3 acts were gone already" in again.follow().html.get_text(" ")


def test_a_reason_and_something_ticked_are_needed_and_rank_counts(world: World, moderator: Browser, site: Site) -> None:
    (chosen,) = tick(moderator, "by=ana")
    assert moderator.submit("/admin/activities", {"act": [chosen], "reason": ""}, status=422).html.select(
        "input[name=act][checked]"
    )
    moderator.submit("/admin/activities", {"reason": "x"}, status=422)
    with site.transaction() as request:
        request.dbsession.merge(world.person("ana")).role = "admin"
    done = moderator.submit("/admin/activities", {"act": [chosen], "reason": "x"}, status=303)
    assert "1 act stays" in done.follow().html.get_text(" ")
    assert len(tick(moderator, "by=ana")) == 1


def test_the_command_line_does_the_same(world: World, feedsite: Shell, site: Site) -> None:
    site.mails()
    listed = feedsite("act", "find", "--by", "eve", "--kind", "like").stdout.split()
    assert listed[3:5] == ["@eve", "like"]
    assert feedsite("act", "remove", listed[0], "--reason", "bought").stdout == "1 removed, 0 were gone already.\n"
    assert feedsite("act", "find", "--by", "eve", "--kind", "like").stdout == ""
    assert "either --whom or --note" in feedsite.refused("act", "find", "--whom", "ana", "--note", "x")
    assert "nobody with the handle" in feedsite.refused("act", "find", "--by", "nobody")
    assert len(site.mails()) == 1
