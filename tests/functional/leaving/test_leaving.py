"""Who deletes their account is gone for everybody at once, and may come back for a while."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import time_machine

from feedsite.accounts.services import PeopleService, TwoFactorService
from feedsite.db import utcnow
from feedsite.leaving.services import LeavingService
from feedsite.moderation.services import OPERATOR, ModerationService

from tests.functional.leaving.going import PATH, come_back, delete, purge_of, sign_in
from tests.functional.timelines.world import World
from tests.mailbox import text_of
from tests.site import Browser, form_with


def live(world: World) -> None:
    """Ana writes, Bo follows and answers her, and she likes what he wrote."""
    world.follow("bo", "ana")
    note = world.write("ana", "Bread is rising")
    world.reply("bo", note, "Save me a slice")
    world.like(world.write("bo", "Soup is on"), "ana")


def test_the_page_says_what_happens_and_wants_the_password_and_the_handle(leaving: World) -> None:
    browser = leaving.browser("ana")
    page = browser.get(PATH)
    for words in ("signed out everywhere", "For 30 days you only have to sign in", "removed for good", "@ana", "365"):
        assert words in page.text
    assert "This is not your handle." in delete(browser, "bo").text
    assert delete(browser, "").status_int == 422
    with time_machine.travel(utcnow() + timedelta(minutes=16), tick=True):
        assert browser.get(PATH).location == "http://localhost/settings/confirm?next=%2Fsettings%2Fdelete"
        assert browser.submit(PATH, {"handle": "ana"}).location.endswith("next=%2Fsettings%2Fdelete")
    assert leaving.browser("bo").get("/@ana").status_int == 200


def test_who_leaves_is_nowhere_at_once_and_everything_is_there_again_who_comes_back(leaving: World) -> None:
    live(leaving)
    browser, elsewhere, bo = leaving.browser("ana"), leaving.browser("ana"), leaving.browser("bo")
    pages = ("/home", "/notifications", "/explore", "/search?q=ana", "/@bo", "/@bo/followers", "/links")
    before = {path: seen(bo, path) for path in pages}
    assert "Bread is rising" in before["/home"]
    leaving.site.mails()
    answer = delete(browser)
    assert answer.location == "http://localhost/"
    assert elsewhere.get("/home").location.startswith("http://localhost/login")
    assert browser.get("/home").location.startswith("http://localhost/login")
    for path in ("/@ana", "/@ana/following", "/@ana/2026"):
        assert bo.get(path, status=410).status_int == 410
    assert "This account has been deleted." in bo.get("/@ana", status=410).text
    assert "Bread is rising" not in "".join(seen(bo, path) for path in pages)
    assert "Bread is rising" not in leaving.site.browser().get("/").text
    assert "This account has been deleted." in bo.submit("/@ana/follow", status=403).text
    (mail,) = leaving.site.mails()
    assert mail["To"] == "ana@example.org"
    assert "You can come back until" in text_of(mail)
    assert "/login" in text_of(mail)
    assert sign_in(browser).location == "http://localhost/login/back"
    assert browser.get("/home").location.startswith("http://localhost/login")
    assert "You deleted the account @ana." in browser.get("/login/back").text
    assert come_back(browser).location == "http://localhost/home"
    assert "Welcome back." in browser.get("/home").text
    assert {path: seen(bo, path) for path in pages} == before
    assert "is back since" in " ".join(text_of(mail) for mail in leaving.site.mails())
    assert browser.get("/login/back").location == "http://localhost/login"


def seen(browser: Browser, path: str) -> str:
    """What a page's main part says, but for how long ago something was."""
    main = browser.get(path, expect_errors=True).html.select_one("main")
    for time in main.select("time"):
        time.decompose()
    for token in main.select("input"):
        token.decompose()
    return main.get_text(" ", strip=True)


