"""Notifications: what comes together, in which words, what is new, seen and read; the pane and its badge."""

from __future__ import annotations

import pytest

from feedsite.feeds import Entity

from tests.functional.timelines.world import World, form_to, headings, link, main_of, pages, plain
from tests.site import Browser


def sections(page) -> dict[str, list[str]]:
    """The sentences under New and Earlier."""
    return {
        plain(section.select_one(".head h2")): [plain(heading) for heading in section.select("article .h")]
        for section in main_of(page).select("section.timeline")
    }


def badge(browser: Browser) -> str:
    """What the bell says on any page."""
    found = browser.get("/about").html.select_one("header .bell.wide .count")
    return "" if found is None else plain(found)


def pane(browser: Browser) -> list[str]:
    """The sentences of the pane."""
    return [
        plain(line).removesuffix(plain(line.select_one(".when"))).strip()
        for line in browser.get("/about").html.select(".pane li p")
    ]


# -- words and groups


def test_what_comes_together_is_one_group_in_exact_words(world: World) -> None:
    note = world.write("ana", "Mine")
    browser = world.browser("ana")
    sentences = []
    for fan in ("bo", "cy", "di", "ed"):
        world.like(note, fan)
        sentences += headings(browser.get("/notifications"))
    assert sentences == [
        "Bo liked your note",
        "Cy and Bo liked your note",
        "Di, Cy and 1 other liked your note",
        "Ed, Di and 2 others liked your note",
    ]


def test_every_verb_has_its_sentence_and_its_reason(world: World) -> None:
    note = world.write("ana", "Mine")
    world.like(note, "bo")
    world.share(note, "bo")
    world.follow("bo", "ana")
    world.reply("bo", note, "An answer")
    world.write("bo", "Hello @ana")
    other = world.write("cy", "Theirs")
    world.reply("bo", other, "Look here @ana")
    world.watch_tag("ana", "maps")
    world.write("di", "Under a #maps")
    page = world.browser("ana").get("/notifications")
    found = {
        plain(article.select_one(".h")): plain(article.select_one(".why"))
        for article in main_of(page).select("article.item")
    }
    assert found == {
        "Di wrote a note": "Because you watch #maps.",
        "Bo mentioned you in a reply": "Because you are mentioned.",
        "Bo mentioned you in a note": "Because you are mentioned.",
        "Bo replied to you": "Because it answers you. Because you watch this thread.",
        "Bo followed you": "Because it is about you.",
        "Bo shared your note": "Because it is your note.",
        "Bo liked your note": "Because it is your note.",
    }


def test_replies_and_mentions_are_never_grouped(world: World) -> None:
    note = world.write("ana", "Mine")
    for number in range(3):
        world.reply("bo", note, f"Answer {number}")
        world.write("bo", f"Hello {number} @ana")
    assert len(headings(world.browser("ana").get("/notifications"))) == 6


def test_one_s_own_acts_notify_nobody(world: World) -> None:
    note = world.write("ana", "Mine @ana")
    world.like(note, "ana")
    world.reply("ana", note)
    page = world.browser("ana").get("/notifications")
    assert "No notifications yet" in page.text


def test_a_group_lists_everybody(world: World) -> None:
    note = world.write("ana", "Mine")
    fans = [f"fan{number:02}" for number in range(25)]
    world.like(note, *fans)
    browser = world.browser("ana")
    everybody = link(browser.get("/notifications"), "23 others")
    found = [headings(page) for page in pages(browser, everybody)]
    assert [len(page) for page in found] == [20, 5]
    assert found[0][0] == "Fan24 liked your note"
    assert world.browser("bo").get(everybody, expect_errors=True).status_int == 404
    assert browser.get("/notifications/g/0123456789abcdef", expect_errors=True).status_int == 404


def test_what_is_taken_back_or_deleted_notifies_no_more(world: World) -> None:
    note = world.write("ana", "Mine")
    world.like(note, "bo", "cy")
    world.unlike(note, "cy")
    world.follow("bo", "ana")
    world.unfollow("bo", "ana")
    browser = world.browser("ana")
    assert headings(browser.get("/notifications")) == ["Bo liked your note"]
    world.delete(note)
    assert headings(browser.get("/notifications")) == []


# -- new, seen, read


def test_opening_the_list_empties_the_badge_and_leaves_new_new(world: World) -> None:
    note = world.write("ana", "Mine")
    world.like(note, "bo")
    browser = world.browser("ana")
    assert badge(browser) == "1"
    page = browser.get("/notifications")
    assert page.html.select_one("header .bell .count") is None, "seen by this very page"
    assert sections(page) == {"New": ["Bo liked your note"]}
    assert badge(browser) == ""
    assert pane(browser) == ["Bo liked your note"]
    world.follow("cy", "ana")
    assert badge(browser) == "1"


def test_mark_all_read_makes_it_earlier_and_can_be_undone(world: World) -> None:
    note = world.write("ana", "Mine")
    world.like(note, "bo")
    browser = world.browser("ana")
    answer = form_to(browser.get("/notifications"), "/notifications/read").submit()
    assert (answer.status_int, answer.location) == (303, "http://localhost/notifications?marked=1")
    page = answer.follow()
    assert sections(page) == {"Earlier": ["Bo liked your note"]}
    assert pane(browser) == []
    form_to(page, "/notifications/undo").submit()
    assert sections(browser.get("/notifications")) == {"New": ["Bo liked your note"]}
    assert browser.submit("/notifications/undo").status_int == 303, "twice is harmless"
    assert sections(browser.get("/notifications")) == {"New": ["Bo liked your note"]}


