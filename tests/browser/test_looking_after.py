"""What those who look after people do, and what those see whom it is about; each with JavaScript and without it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import insert

from feedsite.accounts.models import Person, SignUpRequest

from tests.browser.conftest import Opener, send
from tests.functional.timelines.world import World
from tests.mailbox import link_in, text_of
from tests.site import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("javascript", [True, False], ids=["js", "no-js"])]


def do(page: Page, title: str, reason: str) -> None:
    """Open one of the acts on a person's page, give the reason and send it."""
    act = page.locator("details.deed").filter(has=page.get_by_role("heading", name=title, exact=True))
    act.locator("summary").click()
    act.locator("textarea").fill(reason)
    act.locator("form button").click()


def test_let_fifty_in_with_one_post(world: World, open_page: Opener, javascript: bool) -> None:
    rows = [{"id": f"w{at:019}", "handle": f"w{at}", "name": f"W {at}", "bio": ""} for at in range(50)]
    with world.site.transaction() as request:
        more = [
            {**row, "email": f"{row['handle']}@example.org", "state": "unverified", "waiting": True} for row in rows
        ]
        request.dbsession.execute(insert(Person), more)
        request.dbsession.execute(
            insert(SignUpRequest), [{"person_id": row["id"], "message": "Bread."} for row in rows]
        )
    page = open_page("/admin", javascript=javascript, person=world.person("mo", role="moderator"))
    page.locator("main").get_by_role("link", name=re.compile("^Sign-ups")).first.click()
    posts: list[str] = []
    page.on("request", lambda sent: posts.append(sent.url) if sent.method == "POST" else None)
    for box in page.locator("main tbody input[type=checkbox]").all():
        box.check()
    page.get_by_label("Let them in", exact=True).check()
    page.locator("main").get_by_role("button", name="Decide").click()
    expect(page.locator(".flash").first).to_contain_text("50 people are let in.")
    expect(page.locator("main")).to_contain_text("Nobody waits to be let in.")
    assert len(posts) == 1
    assert len(world.site.mails()) == 50


def test_handle_a_report_suspend_hear_the_appeal_and_reinstate(
    world: World, open_page: Opener, javascript: bool
) -> None:
    world.write("eve", "Buy my pills")
    reader = open_page("/@eve/report", javascript=javascript, person=world.person("bo"))
    reader.locator("main [name=reason]").select_option("spam")
    send(reader.locator("main form.form button").first)
    page = open_page("/admin/reports", javascript=javascript, person=world.person("mo", role="moderator"))
    page.locator("main tbody td a").first.click()
    page.get_by_role("button", name="I look at it").click()
    page.get_by_role("link", name="What can be done about the account").click()
    do(page, "Suspend", "Sells pills.")
    expect(page.locator(".flash")).to_contain_text("The account @eve is suspended.")
    # The person reads why, and answers.
    suspended = open_page("/login", javascript=javascript)
    suspended.fill("main [name=login]", "eve")
    suspended.fill("main [name=password]", PASSWORD)
    suspended.locator("main form button.primary").click()
    expect(suspended).to_have_url(re.compile("/settings/standing$"))
    expect(suspended.locator("main")).to_contain_text("Sells pills.")
    suspended.locator("main textarea").fill("They were vitamins.")
    send(suspended.get_by_role("button", name="Send"))
    suspended.goto("/home")
    expect(suspended).to_have_url(re.compile("/settings/standing$"))
    # Somebody else hears it, and takes it back.
    boss = open_page("/admin/appeals", javascript=javascript, person=world.person("boss", role="admin"))
    boss.locator("main tbody td a").first.click()
    expect(boss.locator("main")).to_contain_text("They were vitamins.")
    boss.get_by_label("Take it back").check()
    boss.locator("main textarea").fill("So they were.")
    boss.get_by_role("button", name="Answer").click()
    expect(boss.locator(".flash").first).to_contain_text("The appeal is answered")
    assert "So they were." in text_of(world.site.mails()[-1])
    suspended.goto("/home")
    expect(suspended).to_have_url(re.compile("/home$"))
    boss.goto("/admin/audit?target=eve")
    actions = boss.locator("main tbody tr td:nth-child(3)").all_inner_texts()
    assert actions == ["Appeal answered", "Reinstated", "Appeal made", "Suspended", "Report taken"]


def test_invite_join_by_it_and_verify(world: World, open_page: Opener, javascript: bool) -> None:
    page = open_page("/admin/invitations", javascript=javascript, person=world.person("mo", role="moderator"))
    page.fill("main [name=note]", "For the bakers")
    page.get_by_role("button", name="Make the invitation").click()
    link = page.locator("code.address").inner_text()
    newcomer = open_page("/", javascript=javascript)
    newcomer.goto(link)
    for name, value in {
        "handle": "ana",
        "name": "Ana",
        "email": "ana@example.org",
        "password": "three quiet otters",
    }.items():
        newcomer.fill(f"main [name={name}]", value)
    send(newcomer.locator("main form button.primary"))
    newcomer.goto(link_in(world.site.mails()[0]))
    newcomer.get_by_role("button", name="Confirm").click()
    expect(newcomer.locator(".flash")).to_contain_text("Your e-mail address is confirmed.")
    page.reload()
    expect(page.locator("main")).to_contain_text("1 of 1")
    page.get_by_role("link", name="@ana").click()
    expect(page.locator("main")).to_contain_text("by invitation")
