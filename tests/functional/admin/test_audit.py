"""The audit log: filters, pages, and rows nobody changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from feedsite.admin import wording
from feedsite.db import counting_statements
from feedsite.moderation.audit import ACTIONS, AuditService
from feedsite.moderation.models import AuditRow

from tests.site import Browser, Site

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def admin(site: Site) -> Browser:
    """A browser of an admin, in Kathmandu."""
    return site.browser(site.person("boss", role="admin", zone="Asia/Kathmandu"))


def record(site: Site, actor: str, action: str, target: str, *, at: datetime = NOON, **more: object) -> None:
    """Write a row at an instant."""
    with site.transaction() as request:
        request.find_service(AuditService).record(actor, action, target, **more).at = at  # type: ignore[arg-type]


def shown(page: object) -> list[str]:
    """The reasons in the log's table, in its order."""
    return [row.select("td")[-1].get_text() for row in page.html.select("tbody tr")]  # type: ignore[attr-defined]


def test_a_row_says_who_did_what_to_whom_when_and_why(site: Site, admin: Browser) -> None:
    mo, ana = site.person("mo"), site.person("ana")
    states = {"before": {"state": "limited"}, "after": {"state": "suspended", "sessions_ended": 2}}
    record(site, mo.key, "suspend", ana.key, reason="<b>pills</b>", **states)
    row = admin.get("/admin/audit").html.select_one("tbody tr")
    cells = [cell.get_text(" ", strip=True) for cell in row.select("td")[1:]]
    assert cells == ["@mo", "Suspended", "@ana", "State: Limited → Suspended Logins ended: 2", "<b>pills</b>"]
    assert row.select_one("time")["datetime"] == "2026-11-20T12:00:00Z"
    assert row.select("a")[1]["href"] == f"/admin/people/{ana.id}"


def test_a_row_outlives_the_people_it_names(site: Site, admin: Browser) -> None:
    record(site, "command line", "create", "person:gone", reason="long ago")
    row = admin.get("/admin/audit").html.select_one("tbody tr").get_text(" ", strip=True)
    assert "Command line" in row
    assert "person:gone" in row


def test_filters_by_actor_target_action_and_day(site: Site, admin: Browser) -> None:
    mo, ana, bo = (site.person(handle) for handle in ("mo", "ana", "bo"))
    record(site, mo.key, "suspend", ana.key, reason="one")
    record(site, mo.key, "suspend", bo.key, reason="two", at=NOON + timedelta(days=1))
    record(site, "command line", "reinstate", ana.key, reason="three", at=NOON + timedelta(days=2))
    wanted = {
        "": ["three", "two", "one"],
        "actor=mo": ["two", "one"],
        "actor=@MO&target=bo": ["two"],
        "actor=command+line": ["three"],
        "target=ana": ["three", "one"],
        "action=suspend": ["two", "one"],
        "action=role": [],
        "since=2026-11-21": ["three", "two"],
        "until=2026-11-21": ["two", "one"],
        "since=2026-11-21&until=2026-11-21&action=suspend": ["two"],
        "since=0001-01-01&until=9999-12-31": ["three", "two", "one"],
    }
    assert {query: shown(admin.get(f"/admin/audit?{query}")) for query in wanted} == wanted


def test_days_are_those_of_the_reader(site: Site, admin: Browser) -> None:
    # Midnight in Kathmandu is 18:15 UTC.
    midnight = datetime(2026, 11, 20, 18, 15, tzinfo=UTC)
    record(site, "command line", "create", "person:x", reason="the 20th", at=midnight - timedelta(seconds=1))
    record(site, "command line", "create", "person:x", reason="the 21st", at=midnight)
    assert shown(admin.get("/admin/audit?since=2026-11-21")) == ["the 21st"]
    assert shown(admin.get("/admin/audit?until=2026-11-20")) == ["the 20th"]


@pytest.mark.parametrize(
    ("query", "field"),
    [("actor=nobody", "actor"), ("target=nobody", "target"), ("target=command+line", "target"), ("action=x", "action")]
    + [("since=yesterday", "since"), ("until=2026-13-40", "until")],
)
def test_a_filter_that_makes_no_sense_is_told(admin: Browser, query: str, field: str) -> None:
    page = admin.get(f"/admin/audit?{query}", status=400)
    assert page.html.select_one(f".summary a[href='#{field}']") is not None


def test_pages_hold_rows_of_one_instant_together_once_each(site: Site, admin: Browser) -> None:
    with site.transaction() as request:
        for number in range(100):
            request.dbsession.add(
                AuditRow(actor="command line", action="create", target="person:x", reason=str(number), at=NOON)
            )
    pages = [page := admin.get("/admin/audit")]
    while link := page.html.select_one("a[rel=next]"):
        pages.append(page := admin.get(link["href"]))
        record(site, "command line", "create", "person:x", reason="newer", at=NOON + timedelta(seconds=1))
    assert [len(shown(page)) for page in pages] == [50, 50]
    assert {reason for page in pages for reason in shown(page)} == {str(number) for number in range(100)}


def test_the_number_of_statements_does_not_grow_with_the_rows(site: Site, admin: Browser) -> None:
    def cost() -> int:
        with counting_statements() as count:
            admin.get("/admin/audit")
        return len(count)

    record(site, site.person("p0").key, "suspend", site.person("p1").key)
    one = cost()
    for number in range(10):
        record(site, site.person(f"a{number}").key, "suspend", site.person(f"t{number}").key)
    assert cost() == one


def test_every_action_has_a_name_and_can_be_asked_for_everywhere(site: Site) -> None:
    assert set(ACTIONS) == set(wording.ACTIONS)
    with site.transaction() as request, pytest.raises(ValueError, match="no action of the log: 'whistle'"):
        request.find_service(AuditService).record("command line", "whistle", "person:x")
