"""How the index stands, for those who look after the site: readiness, figures, the admin's page, the log."""

from __future__ import annotations

import logging
import re
from dataclasses import replace

import pytest
from sqlalchemy import update

from feedsite.db import writing
from feedsite.feeds.errors import StoreUnavailable
from feedsite.feeds.stores.sql.record import OVERLAP_MS
from feedsite.feeds.stores.sql.tables import default_tables
from feedsite.indexing.process import ProcessIndex
from feedsite.metrics import metrics_of

from tests.functional.indexing.conftest import OVERRIDES, Indexed
from tests.functional.timelines.world import World, faults_of_html, main_of, plain, texts
from tests.keeping import wait_until
from tests.site import Site

TOKEN = "a-token-of-the-monitoring"


def ready(indexed: Indexed) -> str:
    answer = indexed.site.browser().get("/readyz")
    assert answer.text.startswith("ok\n")
    return str(answer.text.removeprefix("ok\n").strip())


def figures(indexed: Indexed) -> dict[str, float]:
    text = indexed.site.browser().get("/metrics").text
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in text.splitlines() if line[0] != "#"}


def refuse_everything_that_waits(indexed: Indexed, reason: str) -> None:
    """As delivery does with what the cluster will never take."""
    changes = default_tables().act_changes
    with writing(indexed.site.engine).begin() as connection:
        behind = changes.c.delivered < changes.c.version
        connection.execute(update(changes).where(behind).values(refused=reason, attempts=1))


def test_readiness_names_what_is_amiss_and_stays_ready(indexed: Indexed) -> None:
    assert ready(indexed) == "index: none"
    indexed.world.write("ana")
    indexed.create()
    assert ready(indexed) == "index: ready"
    indexed.falls("away")
    assert ready(indexed) == "index: away"
    indexed.world.browser("ana").get("/home")
    assert ready(indexed) in ("index: resting", "index: away")
    indexed.falls("well")
    indexed.index.runtime.breaker.encouraged()
    indexed.world.browser("ana").get("/home")
    assert ready(indexed) == "index: ready"
    assert indexed.generation is not None
    indexed.index.runtime.index.drop(indexed.generation)
    assert ready(indexed) == "index: mismatch"


def test_looking_does_not_open_the_breaker(furnished: Indexed) -> None:
    furnished.falls("silent")
    for _ in range(3):
        assert ready(furnished) == "index: away"
    assert furnished.index.runtime.breaker.state == "closed"


def test_more_than_can_be_laid_over_is_said(furnished: Indexed) -> None:
    furnished.falls("away")
    furnished.world.write_many("bo", 600)
    furnished.world.write_many("bo", 600)
    furnished.falls("well")
    assert ready(furnished) == "index: behind"
    page = furnished.world.browser("ana").get("/home")
    assert page.html.select(".resting")
    furnished.deliver()
    # Searches may not show it yet: the database goes on for a moment.
    assert ready(furnished) == "index: behind"
    with writing(furnished.site.engine).begin() as connection:
        for changes in (default_tables().act_changes, default_tables().link_changes):
            connection.execute(update(changes).values(delivered_at=changes.c.delivered_at - OVERLAP_MS))
    assert ready(furnished) == "index: ready"


def test_refused_rows_that_make_the_database_answer_are_said_too(furnished: Indexed) -> None:
    furnished.falls("away")
    furnished.world.write("bo", "Too much for it")
    furnished.falls("well")
    refuse_everything_that_waits(furnished, "strict_dynamic_mapping_exception")
    furnished.deliver()
    runtime = furnished.index.runtime
    limits = runtime.limits
    runtime.limits = replace(limits, overlay=0)
    try:
        assert furnished.world.browser("ana").get("/home").html.select(".resting")
        assert ready(furnished) == "index: behind"
    finally:
        runtime.limits = limits


