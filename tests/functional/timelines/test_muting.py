"""What a reader has muted is gone: from every page, count and group."""

from __future__ import annotations

from tests.functional.timelines.world import World, form_to, link, main_of, plain

PAGES = (
    "/home",
    "/home?new=1",
    "/home/hot",
    "/home/objects",
    "/home/days",
    "/archive/{now}",
    "/@cy",
    "/tags/maps",
    "/explore",
    "/notifications",
)


def everything(world: World) -> str:
    """All that the reader sees, pane and frame left out."""
    browser, now = world.browser("ana"), world.write("ana", "Now").created
    paths = [path.format(now=f"{now:%Y}/{now.month}") for path in PAGES]
    return " ".join(plain(main_of(browser.get(path))) for path in paths)


def test_a_muted_person_and_the_likes_of_their_notes_are_gone_everywhere(world: World) -> None:
    world.follow("ana", "bo", "cy")
    loud = world.write("bo", "Loud #maps @ana")
    mine = world.write("ana", "Mine #maps")
    world.like(loud, "cy")
    world.share(loud, "cy")
    world.like(mine, "bo", "cy")
    world.reply("bo", mine, "Loud answer")
    before = everything(world)
    assert before.count("Loud #maps") >= 10
    assert "Cy and Bo liked your note" in before
    world.mute("ana", "bo")
    after = everything(world)
    assert "Loud" not in after
    assert "a note by Bo" not in after
    assert "Bo replied" not in after
    assert "Cy liked your note" in after
    browser = world.browser("ana")
    assert "Bo" not in plain(main_of(browser.get("/notifications")))
    assert plain(main_of(browser.get("/tags/maps")).select_one(".dim")).startswith("1 note ·")
    assert "Bo" not in plain(browser.get("/about").html.select_one(".pane"))


def test_a_mute_lowers_the_count_of_what_is_new(world: World) -> None:
    world.follow("ana", "bo", "cy")
    world.write("cy")
    browser = world.browser("ana")
    form_to(browser.get("/home"), "/home/read").submit()
    world.write_many("bo", 3)
    world.write("cy", "One more")
    assert link(browser.get("/home"), "4 new") is not None
    world.mute("ana", "bo")
    assert link(browser.get("/home"), "1 new") is not None
