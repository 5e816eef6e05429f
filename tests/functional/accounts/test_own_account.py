"""What people change of their own account: handle, password, where they are signed in."""

from __future__ import annotations

from datetime import timedelta

import time_machine

from feedsite.db import utcnow

from tests.site import PASSWORD, Browser, Site, form_with

NEW = "three other quiet otters"


def rename(browser: Browser, handle: str):
    form = form_with(browser.get("/settings/account"), "handle")
    form["handle"] = handle
    return form.submit(expect_errors=True)


# -- the handle


def test_a_handle_is_changed_and_the_old_one_leads_on_for_ninety_days(site: Site) -> None:
    browser = site.browser(site.person("ana"))
    page = rename(browser, "Anna").follow()
    assert "You are @anna now." in page.text
    assert "These lead to you now: @ana." in page.text
    assert site.browser().get("/@ana").location == "http://localhost/@anna"
    assert site.mails()[0]["Subject"] == "Your handle was changed"
    bo = site.browser(site.person("bo"))
    assert "Somebody has this handle already" in rename(bo, "ana").text
    with time_machine.travel(utcnow() + timedelta(days=91), tick=True):
        assert site.browser().get("/@ana", status=404)
        bo.sign_in(site.person("bobo"))
        assert rename(bo, "ana").status_int == 303
        assert site.browser().get("/@ana").status_int == 200


def test_one_may_go_back_to_a_handle_of_ones_own(site: Site) -> None:
    browser = site.browser(site.person("ana"))
    rename(browser, "anna")
    assert rename(browser, "ana").status_int == 303
    assert site.browser().get("/@ana").status_int == 200
    assert site.browser().get("/@anna").location == "http://localhost/@ana"


def test_nobody_collects_handles(site: Site) -> None:
    browser = site.browser(site.person("h0"))
    assert [rename(browser, f"h{n}").status_int for n in (1, 2, 3)] == [303] * 3
    refused = rename(browser, "h4")
    assert refused.status_int == 422
    assert "several times in 90 days" in refused.text


def test_a_handle_that_is_taken_or_reserved_or_none_is_refused_at_its_field(site: Site) -> None:
    site.person("bo")
    browser = site.browser(site.person("ana"))
    for handle, sentence in (("BO", "Somebody has"), ("admin", "reserved"), ("a b", "A handle has 1 to 30")):
        answer = rename(browser, handle)
        assert (answer.status_int, sentence in answer.text) == (422, True)
        assert answer.html.select_one("#handle")["aria-invalid"] == "true"
    assert rename(browser, "ana").status_int == 303
    assert site.mails() == [], "nothing was changed"


# -- the password


def test_a_password_is_changed_by_who_knows_it_and_other_browsers_are_signed_out(site: Site) -> None:
    ana = site.person("ana")
    here, there = site.browser(ana), site.browser(ana)
    form = form_with(here.get("/settings/password"), "current")
    form["current"], form["password"] = PASSWORD, NEW
    assert "Your password is changed." in form.submit().follow().text
    assert there.get("/settings/profile").status_int == 303
    assert here.get("/settings/profile").status_int == 200
    assert [mail["Subject"] for mail in site.mails()] == ["Your password was changed"]
    assert site.browser().submit("/login", {"login": "ana", "password": NEW}).status_int == 303


def test_who_does_not_know_the_password_changes_nothing(site: Site) -> None:
    ana = site.person("ana")
    here, there = site.browser(ana), site.browser(ana)
    for n in range(10):
        answer = here.submit("/settings/password", {"current": f"guess {n}", "password": NEW}, expect_errors=True)
        assert (answer.status_int, "This is not your password." in answer.text) == (422, True)
    assert (
        here.submit("/settings/password", {"current": PASSWORD, "password": NEW}, expect_errors=True).status_int == 429
    )
    assert there.get("/settings/profile").status_int == 200
    assert site.mails() == []


# -- the password again


def test_a_browser_left_open_is_asked_for_the_password_again(site: Site) -> None:
    browser = site.browser(site.person("ana"))
    assert browser.get("/settings/account").status_int == 200
    with time_machine.travel(utcnow() + timedelta(minutes=16), tick=True):
        sent = browser.get("/settings/account")
        assert sent.location == "http://localhost/settings/confirm?next=%2Fsettings%2Faccount"
        posted = browser.submit("/settings/account/address", {"email": "thief@example.org"})
        assert posted.location == sent.location
        assert site.mails() == []
        form = form_with(sent.follow(), "password")
        form["password"] = "a wrong guess"
        wrong = form.submit(expect_errors=True)
        assert (wrong.status_int, "This is not your password." in wrong.text) == (422, True)
        form = form_with(sent.follow(), "password")
        form["password"] = PASSWORD
        assert form.submit().location == "http://localhost/settings/account"
        assert browser.get("/settings/account").status_int == 200
        other = browser.submit("/settings/confirm", {"password": PASSWORD, "next": "https://evil.example/"})
        assert other.location == "http://localhost/settings/account"


# -- where one is signed in


def test_logins_are_listed_and_ended_one_by_one_or_all(site: Site) -> None:
    ana = site.person("ana")
    here, phone, laptop = (site.browser(ana) for _ in range(3))
    stranger = site.browser(site.person("bo"))
    page = here.get("/settings/sessions")
    assert page.text.count("Last used") == 3
    buttons = page.html.select("button[name=session]:not([value=others])")
    assert len(buttons) == 2, "the browser that shows the page is not among those it ends"
    one = buttons[0]["value"]
    stranger.submit("/settings/sessions/end", {"session": one})
    assert here.get("/settings/sessions").text.count("Last used") == 3, "nobody ends somebody else's"
    here.submit("/settings/sessions/end", {"session": one})
    alive = [browser.get("/settings/profile").status_int for browser in (here, phone, laptop)]
    assert sorted(alive) == [200, 200, 303]
    assert alive[0] == 200
    here.submit("/settings/sessions/end", {"session": "others"})
    assert [browser.get("/settings/profile").status_int for browser in (here, phone, laptop)] == [200, 303, 303]
    assert "signed out already" in here.submit("/settings/sessions/end", {"session": one}).follow().text
