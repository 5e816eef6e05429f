"""Somebody's picture: chosen, shown wherever they are, removed, and gone with them."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from feedsite.accounts.models import Person
from feedsite.db import counting_statements, utcnow
from feedsite.moderation.audit import AuditFilter, AuditService
from feedsite.moderation.services import OPERATOR, ModerationService
from feedsite.pictures.models import Picture

from tests.functional.looking_after.shell import Shell
from tests.functional.pictures import files
from tests.functional.pictures.files import PATH, file_of, halves, opened, send
from tests.functional.taking_in.archives import exported, taken_in
from tests.functional.timelines.world import World
from tests.site import Browser, Site, form_with


@pytest.fixture
def ana(site: Site) -> Person:
    return site.person("ana")


@pytest.fixture
def own(site: Site, ana: Person) -> Browser:
    """Ana's browser; she has a picture."""
    browser = site.browser(ana)
    send(browser, files.photograph(), status=303)
    return browser


def address(site: Site, handle: str = "ana") -> str | None:
    """Where somebody's picture is; None: they have none."""
    with site.transaction() as request:
        name = request.dbsession.scalar(select(Person.picture).where(Person.handle == handle))
        rows = request.dbsession.scalar(
            select(func.count()).select_from(Picture).join(Person).where(Person.handle == handle)
        )
        assert rows == (0 if name is None else 1), "row and column say the same"
    return None if name is None else f"/pictures/{name}.webp"


# -- choosing and removing


def test_a_picture_is_chosen_in_the_settings_shown_and_removed(site: Site, ana: Person) -> None:
    browser = site.browser(ana)
    page = browser.get("/settings/profile")
    assert page.html.select_one("main .avatar").get_text() == "A"
    form = form_with(page, "picture")
    form["picture"] = ("C:\\me\\..\\..\\etc\\passwd.php", file_of(halves()))
    page = form.submit(status=303).follow()
    assert "Your picture is saved." in page
    path = address(site)
    (shown,) = page.html.select("main .avatar img")
    assert (shown["src"], shown["width"], shown["height"], shown["alt"]) == (path, "88", "88", "")
    assert page.html.select_one("header .avatar img")["src"] == path, "in the menu, too"
    assert opened(browser.get(path).body).size == (128, 128)
    page = next(one for one in page.forms.values() if one.action.endswith("/remove")).submit(status=303).follow()
    assert "Your picture is removed." in page
    assert page.html.select("img") == []
    assert address(site) is None
    browser.get(path, status=404)
    assert browser.submit(f"{PATH}/remove").status_int == 303, "twice is once"


def test_another_picture_takes_the_place_of_the_first(site: Site, own: Browser) -> None:
    first = address(site)
    send(own, file_of(halves(50, 50)), status=303)
    assert address(site) != first
    own.get(first, status=404)
    own.get(address(site), status=200)