def test_what_cannot_be_made_ahead_of_time_keeps_no_delivery_back(
    furnished: Indexed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise StoreUnavailable("this action would add shards", kind="request")

    furnished.falls("away")
    furnished.world.write("bo", "Still on its way")
    furnished.falls("well")
    index = furnished.index
    monkeypatch.setattr(index.delivery, "tend", fail)
    monkeypatch.setattr(index, "_tended", float("-inf"))
    assert index.delivery.behind().count > 0
    with pytest.raises(StoreUnavailable, match="add shards"):
        index._piece()
    assert index.delivery.behind().count == 0


def test_figures_of_a_day(furnished: Indexed) -> None:
    before = figures(furnished)
    browser = furnished.world.browser("ana")
    browser.get("/home")
    browser.submit("/notes", {"text": "Hello"})
    furnished.falls("unavailable")
    browser.get("/home")
    browser.submit("/notes", {"text": "Hello again"})
    after = figures(furnished)

    def grown(name: str) -> float:
        return after.get(name, 0) - before.get(name, 0)

    assert grown('feedsite_requests_total{method="GET",route="timelines.home",status="200"}') == 2
    assert grown('feedsite_requests_total{method="POST",route="posts.write",status="303"}') == 2
    assert grown('feedsite_request_seconds_count{route="timelines.home"}') == 2
    assert grown('feedsite_index_fallbacks_total{reason="busy"}') >= 1
    assert grown('feedsite_index_errors_total{during="reading",kind="busy"}') >= 1
    assert grown('feedsite_index_delivered_rows_total{where="request"}') >= 1
    assert grown("feedsite_index_round_trip_seconds_count") >= 2
    assert grown("feedsite_index_round_trips_count") >= 4
    assert after['feedsite_index_backlog_rows{slot="live"}'] >= 1
    assert 0 < after["feedsite_index_lag_seconds"] < 60
    assert after["feedsite_index_set_aside_rows"] == 0
    assert after["feedsite_database_up"] == 1
    states = [after[f'feedsite_index_breaker{{state="{state}"}}'] for state in ("closed", "half-open", "open")]
    assert sorted(states) == [0, 0, 1]


@pytest.mark.filterwarnings("ignore:Unknown REQUEST_METHOD")
def test_no_label_is_what_somebody_sent(furnished: Indexed) -> None:
    browser = furnished.site.browser()
    browser.request("/home", method="BREW", expect_errors=True)
    browser.get("/secret-path/of/mine?q=my-own-words", expect_errors=True)
    browser.get("/@ana")
    text = browser.get("/metrics").text
    # None of these may be a part of a route's name: the figures of the process's other tests are there too.
    for sent in ("BREW", "secret-path", "my-own-words", "@ana", 'ana"'):
        assert sent not in text
    assert 'method="other"' in text
    assert (
        len(set(re.findall(r'route="([^"]+)"', text)))
        <= len(browser.app.registry.introspector.get_category("routes")) + 1
    )


def test_figures_are_for_whoever_has_the_token(site: Site) -> None:
    """One in production without a token has no such page; with one, the token opens it."""
    url, secret = site.settings.database_url, "0123456789abcdef0123456789abcdef"
    production = {"environment": "production", "secret": secret, "mail_backend": "smtp"}
    closed = Site(url, **production)
    closed.browser().get("/metrics", status=404)
    closed.close()
    opened = Site(url, **production, metrics_token=TOKEN)
    browser = opened.browser()
    refusal = browser.get("/metrics", status=401)
    assert refusal.headers["WWW-Authenticate"] == 'Bearer realm="metrics"'
    for wrong in (f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer", TOKEN, "Bearer \udcff"):
        browser.get(
            "/metrics",
            headers={"Authorization": wrong.encode("utf-8", "surrogateescape").decode("latin-1")},
            status=401,
        )
    answer = browser.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.content_type == "text/plain"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "feedsite_database_up 1.0" in answer.text
    assert TOKEN not in answer.text
    opened.close()


def test_the_browser_s_tools_are_told_in_development(furnished: Indexed) -> None:
    settings = {
        name: getattr(furnished.site.settings, name)
        for name in ("elasticsearch_feed_index", "elasticsearch_network_index")
    }
    site = Site(
        furnished.site.settings.database_url,
        environment="development",
        elasticsearch_hosts=furnished.cluster.url,
        **settings,
        **OVERRIDES,
    )
    header = site.browser(furnished.world.person("ana")).get("/home").headers["Server-Timing"]
    assert re.fullmatch(r'total;dur=[\d.]+, sql;desc="\d+ statements", index;dur=[\d.]+;desc="\d+ round trips"', header)
    site.close()
    assert "index" not in furnished.plain.browser().get("/explore").headers.get("Server-Timing", "")


def test_the_page_of_admins(furnished: Indexed) -> None:
    browser = furnished.site.browser(furnished.world.person("root", role="admin"))
    page = browser.get("/admin/index")
    assert faults_of_html(page) == []
    assert "The index answers pages." in plain(main_of(page))
    assert furnished.generation is not None
    assert furnished.generation.id in plain(main_of(page))
    sizes = [plain(cell) for cell in main_of(page).select(".scroll td")]
    assert sizes
    assert "Unknown" not in sizes
    assert browser.get("/admin/people").html.select('nav.tabs a[href="/admin/index"]')
    furnished.falls("away")
    page = browser.get("/admin/index")
    assert "The cluster does not answer" in plain(main_of(page))
    assert "Unknown" in plain(main_of(page))


def test_what_was_refused_is_shown_with_its_reason_and_tried_again(furnished: Indexed) -> None:
    browser = furnished.site.browser(furnished.world.person("root", role="admin"))
    furnished.falls("away")
    note = furnished.world.write("bo", "Too much for it")
    furnished.falls("well")
    refuse_everything_that_waits(furnished, "strict_dynamic_mapping_exception: <b>no such field</b>")
    furnished.deliver()
    assert figures(furnished)["feedsite_index_set_aside_rows"] == 1
    # People see it all the same.
    assert "Too much for it" in plain(main_of(furnished.world.browser("ana").get("/home")))
    page = browser.get("/admin/index")
    assert faults_of_html(page) == []
    assert "strict_dynamic_mapping_exception: <b>no such field</b>" in plain(main_of(page))
    assert note.act_id in plain(main_of(page))
    done = browser.submit("/admin/index/retry")
    assert done.location.endswith("/admin/index")
    furnished.deliver()
    page = done.follow()
    assert "1 row is tried again." in plain(main_of(page))
    assert "Nothing: the cluster took all" in plain(main_of(page))
    assert furnished.index.delivery.verify().waiting == 0


def test_without_an_index_the_page_says_so_and_no_menu_leads_there(indexed: Indexed) -> None:
    browser = indexed.plain.browser(indexed.world.person("root", role="admin"))
    page = browser.get("/admin/index")
    assert "no search index" in plain(main_of(page))
    assert not browser.get("/admin/people").html.select('a[href="/admin/index"]')
    assert browser.get("/readyz").text == "ok\n"
    assert "feedsite_index_backlog" not in browser.get("/metrics").text


def test_secrets_of_the_cluster_are_in_no_log_and_on_no_page(
    indexed: Indexed, caplog: pytest.LogCaptureFixture
) -> None:
    names = ("elasticsearch_feed_index", "elasticsearch_network_index")
    site = Site(
        indexed.site.settings.database_url,
        elasticsearch_hosts=indexed.cluster.url,
        elasticsearch_user="feedsite",
        elasticsearch_password="topsecret",
        **{name: getattr(indexed.site.settings, name) for name in names},
        **OVERRIDES,
    )
    indexed.world.write("ana")
    indexed.create()
    index: ProcessIndex = site.registry["feedsite.index"]
    browser = site.browser(indexed.world.person("root", role="admin"))
    with caplog.at_level(logging.DEBUG):
        for illness in ("well", "denied", "away", "garbage"):
            indexed.falls(illness)
            index.runtime.breaker.encouraged()
            shown = [browser.get(path).text for path in ("/home", "/admin/index", "/metrics", "/readyz")]
            browser.submit("/notes", {"text": "A note of mine"})
            assert not any("topsecret" in text or "dG9wc2VjcmV0" in text for text in shown)
    assert "topsecret" not in caplog.text
    assert "ZmVlZHNpdGU6dG9wc2VjcmV0" not in caplog.text
    assert "A note of mine" not in "".join(r.getMessage() for r in caplog.records if "elastic" in r.name)
    index.close()
    site.close()


def test_on_both_databases(site: Site, elasticsearch_url: str, elasticsearch_prefix: str) -> None:
    """Made, read, written to, delivered and compared; and all of it is on the page of admins."""
    url = site.settings.database_url
    names = {
        "elasticsearch_feed_index": f"{elasticsearch_prefix}-f",
        "elasticsearch_network_index": f"{elasticsearch_prefix}-n",
    }
    indexed = Site(url, elasticsearch_hosts=elasticsearch_url, **names, **OVERRIDES)
    index: ProcessIndex = indexed.registry["feedsite.index"]
    world = World(indexed)
    world.follow("ana", "bo")
    world.write("bo", "Before")
    generation = index.delivery.create(layout="two")
    assert world.browser("bo").submit("/notes", {"text": "After"}).status_int == 303
    page = world.browser("ana").get("/home")
    assert texts(page) == ["After", "Before"]
    assert not page.html.select(".resting")
    verified = index.delivery.verify()
    assert (verified.differences, verified.waiting) == (0, 0)
    browser = indexed.browser(world.person("root", role="admin"))
    assert "The index answers pages." in plain(main_of(browser.get("/admin/index")))
    assert browser.submit("/admin/index/retry").status_int == 303
    assert "feedsite_index_lag_seconds 0.0" in browser.get("/metrics").text
    index.runtime.index.drop(generation)
    index.close()
    indexed.close()


def test_a_request_s_line_has_its_round_trips(furnished: Indexed, caplog: pytest.LogCaptureFixture) -> None:
    browser = furnished.world.browser("ana")
    with caplog.at_level(logging.INFO, logger="feedsite.requests"):
        browser.get("/home")
        furnished.falls("away")
        browser.get("/home")
    lines = [record.getMessage() for record in caplog.records if "route=timelines.home " in record.getMessage()]
    assert re.search(r"round_trips=[1-9]\d* fallback=-", lines[-2])
    assert "fallback=connection" in lines[-1]
    assert metrics_of(furnished.site.registry)


def test_the_system_s_page_is_there_when_the_cluster_is_not(furnished: Indexed) -> None:
    admin = furnished.site.browser(furnished.world.person("boss", role="admin"))
    page = main_of(admin.get("/admin/system"))
    assert "The index answers pages." in page.get_text()
    # Another colour for a moment, while another test makes an index on the same node.
    assert wait_until(
        lambda: bool(re.search(r": (green|yellow), 1 node", main_of(admin.get("/admin/system")).get_text())), 30
    )
    for state in ("silent", "away"):
        furnished.falls(state)
        page = main_of(admin.get("/admin/system"))
        assert re.search("The cluster (does not answer|failed a moment ago)", page.get_text())
        assert "It does not answer." in page.get_text()
