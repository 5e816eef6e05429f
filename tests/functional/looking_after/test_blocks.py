"""Blocks: who is meant and who is not, what is refused, and that it ends."""

from __future__ import annotations

import ipaddress
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from feedsite.blocking.services import BlockRefused, BlockService, Kept, normalised_domain, normalised_network
from feedsite.db import counting_statements, utcnow
from feedsite.moderation.audit import AuditFilter, AuditService
from feedsite.moderation.services import OPERATOR

from tests.functional.looking_after.shell import Shell
from tests.site import PASSWORD, Browser, Site

JOINING = {"handle": "newcomer", "name": "New", "password": PASSWORD, "password_again": PASSWORD, "zone": "UTC"}


def block(site: Site, value: str, effect: str = "sign-up", kind: str = "network", **more: Any) -> None:
    with site.transaction() as request:
        request.find_service(BlockService).add(OPERATOR, kind, value, effect, "Spam.", **more)


def from_(site: Site, address: str) -> Browser:
    return site.browser(REMOTE_ADDR=address)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("192.0.2.7", "192.0.2.7/32"),
        ("192.0.2.7/24", "192.0.2.0/24"),
        ("2001:db8::1", "2001:db8::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7/32"),
        ("2001:db8::1/128", "2001:db8::/64"),
        ("2001:db8:ffff::/48", "2001:db8:ffff::/48"),
    ],
)
def test_a_network_is_kept_as_it_is_meant(given: str, kept: str) -> None:
    assert normalised_network(given) == kept


@pytest.mark.parametrize("given", ["0.0.0.0/0", "10.0.0.0/7", "::/0", "2000::/15", "example.org", "", "1.2.3.4/33"])
def test_what_is_no_network_or_too_wide_is_refused(given: str) -> None:
    with pytest.raises(BlockRefused):
        normalised_network(given)


@pytest.mark.parametrize("given", ["org", "", "a b.org", "-a.org", "x" * 64 + ".org", "ex_ample.org", "a..org"])
def test_what_is_no_domain_is_refused(given: str) -> None:
    with pytest.raises(BlockRefused):
        normalised_domain(given)


@given(st.ip_addresses(v=6).filter(lambda address: int(address) >> 64), st.integers(0, 2**64 - 1))
def test_an_address_of_the_same_64_is_meant_and_no_other(address: Any, host: int) -> None:
    network = ipaddress.ip_network(normalised_network(str(address)))
    kept = Kept(((network, "everything", None),))
    assert network.prefixlen == 64
    assert kept.of_address(str(network.network_address + host)) == "everything"
    assert kept.of_address(str(ipaddress.ip_address(int(address) ^ 2**127))) == ""


def test_sub_domains_are_meant_and_look_alikes_are_not() -> None:
    kept = Kept(domains=(("example.org", None), ("xn--bcher-kva.example", None)))
    meant = ("a@example.org", "a@mail.EXAMPLE.org", "a@a.b.example.org.", "a@b@example.org", "a@bücher.example")
    others = ("a@notexample.org", "a@example.org.net", "a@org", "a@")
    assert [kept.has_domain_of(email) for email in meant] == [True] * 5
    assert [kept.has_domain_of(email) for email in others] == [False] * 4


def test_everything_is_refused_plainly_and_for_no_statement(site: Site) -> None:
    block(site, "192.0.2.0/24", "everything")
    stranger, neighbour = from_(site, "192.0.2.200"), from_(site, "192.0.3.1")
    with counting_statements() as count:
        page = stranger.get("/login", status=403)
    assert len(count) == 0
    assert "blocked the network" in page.text
    assert page.html.select("link, script, form, nav") == []
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["Cache-Control"] == "no-store"
    stranger.post("/login", {"name": "ana"}, status=403)
    stranger.get("/nowhere", status=403)
    stranger.get("/healthz", status=200)
    neighbour.get("/login", status=200)
    from_(site, "::ffff:192.0.2.9").get("/login", status=403)


