"""Suspending, reinstating and changing roles: by rank, with a reason, recorded, and undone without a trace."""

from __future__ import annotations

import json
from typing import Any

import pytest

from feedsite.accounts.models import LoginSession, Person
from feedsite.accounts.services import PeopleService
from feedsite.feeds import Activity, Actor, Entity, Manager, Object, Target
from feedsite.feeds.aggregators import (
    ActorAggregator,
    CollapseAggregator,
    CursorAggregator,
    NotificationAggregator,
    PublicAggregator,
    ThingAggregator,
    ThreadAggregator,
)
from feedsite.moderation.audit import AuditFilter, AuditService
from feedsite.moderation.models import AuditRow
from feedsite.moderation.services import OPERATOR, ModerationService, NotAllowed
from feedsite.moderation.services import Actor as Acting

from tests.site import PASSWORD, Site, form_with


def audit_rows(site: Site) -> list[AuditRow]:
    """The whole log, oldest first."""
    with site.transaction() as request:
        rows = list(request.find_service(AuditService).page(AuditFilter()).rows[::-1])
        request.dbsession.expunge_all()
        return rows


def fresh(site: Site, person: Person) -> Person:
    with site.transaction() as request:
        found = request.find_service(PeopleService).by_id(person.id)
        request.dbsession.expunge_all()
        return found


def acting(site: Site, person: Person | None) -> Any:
    """What `person` (None: the command line) does, each in a transaction of its own."""

    class Acts:
        def __getattr__(self, name: str) -> Any:
            def act(*args: Any) -> Any:
                with site.transaction() as request:
                    actor = OPERATOR if person is None else Acting(person.key, person.id)
                    return getattr(request.find_service(ModerationService), name)(actor, *args)

            return act

    return Acts()


def test_an_admin_suspends_and_reinstates_in_the_browser(site: Site) -> None:
    boss, ana = site.person("boss", role="admin", name="The Boss"), site.person("ana")
    browser = site.browser(boss)
    page = browser.get("/admin/people").click("@ana")
    assert "Nothing is deleted" in page

    form = next(one for one in page.forms.values() if (one.action or "").endswith("/suspend"))
    form["reason"] = "  sells   pills  "
    page = form.submit(status=303).follow()
    assert "The account @ana is suspended." in page
    assert fresh(site, ana).state == "suspended"
    assert "@boss" in page.html.select_one(".scroll tbody tr").get_text()

    form = next(one for one in page.forms.values() if (one.action or "").endswith("/reinstate"))
    form["reason"] = "they apologised"
    page = form.submit(status=303).follow()
    assert "The account @ana is reinstated." in page
    assert fresh(site, ana).state == "active"

    suspended, reinstated = audit_rows(site)
    assert (suspended.actor, suspended.action, suspended.target) == (boss.key, "suspend", ana.key)
    assert suspended.reason == "sells   pills"
    assert json.loads(suspended.before) == {"state": "active"}
    assert json.loads(suspended.after) == {"state": "suspended", "sessions_ended": 0}
    assert (reinstated.actor, reinstated.action, reinstated.reason) == (boss.key, "reinstate", "they apologised")
    assert suspended.at < reinstated.at
    assert suspended.at.tzinfo is not None


@pytest.mark.parametrize("reason", ["", "   ", "x" * 1001])
def test_nothing_happens_without_a_reason(site: Site, reason: str) -> None:
    browser, ana = site.browser(site.person("boss", role="admin")), site.person("ana")
    page = browser.submit(f"/admin/people/{ana.id}/suspend", {"reason": reason}, status=422)
    assert page.html.select_one(".summary a")["href"] == "#suspend-reason"
    page = browser.submit(f"/admin/people/{ana.id}/role", {"reason": reason, "role": "moderator"}, status=422)
    assert page.html.select_one(".summary a")["href"] == "#role-reason"
    with pytest.raises(NotAllowed):
        acting(site, None).suspend(ana.id, reason)
    assert fresh(site, ana).state == "active"
    assert audit_rows(site) == []


def test_a_suspended_person_is_out_at_once_and_comes_back(site: Site) -> None:
    ana = site.person("ana")
    phone, desk = site.browser(ana), site.browser(ana)
    acting(site, None).suspend(ana.id, "for the test")
    for browser in (phone, desk):
        assert "/login" in browser.get("/settings/profile", status=303).location
    with site.transaction() as request:
        assert request.dbsession.query(LoginSession).count() == 0
    answer = site.browser().submit("/login", {"login": "ana", "password": PASSWORD}, status=303)
    assert answer.location.endswith("/settings/standing")
    assert json.loads(audit_rows(site)[0].after)["sessions_ended"] == 2

    acting(site, None).reinstate(ana.id, "over")
    site.browser().submit("/login", {"login": "ana", "password": PASSWORD}, status=303)
    assert "/login" in phone.get("/settings/profile", status=303).location, "old logins stay ended"


