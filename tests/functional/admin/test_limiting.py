"""Limiting an account to its followers, and acting on several accounts at once."""

from __future__ import annotations

import pytest

from feedsite.accounts.models import Person
from feedsite.feeds import Manager
from feedsite.feeds.aggregators import CursorAggregator, PublicAggregator
from feedsite.moderation.services import NotAllowed
from feedsite.posts.services import NoteService

from tests.functional.admin.test_suspending import acting, audit_rows, fresh
from tests.site import Site


def shown(site: Site, reader: Person) -> tuple[int, int]:
    """How many acts the reader sees in public and at home."""
    with site.transaction() as request:
        feeds = request.find_service(Manager)
        public = feeds.get_page(PublicAggregator(reader.id)).items
        return len(public), len(feeds.get_page(CursorAggregator(reader.id, include_history=True)).items)


def test_a_limited_account_is_left_to_its_followers_until_it_is_reinstated(site: Site) -> None:
    eve, fan, other = site.person("eve"), site.person("fan"), site.person("other")
    with site.transaction() as request:
        request.find_service(Manager).follow(fan.id, eve.id)
        request.find_service(NoteService).write(eve.id, "Pills!")
    assert (shown(site, fan), shown(site, other)) == ((1, 1), (1, 0))
    browser = site.browser(site.person("mo", role="moderator"))
    page = browser.get(f"/admin/people/{eve.id}")
    form = next(one for one in page.forms.values() if (one.action or "").endswith("/limit"))
    form["reason"] = "pills"
    page = form.submit(status=303).follow()
    assert "The account @eve is limited." in page
    assert fresh(site, eve).state == "limited"
    assert (shown(site, fan), shown(site, other)) == ((1, 1), (0, 0))
    assert site.browser(eve).submit("/notes", {"text": "I can still write."}).status_int == 303
    acting(site, None).reinstate(eve.id, "apologised")
    assert fresh(site, eve).state == "active"
    assert shown(site, other)[0] == 2
    assert [(row.action, row.reason) for row in audit_rows(site)] == [("limit", "pills"), ("reinstate", "apologised")]


def test_who_was_limited_is_limited_again_after_a_suspension(site: Site) -> None:
    eve, acts = site.person("eve"), acting(site, None)
    acts.limit(eve.id, "one")
    acts.suspend(eve.id, "two")
    with pytest.raises(NotAllowed):
        acts.limit(eve.id, "three")
    acts.reinstate(eve.id, "four")
    assert fresh(site, eve).state == "limited"
    acts.reinstate(eve.id, "five")
    assert fresh(site, eve).state == "active"
    assert acts.reinstate(eve.id, "six") is False


def test_nothing_is_limited_without_a_reason(site: Site) -> None:
    eve, browser = site.person("eve"), site.browser(site.person("mo", role="moderator"))
    page = browser.submit(f"/admin/people/{eve.id}/limit", {"reason": " "}, status=422)
    assert page.html.select_one(".summary a")["href"] == "#limit-reason"
    assert len(page.html.select("#limit-reason")) == 1
    assert fresh(site, eve).state == "active"


def test_several_at_once_and_who_may_not_be_touched_is_named(site: Site) -> None:
    crowd = [site.person(f"p{number}") for number in range(3)]
    boss, mo = site.person("boss", role="admin"), site.person("mo", role="moderator")
    browser = site.browser(mo)
    sent = [("csrf_token", browser.csrf_token()), ("act", "suspend"), ("reason", "a spree")]
    chosen = [("person", person.id) for person in (*crowd, boss, mo)]
    page = browser.post("/admin/people", [*sent, *chosen], status=303).follow()
    said = page.html.select_one("#main").get_text(" ", strip=True)
    assert "3 accounts are changed." in page.text
    assert "@boss, @mo" in said or "@boss, @mo" in page.text
    assert {fresh(site, person).state for person in crowd} == {"suspended"}
    assert fresh(site, boss).state == "active"
    assert [row.action for row in audit_rows(site)] == ["suspend"] * 3
    again = browser.post("/admin/people", [*sent, *chosen], status=303).follow()
    assert "3 accounts were so already." in again.text


@pytest.mark.parametrize("sent", [{"act": "suspend", "reason": ""}, {"act": "dance", "reason": "x"}, {"act": "limit"}])
def test_several_need_an_act_a_reason_and_people(site: Site, sent: dict[str, str]) -> None:
    ana, browser = site.person("ana"), site.browser(site.person("mo", role="moderator"))
    page = browser.submit("/admin/people", {**sent, "person": ana.id}, status=422)
    assert page.html.select_one(".summary") is not None
    assert page.html.select_one(f"input[name=person][value='{ana.id}']").has_attr("checked")
    browser.submit("/admin/people", {"act": "suspend", "reason": "x"}, status=422)
    assert fresh(site, ana).state == "active"