def test_a_blocked_network_or_domain_makes_no_account_and_reads_on(site: Site) -> None:
    block(site, "192.0.2.0/24")
    block(site, "spam.example", kind="domain")
    for browser, email in ((from_(site, "192.0.2.1"), "a@example.org"), (from_(site, "10.0.0.1"), "a@x.spam.example")):
        page = browser.submit("/join", {**JOINING, "email": email}, status=422)
        assert "let nobody join with this address" in page.text
        assert browser.get("/explore").status_int == 200
    ana = site.browser(site.person("ana"))
    page = ana.submit("/settings/account/address", {"email": "ana@spam.example"}, status=422)
    assert "let nobody use an address of this domain" in page.text
    assert site.mails() == []


def test_a_block_ends_by_itself(site: Site) -> None:
    block(site, "192.0.2.1", "everything", ends=utcnow() + timedelta(hours=1))
    stranger = from_(site, "192.0.2.1")
    stranger.get("/login", status=403)
    with time_machine.travel(utcnow() + timedelta(hours=2), tick=True):
        stranger.get("/login", status=200)


def test_an_admin_blocks_changes_and_lifts_with_a_reason(site: Site, admin: Browser) -> None:
    form = {
        "kind": "network",
        "value": "2001:db8::7",
        "effect": "everything",
        "reason": "Scripts.",
        "until": "2099-01-01",
    }
    admin.submit("/admin/blocks", form, status=303)
    admin.submit("/admin/blocks", {**form, "effect": "sign-up"}, status=303)
    rows = admin.get("/admin/blocks").html.select("main tbody tr")
    assert [[cell.get_text() for cell in row.select("th, td")[:4]] for row in rows] == [
        ["2001:db8::/64", "Network address", "Making accounts", "Scripts."]
    ]
    lift = rows[0].select_one("form")["action"]
    admin.submit(lift, {"reason": " "}, status=303)
    assert len(admin.get("/admin/blocks").html.select("main tbody tr")) == 1
    admin.submit(lift, {"reason": "They stopped."}, status=303)
    assert "Nothing is blocked." in admin.get("/admin/blocks")
    with site.transaction() as request:
        log = [row.action for row in request.find_service(AuditService).page(AuditFilter()).rows]
    assert log == ["unblock", "block", "block"]


@pytest.mark.parametrize(
    ("values", "field"),
    [({"value": "10.0.0.0/2"}, "value"), ({"kind": "domain", "value": "a.org", "effect": "everything"}, "effect")]
    + [({"reason": ""}, "reason"), ({"until": "2020-01-01"}, "until"), ({"kind": "x"}, "kind")],
)
def test_what_makes_no_sense_is_told_at_its_field(admin: Browser, values: dict[str, str], field: str) -> None:
    usual = {"kind": "network", "value": "192.0.2.1", "effect": "sign-up", "reason": "Spam."}
    page = admin.submit("/admin/blocks", {**usual, **values}, status=422)
    assert page.html.select_one(f".summary a[href='#{field}']") is not None


def test_nobody_shuts_themselves_out(site: Site) -> None:
    admin = site.browser(site.person("boss", role="admin"), REMOTE_ADDR="192.0.2.5")
    form = {"kind": "network", "value": "192.0.2.0/28", "effect": "everything", "reason": "Oops."}
    admin.submit("/admin/blocks", form, status=422)
    admin.get("/admin/blocks", status=200)


def test_the_command_line_adds_lists_and_lifts(site: Site, feedsite: Shell) -> None:
    feedsite("block", "add", "domain", "Spam.Example", "--reason", "Spam.")
    assert feedsite("block", "list").stdout == "domain   spam.example  sign-up  for good  Spam.\n"
    feedsite("block", "lift", "domain", "spam.example", "--reason", "Gone.")
    assert feedsite.refused("block", "lift", "domain", "spam.example", "--reason", "x") == "spam.example is not blocked"
    assert "no wider" in feedsite.refused("block", "add", "network", "::/0", "--reason", "x")