REFUSED = {
    "none": (None, "Please choose a file."),
    "empty": (b"", "Please choose a file."),
    "svg": (files.SVG, "It takes PNG, JPEG, WebP and GIF files"),
    "cut": (file_of(halves())[:200], "files that are whole"),
    "bomb": (files.bomb(), "A picture has at most 25 million pixels."),
    "large": (b"\x89PNG\r\n\x1a\n" + bytes(4 * 2**20), "A picture has at most 4096 KiB."),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_is_refused_says_why_at_its_field_and_changes_nothing(site: Site, own: Browser, case: str) -> None:
    body, sentence = REFUSED[case]
    before = address(site)
    page = send(own, body, status=422)
    assert sentence in page.html.select_one("#error-picture").get_text()
    field = page.html.select_one("#picture")
    assert (field["aria-invalid"], field["aria-describedby"]) == ("true", "hint-picture error-picture")
    assert page.html.select_one(".summary a")["href"] == "#picture"
    assert page.html.select_one("#name")["value"] == "Ana", "the form beside it is as it was"
    assert page.headers["Cache-Control"] == "no-store"
    assert page.html.select_one(".tabs [aria-current]").get_text() == "Profile"
    assert address(site) == before
    assert own.get(PATH, status=303).location.endswith("/settings/profile"), "the address leads on, loaded again"


def test_a_body_that_is_larger_still_is_413_and_says_the_rule(site: Site, own: Browser) -> None:
    before = address(site)
    page = send(own, bytes(4 * 2**20 + 32_768), status=413)
    assert "A picture has at most 4096 KiB." in page.html.main.get_text()
    assert address(site) == before
    # Nowhere else.
    body = b"x=" + bytes(site.settings.max_body_bytes)
    assert own.post("/settings/profile/picture/remove", body, status=413).status_int == 413
    assert own.post("/settings/profile", body, status=413).status_int == 413


def test_who_sends_many_waits(site: Site, ana: Person) -> None:
    browser = site.browser(ana)
    statuses = [send(browser, None, expect_errors=True).status_int for _ in range(21)]
    assert statuses == [422] * 20 + [429]


def test_a_text_in_place_of_a_file_is_none(site: Site, own: Browser) -> None:
    assert own.submit(PATH, {"picture": "me.png"}, status=422).html.select_one("#error-picture")
    own.post(PATH, {"picture": "me.png"}, status=400)


def test_the_page_speaks_spanish(site: Site) -> None:
    browser = site.browser(site.person("eva", locale="es"))
    assert "Imagen" in browser.get("/settings/profile").html.select_one("#picture-heading").get_text()
    page = send(browser, files.SVG, status=422)
    assert "no es una imagen" in page.html.select_one("#error-picture").get_text()
    assert "KiB" in send(browser, bytes(4 * 2**20 + 32_768), status=413).html.main.get_text()


# -- giving out


def test_it_is_kept_for_good_by_browsers_and_is_nothing_but_a_picture(site: Site, own: Browser) -> None:
    path = address(site)
    answer = site.browser().get(path)
    assert answer.content_type == "image/webp"
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert answer.headers["Content-Disposition"] == "inline"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "img-src 'self';" in answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers
    again = site.browser().get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_int, again.body) == (304, b"")
    assert site.browser().head(path).content_length == len(answer.body)
    with counting_statements() as count:
        own.get(path)
    assert len(count) == 1, "who asks does not matter"


def test_nothing_but_what_is_kept_is_given_out(site: Site, own: Browser) -> None:
    for path in (
        "/pictures/",
        f"/pictures/{'0' * 32}.webp",
        f"/pictures/{'0' * 32}.png",
        address(site).replace(".webp", ".php"),
        address(site).upper(),
        "/pictures/..%2f..%2fdevelopment.ini",
        "/pictures/%2e%2e/static/css/site.css",
    ):
        answer = own.get(path, status=404)
        assert "text/html" in answer.content_type
        assert "immutable" not in answer.headers["Cache-Control"]


def test_of_who_is_suspended_or_leaves_there_is_no_picture(site: Site, ana: Person, own: Browser) -> None:
    path, mo = address(site), site.browser(site.person("mo", role="moderator"))
    with site.transaction() as request:
        request.find_service(ModerationService).suspend(OPERATOR, ana.id, "pills")
    answer = site.browser().get(path, status=404)
    assert answer.headers["Cache-Control"] == "no-store", "it may be back tomorrow"
    assert mo.get(f"/admin/people/{ana.id}").html.select("img") == []
    with site.transaction() as request:
        request.find_service(ModerationService).reinstate(OPERATOR, ana.id, "talked")
    assert site.browser().get(path).status_int == 200
    with site.transaction() as request:
        request.dbsession.get_one(Person, ana.id).leaves = utcnow() + timedelta(days=30)
    site.browser().get(path, status=404)
    # Somebody else has the same one.
    send(site.browser(site.person("bo")), files.photograph(), status=303)
    assert address(site, "bo") == path
    assert site.browser().get(path).status_int == 200


def test_it_goes_with_the_account(site: Site, ana: Person, own: Browser) -> None:
    Shell(site)("user", "purge", "ana", "--reason", "asked")
    with site.transaction() as request:
        assert request.dbsession.scalar(select(func.count()).select_from(Picture)) == 0


# -- where it is seen