def test_nobody_else_is_asked_to_come_back(leaving: World) -> None:
    browser = leaving.browser("ana")
    delete(browser)
    assert sign_in(browser, password="not the password").status_int == 422
    assert browser.get("/login/back").location == "http://localhost/login"
    browser.submit("/login/back")
    assert leaving.browser("bo").get("/@ana", status=410)


def test_a_second_factor_is_asked_for_before(leaving: World) -> None:
    ana = leaving.person("ana")
    with leaving.site.transaction() as request:
        factors = request.find_service(TwoFactorService)
        factors.begin(ana.id)
        key = (factors.setup_key(ana) or "").replace(" ", "")
        factors.enable(ana, pyotp.TOTP(key).now())
    browser = leaving.browser("ana")
    delete(browser)
    assert sign_in(browser).location == "http://localhost/login/code"
    assert browser.get("/login/back").location == "http://localhost/login"
    with time_machine.travel(utcnow() + timedelta(seconds=60), tick=True):
        form = form_with(browser.get("/login/code"), "code")
        form["code"] = pyotp.TOTP(key).now()
        assert form.submit().location == "http://localhost/login/back"
        assert come_back(browser).location == "http://localhost/home"


def test_no_mail_reaches_who_left_but_the_one_about_it_and_what_they_ask_for(leaving: World) -> None:
    ana = leaving.person("ana")
    browser = leaving.browser("ana")
    browser.submit("/settings/account/address", {"email": "other@example.org"})
    delete(browser)
    with leaving.site.transaction() as request:
        request.find_service(TwoFactorService).disable(ana)
    assert [mail["Subject"] for mail in leaving.site.mails()] == ["Your account on feedsite is deleted"]
    browser.submit("/reset", {"email": "ana@example.org"})
    assert [mail["Subject"] for mail in leaving.site.mails()] == ["A new password for feedsite"]


def test_the_last_admin_stays(leaving: World) -> None:
    root = leaving.person("root", role="admin")
    browser = leaving.browser("root")
    assert "You are the last admin" in delete(browser, "root").text
    other = leaving.person("other", role="admin")
    assert delete(leaving.browser("other"), "other").status_int == 303
    # Who leaves is an admin no more, though they may come back.
    assert delete(browser, "root").status_int == 422
    with leaving.site.transaction() as request:
        request.find_service(LeavingService).come_back(other.id)
    assert delete(browser, "root").status_int == 303
    assert root.role == "admin"


def test_a_suspension_outlasts_leaving_and_leaving_a_reinstatement(leaving: World) -> None:
    ana, bo = leaving.person("ana"), leaving.browser("bo")
    leaving.write("ana", "Bread is rising")
    delete(leaving.browser("ana"))

    def moderate(act: str) -> None:
        with leaving.site.transaction() as request:
            getattr(request.find_service(ModerationService), act)(OPERATOR, ana.id, "spam")

    moderate("suspend")
    # Suspended or not, it is theirs to take back; their page says that they are suspended then.
    assert sign_in(leaving.site.browser()).location == "http://localhost/login/back"
    moderate("reinstate")
    assert "Bread is rising" not in bo.get("/explore").text
    browser = leaving.site.browser()
    sign_in(browser)
    come_back(browser)
    assert "Bread is rising" in bo.get("/explore").text
    delete(browser)
    moderate("suspend")
    with leaving.site.transaction() as request:
        assert request.find_service(LeavingService).come_back(ana.id)
    assert "Bread is rising" not in bo.get("/explore").text


def test_after_the_grace_nobody_comes_back(leaving: World) -> None:
    leaving.person("ana")
    browser = leaving.browser("ana")
    delete(browser)
    sign_in(browser)
    with time_machine.travel(utcnow() + timedelta(days=30, minutes=1), tick=True):
        assert sign_in(leaving.site.browser()).status_int == 422
        assert browser.get("/login/back").location == "http://localhost/login"
        browser.submit("/login/back")
        assert purge_of(leaving.site).run().left == 1
    with leaving.site.transaction() as request:
        assert request.find_service(PeopleService).by_handle("ana") is None