@pytest.mark.parametrize("state", ["limited", "unverified"])
def test_reinstating_gives_back_the_state_before(site: Site, state: str) -> None:
    ana = site.person("ana", state=state)
    acting(site, None).suspend(ana.id, "for the test")
    acting(site, None).reinstate(ana.id, "over")
    assert fresh(site, ana).state == state


def test_doing_it_twice_is_doing_it_once(site: Site) -> None:
    ana = site.person("ana")
    operator = acting(site, None)
    assert [operator.suspend(ana.id, "first"), operator.suspend(ana.id, "second")] == [True, False]
    assert [operator.reinstate(ana.id, "first"), operator.reinstate(ana.id, "second")] == [True, False]
    assert [row.reason for row in audit_rows(site)] == ["first", "first"]


def test_what_a_suspended_person_wrote_and_what_touches_it_vanishes_everywhere_and_comes_back(site: Site) -> None:
    ana, bo, cy = (site.person(handle) for handle in ("ana", "bo", "cy"))
    ana_, bo_, cy_ = (Entity("person", person.id) for person in (ana, bo, cy))
    python = Entity("tag", "python")

    def note(writer: Entity, name: str, **more: Any) -> Activity:
        about = (writer, python, *more.pop("about", ()))
        return Activity(
            "reply" if "activity_target" in more else "create",
            Actor(writer.id, "person"),
            Object(name, "note"),
            id=f"note.{name}",
            about=about,
            **more,
        )

    with site.transaction() as request:
        feeds = request.find_service(Manager)
        feeds.follow(bo_, ana_)
        feeds.follow(bo_, cy_)
        root = Entity("note", "n1")
        feeds.add_activity_feed(note(ana_, "n1", audience=(bo_,)))
        feeds.add_activity_feed(note(cy_, "n2"))
        feeds.add_activity_feed(
            note(cy_, "n3", activity_target=Target("n1", "note"), about=(root, ana_), audience=(ana_,))
        )
        feeds.perform(Activity("like", Actor(cy.id, "person"), Object("n1", "note"), about=(ana_,), audience=(ana_,)))
        feeds.perform(Activity("like", Actor(ana.id, "person"), Object("n2", "note"), about=(cy_,), audience=(cy_,)))

    lists = {
        "home": CursorAggregator(bo_, include_history=True),
        "home by thing": CollapseAggregator(bo_, "object"),
        "profile": ActorAggregator(ana_, viewer=bo_),
        "tag": ThingAggregator(python, viewer=bo_),
        "thread": ThreadAggregator(root, viewer=bo_),
        "public": PublicAggregator(bo_),
        "public, to strangers": PublicAggregator(None),
        "notifications": NotificationAggregator(bo_),
        "notifications of another": NotificationAggregator(cy_),
    }

    def seen() -> dict[str, Any]:
        with site.transaction() as request:
            feeds = request.find_service(Manager)
            pages = {name: feeds.get_page(aggregator) for name, aggregator in lists.items()}
            found: dict[str, Any] = {
                name: ([item.id for item in page.items], [group.value for group in page.groups])
                for name, page in pages.items()
            }
            found["counts"] = feeds.counts([root, Entity("note", "n2")], ["like", "reply"], viewer=bo_)
            found["badge"] = feeds.count_badge(lists["notifications"])
            touched = [item for page in pages.values() for item in page.every_item() if ana_ in item.touches]
            assert not touched or fresh_state != "suspended"
            return found

    fresh_state = "active"
    before = seen()
    assert all(any(part) for name, part in before.items() if isinstance(part, tuple) and name in lists)
    acting(site, None).suspend(ana.id, "for the test")
    fresh_state = "suspended"
    during = seen()
    assert during["profile"] == during["notifications"] == during["notifications of another"] == ([], [])
    assert during["public"][0] == during["public, to strangers"][0] == ["note.n2"]
    assert during["counts"]["note:n2", "like"] == 0
    assert during["badge"].number == 0
    acting(site, None).reinstate(ana.id, "over")
    fresh_state = "active"
    assert seen() == before


RANKS = ["member", "moderator", "admin"]