def test_it_is_wherever_somebody_is_and_costs_no_statement(site: Site) -> None:
    world = World(site)
    world.follow("bo", "ana")
    world.like(world.write("bo", "Soup is on"), "ana")
    world.write("ana", "Bread is rising #bread")
    browser = world.browser("bo")
    pages = ("/home", "/@ana", "/@bo/followers", "/@bo/following", "/explore", "/notifications", "/tags/bread", "/")

    def cost(path: str) -> int:
        with counting_statements() as count:
            browser.get(path, expect_errors=True)
        return len(count)

    for path in pages:
        browser.get(path)
    before = {path: cost(path) for path in pages}
    send(world.browser("ana"), files.photograph(), status=303)
    for path in pages:
        browser.get(path)
    assert {path: cost(path) for path in pages} == before
    for path in ("/home", "/@ana", "/@bo/following", "/explore", "/notifications", "/tags/bread"):
        found = browser.get(path).html.select(f'.avatar img[src="{address(site)}"]')
        assert found, path
        for picture in found:
            assert (picture["alt"], picture["loading"]) == ("", "lazy")
            assert picture["width"] == picture["height"]
            assert picture.parent.get_text() == "", "no initials behind it"


def test_who_shows_a_card_of_a_profile_shows_the_picture(site: Site, own: Browser) -> None:
    site.person("bo")
    (image,) = site.browser().get("/@ana").html.select('meta[property="og:image"]')
    assert image["content"] == f"http://localhost{address(site)}"
    assert site.browser().get("/@bo").html.select('meta[property="og:image"]') == []


# -- taking it along


def test_it_is_in_the_export_and_comes_back_with_an_archive(site: Site, ana: Person, own: Browser) -> None:
    archive = exported(site, ana.id)
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        body = packed.read("picture.webp")
    assert body == own.get(address(site)).body
    anew = site.person("anew")
    assert taken_in(site, anew.id, archive).skipped == {}
    first = address(site, "anew")
    assert first is not None
    picture = opened(site.browser().get(first).body)
    assert picture.getpixel((64, 10))[0] > 180
    taken_in(site, anew.id, archive)
    assert address(site, "anew") == first, "twice is once"
    with zipfile.ZipFile(io.BytesIO(exported(site, site.person("bo").id))) as packed:
        assert "picture.webp" not in packed.namelist()


def test_an_archive_whose_picture_is_none_is_taken_in_without_it(site: Site, ana: Person, own: Browser) -> None:
    before, made = address(site), io.BytesIO()
    account = {"name": "Ana the Second", "bio": "", "zone": "UTC", "theme": "auto"}
    with zipfile.ZipFile(made, "w") as packed:
        packed.writestr("account.json", json.dumps(account))
        packed.writestr("picture.webp", files.SVG)
    taken = taken_in(site, ana.id, made.getvalue())
    (reason,) = taken.skipped
    assert reason.startswith("picture of which this site says: This is no picture")
    assert address(site) == before
    assert "Ana the Second" in site.browser().get("/@ana")


# -- who looks after the site


def test_moderators_remove_it_with_a_reason_and_it_is_in_the_log(site: Site, ana: Person, own: Browser) -> None:
    mo = site.browser(site.person("mo", role="moderator"))
    path = f"/admin/people/{ana.id}"
    page = mo.get(path)
    assert page.html.select_one("main .avatar img")["src"] == address(site)
    before = address(site)
    refused = mo.submit(f"{path}/remove-picture", {"reason": " "}, status=422)
    assert refused.html.select_one(".summary a")["href"] == "#remove-picture-reason"
    page = mo.submit(f"{path}/remove-picture", {"reason": "Not theirs."}, status=303).follow()
    assert "The picture of @ana is removed." in page
    assert address(site) is None
    site.browser().get(before, status=404)
    assert "it was so already" in mo.submit(f"{path}/remove-picture", {"reason": "Again."}).follow()
    assert [one for one in page.forms.values() if (one.action or "").endswith("remove-picture")] == []
    peer = site.person("peer", role="moderator")
    mo.submit(f"/admin/people/{peer.id}/remove-picture", {"reason": "because"}, status=403)
    with site.transaction() as request:
        (row,) = request.find_service(AuditService).page(AuditFilter(action="remove picture")).rows
        assert (row.target, row.reason) == (ana.key, "Not theirs.")
        assert json.loads(row.before)["picture"] in before
    assert "Picture removed" in mo.get(path)


def test_the_command_line_removes_it_too(site: Site, own: Browser) -> None:
    feedsite = Shell(site)
    assert feedsite("user", "remove-picture", "ana", "--reason", "asked").output == "The picture is removed.\n"
    assert address(site) is None
    assert feedsite("user", "remove-picture", "ana", "--reason", "asked").output == "There is no picture.\n"
    assert "nobody with the handle" in feedsite.refused("user", "remove-picture", "nobody", "--reason", "asked")
    assert "remove picture" in feedsite("audit", "list").output