def test_undo_takes_back_to_the_mark_before(world: World) -> None:
    note = world.write("ana", "Mine")
    browser = world.browser("ana")
    world.like(note, "bo")
    form_to(browser.get("/notifications"), "/notifications/read").submit()
    world.follow("cy", "ana")
    page = form_to(browser.get("/notifications"), "/notifications/read").submit().follow()
    assert sections(page) == {"Earlier": ["Cy followed you", "Bo liked your note"]}
    form_to(page, "/notifications/undo").submit()
    assert sections(browser.get("/notifications")) == {"New": ["Cy followed you"], "Earlier": ["Bo liked your note"]}


def test_what_arrived_after_the_page_stays_unread(world: World) -> None:
    note = world.write("ana", "Mine")
    world.like(note, "bo")
    browser = world.browser("ana")
    form = form_to(browser.get("/notifications"), "/notifications/read")
    world.like(note, "cy")
    world.follow("cy", "ana")
    form.submit()
    assert sections(browser.get("/notifications")) == {
        "New": ["Cy followed you", "Cy liked your note"],
        "Earlier": ["Bo liked your note"],
    }


def test_a_crowd_within_seconds_is_read_at_once(world: World) -> None:
    """A group shows few of its acts; all of them are read when it is."""
    note = world.write("ana", "Mine")
    world.like(note, *[f"fan{number}" for number in range(70)])
    browser = world.browser("ana")
    page = form_to(browser.get("/notifications"), "/notifications/read").submit().follow()
    assert sections(page) == {"Earlier": ["Fan69, Fan68 and 68 others liked your note"]}


def test_a_like_taken_back_and_given_again_is_not_new(world: World) -> None:
    note = world.write("ana", "Mine")
    world.like(note, "bo")
    browser = world.browser("ana")
    form_to(browser.get("/notifications"), "/notifications/read").submit()
    world.unlike(note, "bo")
    world.like(note, "bo")
    assert sections(browser.get("/notifications")) == {"Earlier": ["Bo liked your note"]}
    assert badge(browser) == ""


def test_new_comes_before_earlier_over_pages(world: World) -> None:
    world.person("ana")
    world.write_many("bo", 15, "Old {} @ana")
    browser = world.browser("ana")
    form_to(browser.get("/notifications"), "/notifications/read").submit()
    world.write_many("cy", 15, "New {} @ana")
    found = [sections(page) for page in pages(browser, "/notifications")]
    assert [{name: len(lines) for name, lines in page.items()} for page in found] == [
        {"New": 15, "Earlier": 5},
        {"Earlier": 10},
    ]


def test_an_exactly_full_last_page_has_no_older_link(world: World) -> None:
    world.person("ana")
    world.write_many("bo", 40, "Hello {} @ana")
    found = list(pages(world.browser("ana"), "/notifications"))
    assert [len(headings(page)) for page in found] == [20, 20]


def test_a_later_page_moves_no_mark(world: World) -> None:
    world.person("ana")
    world.write_many("bo", 25, "Hello {} @ana")
    browser = world.browser("ana")
    older = link(browser.get("/notifications"), "Older")
    world.write("bo", "One more @ana")
    browser.get(older)
    assert badge(browser) == "1"


# -- pane and badge


def test_the_badge_counts_the_groups_of_the_list(world: World) -> None:
    note = world.write("ana", "Mine")
    world.like(note, "bo", "cy")
    world.share(note, "bo")
    world.follow("bo", "ana")
    for number in range(5):
        world.reply("bo", note, f"Answer {number}")
    browser = world.browser("ana")
    assert badge(browser) == "8"
    listed = sections(browser.get("/notifications"))["New"]
    assert len(listed) == 8
    assert pane(browser) == listed[:5]


def test_the_badge_says_99_at_most(world: World) -> None:
    world.person("ana")
    world.write_many("bo", 99, "Hello {} @ana")
    browser = world.browser("ana")
    assert badge(browser) == "99"
    world.write("bo", "One more @ana")
    assert badge(browser) == "99+"
    world.write("bo", "And one more @ana")
    assert badge(browser) == "99+"


def test_nobody_signed_in_has_no_pane(world: World) -> None:
    assert not world.site.browser().get("/about").html.select(".pane")


def test_a_follow_repeated_within_a_day_is_told_once(world: World) -> None:
    world.person("ana")
    world.follow("bo", "ana")
    browser = world.browser("ana")
    form_to(browser.get("/notifications"), "/notifications/read").submit()
    world.unfollow("bo", "ana")
    world.follow("bo", "ana")
    assert badge(browser) == ""


@pytest.mark.parametrize("path", ["/notifications/read", "/notifications/undo", "/home/read"])
def test_marks_are_moved_by_post_alone(world: World, path: str) -> None:
    assert world.browser("ana").get(path, expect_errors=True).status_int == 405


def test_times_are_in_the_reader_s_zone(world: World) -> None:
    world.person("ana", zone="Asia/Kathmandu")
    world.write("bo", "Hello @ana")
    page = world.browser("ana").get("/notifications")
    assert "GMT+05:45" in main_of(page).select_one("time")["title"]


def test_a_project_s_members_come_together(world: World) -> None:
    ana = world.person("ana")
    for handle in ("bo", "cy", "di"):
        me = Entity("person", ana.id)
        world.act(handle, "join", Entity("project", "bread"), extra={"name": "Bread of the North"}, audience=(me,))
    page = world.browser("ana").get("/notifications")
    assert headings(page) == ["Di, Cy and 1 other joined Bread of the North"]
    assert plain(main_of(page).select_one(".why")) == "Because it concerns you."