@pytest.mark.parametrize("actor_role", RANKS)
@pytest.mark.parametrize("target_role", RANKS)
def test_nobody_acts_on_an_equal_or_higher_rank(site: Site, actor_role: str, target_role: str) -> None:
    site.person("spare", role="admin")
    actor, target = site.person("actor", role=actor_role), site.person("target", role=target_role)
    if RANKS.index(actor_role) > RANKS.index(target_role):
        assert acting(site, actor).suspend(target.id, "by rank")
        assert acting(site, actor).reinstate(target.id, "by rank")
    else:
        for act in ("suspend", "reinstate"):
            with pytest.raises(NotAllowed) as refused:
                getattr(acting(site, actor), act)(target.id, "by rank")
            assert refused.value.rule == "rank"
        assert audit_rows(site) == []
    assert fresh(site, target).state == "active"


@pytest.mark.parametrize("role", ["moderator", "admin"])
def test_pages_offer_only_what_rank_allows_and_refuse_the_rest(site: Site, role: str) -> None:
    site.person("spare", role="admin")
    browser, peer = site.browser(site.person("me", role=role)), site.person("peer", role=role)
    page = browser.get(f"/admin/people/{peer.id}")
    assert "You may not act on somebody of your own or a higher rank." in page
    assert page.html.select("main form") == []
    browser.submit(f"/admin/people/{peer.id}/suspend", {"reason": "because"}, status=403)
    browser.submit(f"/admin/people/{peer.id}/role", {"reason": "because", "role": "member"}, status=403)
    assert fresh(site, peer).state == "active"
    assert fresh(site, peer).role == role
    assert audit_rows(site) == []


def test_a_moderator_changes_no_roles(site: Site) -> None:
    moderator, ana = site.person("mo", role="moderator"), site.person("ana")
    browser = site.browser(moderator)
    assert browser.get(f"/admin/people/{ana.id}").html.select("select[name=role]") == []
    browser.submit(f"/admin/people/{ana.id}/role", {"role": "moderator", "reason": "because"}, status=403)
    with pytest.raises(NotAllowed):
        acting(site, moderator).change_role(ana.id, "moderator", "because")


def test_an_admin_changes_roles_up_to_their_own(site: Site) -> None:
    boss, ana = site.person("boss", role="admin"), site.person("ana")
    browser = site.browser(boss)
    for role in ("moderator", "admin"):
        form = form_with(browser.get(f"/admin/people/{ana.id}"), "role")
        form["role"], form["reason"] = role, f"a good {role}"
        form.submit(status=303)
        assert fresh(site, ana).role == role
    browser.submit(f"/admin/people/{ana.id}/role", {"role": "member", "reason": "no more"}, status=403)
    assert [(json.loads(row.before), json.loads(row.after)) for row in audit_rows(site)] == [
        ({"role": "member"}, {"role": "moderator"}),
        ({"role": "moderator"}, {"role": "admin"}),
    ]


def test_a_role_that_is_none_is_refused(site: Site) -> None:
    browser, ana = site.browser(site.person("boss", role="admin")), site.person("ana")
    browser.submit(f"/admin/people/{ana.id}/role", {"role": "king", "reason": "because"}, status=422)
    assert fresh(site, ana).role == "member"


def test_the_last_admin_cannot_go(site: Site) -> None:
    boss = site.person("boss", role="admin")
    site.person("locked", role="admin", state="suspended")
    site.person("shell", role="admin", password_hash=None)
    browser = site.browser(boss)
    values = {"role": "member", "reason": "tired"}
    page = browser.submit(f"/admin/people/{boss.id}/role", values, status=303).follow()
    assert "This is the last admin." in page
    for act in (("suspend",), ("change_role", "member")):
        with pytest.raises(NotAllowed) as refused:
            getattr(acting(site, None), act[0])(boss.id, *act[1:], "for the test")
        assert refused.value.rule == "last-admin"
    assert (fresh(site, boss).role, fresh(site, boss).state) == ("admin", "active")
    assert audit_rows(site) == []

    site.person("second", role="admin")
    browser.submit(f"/admin/people/{boss.id}/role", values, status=303)
    assert fresh(site, boss).role == "member"
    browser.get("/admin/people", status=404)


def test_who_lost_their_rank_meanwhile_acts_no_more(site: Site) -> None:
    boss, ana = site.person("boss", role="admin"), site.person("ana")
    site.person("second", role="admin")
    acting(site, None).change_role(boss.id, "member", "first")
    with pytest.raises(NotAllowed):
        acting(site, boss).suspend(ana.id, "too late")


def test_a_failure_leaves_nothing_behind(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    ana = site.person("ana")
    monkeypatch.setattr(AuditService, "record", lambda *_a, **_k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        acting(site, None).suspend(ana.id, "for the test")
    monkeypatch.undo()
    assert fresh(site, ana).state == "active"
    with site.transaction() as request:
        links = request.find_service(Manager).linked(Entity("site", "all"), [Entity("person", ana.id)])
    assert links == []
