"""Signing in with a second factor, losing it, and getting back in."""

from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from feedsite.accounts.models import RecoveryCode, SecondFactor
from feedsite.db import utcnow
from feedsite.security.sealing import CannotUnseal, Sealer

from tests.site import PASSWORD, Browser, Site, form_with


def set_up(browser: Browser) -> tuple[pyotp.TOTP, list[str]]:
    """Turn it on; the authenticator and the recovery codes."""
    browser.submit("/settings/two-factor/begin")
    page = browser.get("/settings/two-factor")
    totp = pyotp.TOTP(page.html.select_one("#main code").text.replace(" ", ""))
    form = form_with(page, "code")
    form["code"] = totp.at(utcnow())
    return totp, [code.text for code in form.submit().html.select(".codes code")]


def first_half(browser: Browser, **more: str):
    return browser.submit("/login", {"login": "ana", "password": PASSWORD, **more}, expect_errors=True)


def second_half(browser: Browser, code: str):
    form = form_with(browser.get("/login/code"), "code")
    form["code"] = code
    return form.submit(expect_errors=True)


def is_in(browser: Browser) -> bool:
    return browser.get("/settings/profile", expect_errors=True).status_int == 200


def test_signing_in_takes_password_and_code_and_no_code_twice(site: Site, browser: Browser) -> None:
    totp, codes = set_up(site.browser(site.person("ana")))
    assert len(set(codes)) == 10
    assert site.mails()[-1]["Subject"] == "Your second factor is on"
    sent = first_half(browser, next="/help")
    assert sent.location == "http://localhost/login/code?next=%2Fhelp"
    assert not is_in(browser), "half of signing in is nothing"
    with time_machine.travel(utcnow() + timedelta(seconds=60), tick=False):
        right = totp.at(utcnow())
        assert second_half(browser, "000000" if right != "000000" else "111111").status_int == 422
        form = form_with(browser.get("/login/code?next=/help"), "code")
        form["code"] = f"{right[:3]} {right[3:]}"
        assert form.submit().location == "http://localhost/help"
        assert is_in(browser)
        other = site.browser()
        first_half(other)
        assert second_half(other, right).status_int == 422, "a code lets nobody in twice"
    assert browser.get("/login/code").location.endswith("/login"), "the first half is forgotten"


def test_a_lost_authenticator_is_replaced_by_a_recovery_code_once(site: Site, browser: Browser) -> None:
    _totp, codes = set_up(site.browser(site.person("ana")))
    first_half(browser)
    assert second_half(browser, codes[0].upper()).status_int == 303
    assert "Codes left: 9." in " ".join(site.mails()[-2].get_body(("plain",)).get_content().split())
    other = site.browser()
    first_half(other)
    assert second_half(other, codes[0]).status_int == 422
    renewed = [code.text for code in browser.submit("/settings/two-factor/codes").html.select(".codes code")]
    assert second_half(other, codes[1]).status_int == 422, "new codes end the old ones"
    assert second_half(other, renewed[0]).status_int == 303
    browser.submit("/settings/two-factor/disable")
    assert first_half(site.browser()).location == "http://localhost/home"
    with site.transaction() as request:
        assert list(request.dbsession.scalars(select(RecoveryCode))) == []


def test_nothing_is_on_before_a_first_code_came_back(site: Site) -> None:
    own = site.browser(site.person("ana"))
    own.submit("/settings/two-factor/begin")
    assert own.submit("/settings/two-factor/enable", {"code": "12345"}, expect_errors=True).status_int == 422
    assert first_half(site.browser()).location == "http://localhost/home"


def test_the_picture_is_drawn_here_and_is_gone_when_it_is_on(site: Site) -> None:
    own = site.browser(site.person("ana"))
    own.submit("/settings/two-factor/begin")
    picture = own.get("/settings/two-factor/qr.svg")
    assert picture.content_type == "image/svg+xml"
    assert picture.headers["Cache-Control"] == "no-store"
    assert b"<svg" in picture.body
    assert b"style" not in picture.body
    set_up(own)
    assert own.get("/settings/two-factor/qr.svg", status=404)


def test_the_database_holds_neither_key_nor_codes(site: Site) -> None:
    totp, codes = set_up(site.browser(site.person("ana")))
    with site.transaction() as request:
        row = request.dbsession.scalar(select(SecondFactor))
        assert totp.secret not in row.key
        assert totp.byte_secret() not in row.key.encode()
        kept = " ".join(request.dbsession.scalars(select(RecoveryCode.id)))
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)


def test_guessing_codes_is_slow_even_with_the_password(site: Site, browser: Browser) -> None:
    set_up(site.browser(site.person("ana")))
    first_half(browser)
    answers = [second_half(browser, f"{n:06}").status_int for n in range(10)]
    assert answers[-1] == 429
    assert set(answers[:-1]) == {422}


def test_a_new_password_ends_what_was_half_done(site: Site, browser: Browser) -> None:
    own = site.browser(site.person("ana"))
    totp, _codes = set_up(own)
    first_half(browser)
    own.submit("/settings/password", {"current": PASSWORD, "password": "three other quiet otters"})
    with time_machine.travel(utcnow() + timedelta(seconds=60), tick=True):
        assert browser.get("/login/code").location.endswith("/login")
        assert not is_in(browser)
    assert totp.secret


@pytest.mark.parametrize("path", ["begin", "enable", "codes", "disable"])
def test_a_browser_left_open_changes_no_second_factor(site: Site, path: str) -> None:
    own = site.browser(site.person("ana"))
    with time_machine.travel(utcnow() + timedelta(minutes=16), tick=True):
        answer = own.submit(f"/settings/two-factor/{path}", {"code": "123456"})
        assert answer.location == "http://localhost/settings/confirm?next=%2Fsettings%2Ftwo-factor"


@given(st.binary(max_size=64), st.data())
def test_what_is_sealed_comes_back_with_the_same_secret_only(plain: bytes, data: st.DataObject) -> None:
    one, another = b"one secret", b"another secret"
    sealed = Sealer([one], "purpose").seal(plain, "ana")
    assert Sealer([one], "purpose").unseal(sealed, "ana") == plain
    assert Sealer([another, one], "purpose").unseal(sealed, "ana") == plain
    assert not Sealer([another, one], "purpose").is_current(sealed, "ana")
    at = data.draw(st.integers(0, len(sealed) - 1))
    changed = sealed[:at] + ("A" if sealed[at] != "A" else "B") + sealed[at + 1 :]
    for secret, purpose, text, owner in (
        (another, "purpose", sealed, "ana"),
        (one, "another", sealed, "ana"),
        (one, "purpose", sealed, "bo"),
        (one, "purpose", sealed[:at], "ana"),
    ):
        with pytest.raises(CannotUnseal):
            Sealer([secret], purpose).unseal(text, owner)
    try:
        assert Sealer([one], "purpose").unseal(changed, "ana") == plain, "padding may be written in several ways"
    except CannotUnseal:
        pass


def test_the_page_stands_under_security(site: Site) -> None:
    page = site.browser(site.person("ana")).get("/settings/two-factor")
    assert [tab.text for tab in page.html.select(".tabs a[aria-current=page]")] == ["Security"]
