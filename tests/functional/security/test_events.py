"""What happens at the doors is in the log, and nothing of what was typed."""

from __future__ import annotations

import logging
import re

import pytest

from tests.functional.accounts.test_two_factor import first_half, second_half, set_up
from tests.mailbox import link_in
from tests.site import PASSWORD, Browser, Site

SECRET_WORDS = "a wrong sentence that nobody may read"


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, logger="feedsite.security")
    return caplog


def lines(log: pytest.LogCaptureFixture) -> list[str]:
    """``act outcome`` of each line since this was asked last."""
    found = []
    for record in log.records:
        if record.name == "feedsite.security":
            said = dict(re.findall(r"(\w+)=(\S+)", record.getMessage()))
            assert {"act", "outcome", "person", "network", "route"} <= set(said)
            assert (record.levelno == logging.WARNING) == (said["outcome"] == "refused")
            found.append(f"{said['act']} {said['outcome']}")
    log.clear()
    return found


def test_signing_in_and_out(site: Site, browser: Browser, log: pytest.LogCaptureFixture) -> None:
    ana = site.person("ana")
    browser.submit("/login", {"login": "ana", "password": SECRET_WORDS}, status=422)
    browser.submit("/login", {"login": "nobody", "password": SECRET_WORDS}, status=422)
    browser.submit("/login", {"login": "ana", "password": PASSWORD}, status=303)
    browser.submit("/logout")
    assert ana.id in log.text
    assert "network=127.0.0.1" in log.text or "network=unknown" in log.text
    for kept_out in (SECRET_WORDS, PASSWORD, "ana@example.org", "nobody", browser.cookies["feedsite_device"]):
        assert kept_out not in log.text
    assert lines(log) == ["sign-in refused", "sign-in refused", "sign-in done", "sign-out done"]


def test_second_factors(site: Site, browser: Browser, log: pytest.LogCaptureFixture) -> None:
    _totp, codes = set_up(site.browser(site.person("ana")))
    first_half(browser)
    second_half(browser, "000000")
    second_half(browser, codes[0])
    assert codes[0] not in log.text
    assert lines(log) == ["second-factor-on done", "sign-in half", "second-factor refused", "sign-in done"]


def test_what_lets_people_in_is_changed(site: Site, log: pytest.LogCaptureFixture) -> None:
    ana = site.person("ana")
    own, new = site.browser(ana), "another quite ordinary sentence"
    own.submit("/settings/confirm", {"password": SECRET_WORDS}, status=422)
    own.submit("/settings/confirm", {"password": PASSWORD}, status=303)
    own.submit("/settings/password", {"current": PASSWORD, "password": new}, status=303)
    own.submit("/settings/account/handle", {"handle": "anna"}, status=303)
    own.submit("/settings/account/address", {"email": "anna@example.org"}, status=303)
    own.submit("/settings/sessions/end", {"session": "others"}, status=303)
    assert lines(log) == [
        "password-again refused",
        "password-again done",
        "password-again done",
        "password-changed done",
        "handle-changed done",
        "address-claimed done",
        "end-logins done",
    ]
    site.mails()
    site.browser().submit("/reset", {"email": "ana@example.org"})
    link = link_in(site.mails()[0])
    site.browser().submit(link, {"password": "one more ordinary sentence"}, status=303)
    site.browser().get(link, status=404)
    assert lines(log) == ["password-forgotten done", "password-by-mail done", "link-of-a-mail refused"]


def test_what_is_refused(site: Site, browser: Browser, log: pytest.LogCaptureFixture) -> None:
    member = site.browser(site.person("ana"))
    member.get("/admin", status=404)
    member.post("/theme", {"theme": "dark"}, status=400)
    member.post("/theme", {"csrf_token": member.csrf_token()}, headers={"Origin": "https://evil.example"}, status=400)
    member.get("/home?cursor=changed", status=400)
    for _ in range(12):
        browser.submit("/reset", {"email": "ana@example.org"}, expect_errors=True)
    said = lines(log)
    assert said[:4] == ["permission refused", "form refused", "form refused", "cursor refused"]
    assert said[-1] == "limit refused"
    assert "evil.example" not in log.text
