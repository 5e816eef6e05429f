"""Logs: one event a line, UTC, and never a secret."""

from __future__ import annotations

import logging

import pytest

from feedsite.observability import LineFormatter

from tests.site import PASSWORD, Browser, Site


def test_a_line_is_one_line_and_in_utc() -> None:
    formatter = LineFormatter("%(asctime)s %(levelname)s [%(name)s] %(message)s")
    try:
        raise ValueError("first\nsecond\u2028third")
    except ValueError as error:
        record = logging.LogRecord(
            "x", logging.ERROR, "", 0, "bad\r\nINFO forged\x1b[0m", None, (type(error), error, None)
        )
    record.created = 0.0
    line = formatter.format(record)
    assert line.startswith("1970-01-01T00:00:00.000Z ERROR [x] bad\\r\\nINFO forged\\x1b[0m")
    assert len(line.splitlines()) == 1


def test_a_request_is_one_event_without_secrets(site: Site, browser: Browser, caplog: pytest.LogCaptureFixture) -> None:
    site.person("ana")
    with caplog.at_level(logging.INFO, logger="feedsite"):
        values = {"login": "ana", "password": PASSWORD, "next": "/help?token=verysecret"}
        browser.submit("/login?token=verysecret", values)
        browser.get("/settings/profile?token=verysecret")
        browser.get("/nowhere/verysecret", status=404)
    events = [record.getMessage() for record in caplog.records if record.name == "feedsite.requests"]
    assert any("route=accounts.login status=303" in event and "method=POST" in event for event in events)
    assert any("statements=" in event and "milliseconds=" in event for event in events)
    everything = caplog.text + "".join(events)
    token = browser.cookies["feedsite_session"]
    for secret in (PASSWORD, "verysecret", token, browser.csrf_token(), site.settings.secret):
        assert secret not in everything


def test_what_the_database_took_is_not_timed_in_production_headers(site: Site, browser: Browser) -> None:
    assert "Server-Timing" not in browser.get("/about").headers
