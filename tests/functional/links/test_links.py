"""What one follows and watches: the list, weights, and CSV out and in."""

from __future__ import annotations

from webtest import TestResponse, Upload

from feedsite.feeds import Entity, Manager

from tests.functional.timelines.world import World, faults_of_html, form_to, main_of, plain
from tests.site import Browser


def rows(browser: Browser) -> list[str]:
    page = browser.get("/links")
    assert faults_of_html(page) == []
    return [plain(row.select_one(".what a")) for row in main_of(page).select(".link-list li")]


def take_in(browser: Browser, table: str | bytes) -> TestResponse:
    form = form_to(browser.get("/links"), "/links/import")
    form["table"] = Upload("links.csv", table.encode() if isinstance(table, str) else table)
    return form.submit().follow()


def messages(page: TestResponse) -> list[str]:
    return [plain(message) for message in main_of(page).select(".flash")]


def weights(world: World, handle: str) -> dict[str, float]:
    with world.site.transaction() as request:
        me = Entity("person", world.person(handle).id)
        links = request.find_service(Manager).following(me, kinds=("follow", "watch")).links
        return {row.entity.key: row.weight for row in links}


def test_everything_followed_and_watched_is_listed_and_can_be_removed(world: World) -> None:
    world.follow("ana", "bo")
    world.watch_tag("ana", "bread")
    note = world.write("cy", "A story")
    browser = world.browser("ana")
    browser.submit(f"/notes/{note.id}/watch")
    assert rows(browser) == ["A thread by Cy: A story", "#bread", "Bo"]
    for key in (f"note:{note.id}", "tag:bread", f"person:{world.person('bo').id}"):
        browser.submit("/links", {"remove": key})
    assert rows(browser) == []
    assert "You follow nothing yet" in plain(main_of(browser.get("/links")))
    browser.submit("/links", {"remove": f"person:{world.person('ana').id}"})
    assert weights(world, "ana") == {}


def test_weights_are_kept(world: World) -> None:
    world.follow("ana", "bo")
    world.watch_tag("ana", "bread")
    browser, bo = world.browser("ana"), f"person:{world.person('bo').id}"
    form = form_to(browser.get("/links"), "/links")
    form[f"weight:{bo}"] = "4"
    form.submit()
    assert weights(world, "ana") == {bo: 4, "tag:bread": 1}
    chosen = [plain(option) for option in main_of(browser.get("/links")).select("option[selected]")]
    assert chosen == ["As others", "Much more"]
    for wrong in ("0", "-1", "nan", "inf", "x", "101"):
        assert browser.submit("/links", {f"weight:{bo}": wrong}, expect_errors=True).status_int == 400
    assert browser.submit("/links", {"weight:person:nobody": "2"}).status_int == 303
    assert weights(world, "ana") == {bo: 4, "tag:bread": 1}


def test_a_table_goes_out_and_comes_back_in(world: World) -> None:
    world.follow("ana", "bo", "cy")
    world.watch_tag("ana", "bread")
    note = world.write("bo", "A story")
    browser = world.browser("ana")
    browser.submit(f"/notes/{note.id}/watch")
    browser.submit("/links", {"weight:tag:bread": "2"})
    out = browser.get("/links.csv")
    assert out.content_type == "text/csv"
    other = world.browser("di")
    assert messages(take_in(other, out.body)) == ["4 links are new."]
    mine, theirs = weights(world, "ana"), weights(world, "di")
    assert theirs == mine
    assert list(theirs) == list(mine), "in the same order"
    assert messages(take_in(other, out.body)) == ["0 links are new.", "4 were there already."]


def test_what_cannot_be_taken_in_is_named_and_the_rest_is_taken(world: World) -> None:
    world.person("bo")
    hidden = world.write("bo", "For friends", visibility="followers")
    table = f"type,what\nperson,@Bo\nperson,nobody\ntag,#Bread\ntag,!!!\nperson,ana\nnote,{hidden.id}\n"
    page = take_in(world.browser("ana"), table)
    assert messages(page) == [
        "2 links are new.",
        "Line 3 was passed over: Nobody has this handle.",
        "Line 5 was passed over: A tag has 1 to 64 letters, digits and underscores.",
        "Line 6 was passed over: You see your own notes in your home already.",
        "Line 7 was passed over: There is no such note, or none that you may see.",
    ]
    assert set(weights(world, "ana")) == {f"person:{world.person('bo').id}", "tag:bread"}


def test_what_is_no_table_changes_nothing(world: World) -> None:
    world.person("bo")
    browser = world.browser("ana")
    for table in (
        b"",
        b"\xff\xfe\x00",
        b"handle\nbo\n",
        b"type,what\nplanet,mars\n",
        b"type,what,weight\nperson,bo,-1\n",
        b"type,what\nperson,bo\nperson,bo,1,2\nstar,x\n",
        b"type,what\n" + b"tag,x\n" * 501,
    ):
        page = take_in(browser, table)
        assert len(main_of(page).select(".flash.error")) == 1, table[:40]
    assert browser.submit("/links/import", {"table": ""}).status_int == 303
    assert weights(world, "ana") == {}
