"""People in the administration: the list, an account, and what is done about it."""

from __future__ import annotations

import pytest

from feedsite.db import counting_statements

from tests.functional.admin.crowd import add_crowd
from tests.site import Browser, Site


def handles(page: object) -> list[str]:
    """The handles in the table of people, in its order."""
    return [cell.get_text().removeprefix("@") for cell in page.html.select("tbody th a")]  # type: ignore[attr-defined]


@pytest.fixture
def admin(site: Site) -> Browser:
    """A browser of an admin."""
    return site.browser(site.person("boss", role="admin"))


def test_the_list_shows_everybody_with_state_and_role(site: Site, admin: Browser) -> None:
    site.person("ana", name="Ana Reyes", state="limited")
    page = admin.get("/admin/people")
    assert handles(page) == ["ana", "boss"]
    row = page.html.select_one("tbody tr").get_text(" ", strip=True)
    assert row.startswith("@ana Ana Reyes ana@example.org Member Limited")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("an", ["ana", "anton"]),
        ("@ana", ["ana"]),
        ("ANA", ["ana"]),
        ("ana rey", ["ana"]),
        ("Zoë", ["zz"]),
        ("bo@ex", ["bo"]),
        ("a_a", []),
        ("%", []),
        ("\\", []),
        ("_", ["_x"]),
        ("reyes", []),
        ("nobody", []),
    ],
)
def test_search_finds_the_beginnings_of_handle_name_and_address(
    site: Site, admin: Browser, text: str, found: list[str]
) -> None:
    for handle, name in (("ana", "Ana Reyes"), ("anton", "Toni"), ("bo", "Bo"), ("zz", "Zoë"), ("_x", "X")):
        site.person(handle, name=name, email=f"{handle.strip('_')}@example.org")
    assert handles(admin.get("/admin/people", {"q": text, "sort": "handle"})) == found


def test_filters_go_together_with_the_search(site: Site, admin: Browser) -> None:
    site.person("ana", state="suspended")
    site.person("anton", role="moderator")
    assert handles(admin.get("/admin/people?state=suspended")) == ["ana"]
    assert handles(admin.get("/admin/people?role=moderator")) == ["anton"]
    page = admin.get("/admin/people?q=a&state=suspended&role=moderator")
    assert handles(page) == []
    assert "Nobody matches this search." in page


def test_the_figures_count_everybody(site: Site, admin: Browser) -> None:
    site.person("ana", state="suspended")
    site.person("bo")
    figures = [link.get_text() for link in admin.get("/admin/people").html.select("a.chip")]
    assert figures == ["All: 3", "Suspended: 1", "Admin: 1"]


@pytest.mark.parametrize("order", ["newest", "oldest", "handle"])
def test_pages_go_forth_and_back_without_loss(site: Site, admin: Browser, order: str) -> None:
    add_crowd(site, 119)
    first = admin.get(f"/admin/people?sort={order}")
    walked, page = [handles(first)], first
    while link := page.html.select_one("a[rel=next]"):
        page = admin.get(link["href"])
        walked.append(handles(page))
    assert [len(part) for part in walked] == [50, 50, 20]
    seen = [handle for part in walked for handle in part]
    assert len(set(seen)) == 120
    if order == "handle":
        assert seen == sorted(seen)
    back = [handles(page)]
    while link := page.html.select_one("a[rel=prev]"):
        page = admin.get(link["href"])
        back.append(handles(page))
    assert back == walked[::-1]


def test_a_full_last_page_has_no_next_one(site: Site, admin: Browser) -> None:
    add_crowd(site, 49)
    page = admin.get("/admin/people")
    assert len(handles(page)) == 50
    assert page.html.select_one("nav.paging") is None


def test_a_cursor_belongs_to_its_list_and_its_reader(site: Site, admin: Browser) -> None:
    add_crowd(site, 60)
    link = admin.get("/admin/people").html.select_one("a[rel=next]")["href"]
    assert admin.get(link).status_int == 200
    assert admin.get(f"{link}x", status=400).html.select_one("a[href='/admin/people']") is not None
    admin.get(f"{link}&state=active", status=400)
    admin.get(link.replace("/people", "/audit"), status=400)
    site.browser(site.person("other", role="admin")).get(link, status=400)


@pytest.mark.parametrize("query", ["state=bogus", "role=king", "sort=random", f"q={'x' * 300}"])
def test_a_filter_that_makes_no_sense_is_told(admin: Browser, query: str) -> None:
    page = admin.get(f"/admin/people?{query}", status=400)
    assert page.html.select_one(".summary") is not None


def test_a_page_of_many_costs_as_many_statements_as_one_of_few(site: Site, admin: Browser) -> None:
    def cost(path: str) -> int:
        with counting_statements() as count:
            admin.get(path)
        return len(count)

    few = cost("/admin/people")
    frame = cost("/admin")
    add_crowd(site, 45)
    assert cost("/admin/people") == few
    assert few <= frame + 3


def test_a_member_is_told_that_there_is_nothing(site: Site) -> None:
    ana = site.person("ana")
    browser = site.browser(ana)
    for path in ("/admin", "/admin/people", f"/admin/people/{ana.id}", "/admin/people/nobody", "/admin/audit"):
        page = browser.get(path, status=404)
        assert "Not found" in page
    browser.submit(f"/admin/people/{ana.id}/role", {"role": "admin", "reason": "please"}, status=404)


def test_an_account_that_is_not_there_is_a_404(admin: Browser) -> None:
    admin.get("/admin/people/nobody", status=404)
    admin.submit("/admin/people/nobody/suspend", {"reason": "because"}, status=404)
