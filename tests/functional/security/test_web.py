"""What browsers and strangers get: types, downloads, fields of passwords, and nothing that is not theirs."""

from __future__ import annotations

import io
import zipfile

from sqlalchemy import func, select

from feedsite.accounts.models import Person

from tests.functional.matrix.table import CASES, path_of
from tests.site import Browser, Site, migrate

_PASSWORDS = ("/login", "/join", "/settings/password", "/settings/confirm")


def everywhere(site: Site, browser: Browser):
    """The answer of every route to a GET, and of an address that is none."""
    for name in CASES:
        yield browser.get(path_of(site, name), expect_errors=True)
    yield browser.get("/nowhere", expect_errors=True)


def test_every_answer_says_what_it_is_and_no_other_site_may_read_it(site: Site) -> None:
    for browser in (site.browser(), site.browser(site.person("ana", role="admin"))):
        for answer in everywhere(site, browser):
            path = answer.request.path
            assert "Access-Control-Allow-Origin" not in answer.headers, path
            if answer.body:
                assert answer.content_type, path
                if answer.content_type.startswith("text/") or "xml" in answer.content_type:
                    assert answer.charset == "UTF-8" or answer.charset == "utf-8", (path, answer.headers)


def test_downloads_are_kept_and_not_shown(site: Site) -> None:
    own = site.browser(site.person("ana"))
    table, archive = own.get("/links.csv"), own.get("/settings/export/archive.zip")
    for answer in (table, archive):
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    with zipfile.ZipFile(io.BytesIO(archive.body)) as opened:
        assert all(".." not in name and not name.startswith("/") for name in opened.namelist())


def test_nothing_but_static_files_is_served_from_the_disk(site: Site, browser: Browser) -> None:
    for path in (
        "/.git/config",
        "/.git/HEAD",
        "/.env",
        "/production.ini",
        "/static/",
        "/static/css/",
        "/static/../development.ini",
        "/static/..%2fdevelopment.ini",
        "/static/%2e%2e/%2e%2e/etc/passwd",
        "/static//etc/passwd",
        "/static/css/site.css/../../../pyproject.toml",
    ):
        assert browser.get(path, expect_errors=True).status_int in (400, 404), path


def test_passwords_are_typed_hidden_pasted_freely_and_kept_by_managers(site: Site) -> None:
    member = site.browser(site.person("ana"))
    for path in _PASSWORDS:
        page = (site.browser() if path in ("/login", "/join") else member).get(path)
        fields = page.html.select("input[type=password]")
        assert fields, path
        for field in fields:
            assert field["autocomplete"] in ("current-password", "new-password"), path
            assert not {"maxlength", "pattern", "onpaste", "readonly"} & set(field.attrs), path
        assert all(form["method"] == "post" for form in page.html.select("form:has(input[type=password])")), path
        assert not page.html.find_all(string=lambda text: "hint" in text.lower() or "mother" in text.lower())


def test_there_is_no_account_that_is_there_by_itself(tmp_path) -> None:
    url = f"sqlite:///{tmp_path / 'new.sqlite'}"
    migrate(url)
    site = Site(url)
    with site.transaction() as request:
        assert request.dbsession.scalar(select(func.count()).select_from(Person)) == 0
    site.close()


def test_a_form_changes_what_it_declares_and_nothing_else(site: Site) -> None:
    ana = site.person("ana", state="unverified")
    more = {"role": "admin", "state": "active", "email": "x@example.org", "id": "x", "waiting": "", "person_id": "x"}
    site.browser(ana).submit("/settings/profile", {"name": "Ana", "bio": "", **more}, status=303)
    site.browser(ana).submit("/settings/display", {"zone": "UTC", "theme": "dark", **more}, status=303)
    values = {
        "handle": "bo",
        "name": "Bo",
        "email": "bo@example.org",
        "password": "nothing anybody knows",
        "zone": "UTC",
    }
    site.browser().submit("/join", {**more, **values}, status=303)
    with site.transaction() as request:
        for person in request.dbsession.scalars(select(Person)):
            assert (person.role, person.state) == ("member", "unverified")
        assert request.dbsession.get_one(Person, ana.id).email == "ana@example.org"


def test_what_is_somebodys_own_is_on_no_page_of_others(site: Site) -> None:
    ana, bo = site.person("ana", state="limited"), site.person("bo")
    for browser in (site.browser(), site.browser(bo)):
        for path in ("/@ana", "/@ana/followers", "/explore", "/tags/x"):
            page = browser.get(path)
            assert "ana@example.org" not in page.text, path
            assert ana.password_hash not in page.text
            assert "limited" not in page.html.main.get_text().lower(), path


def test_nothing_secret_stands_in_an_address(site: Site) -> None:
    """Tokens of logins and forms travel in cookies and bodies; links in mails are good once (test_confirming.py)."""
    own = site.browser(site.person("ana"))
    token = own.cookies["feedsite_session"].strip('"')
    for path in ("/home", "/settings/profile", "/settings/sessions", "/notifications"):
        page = own.get(path)
        assert token not in page.text, path
        csrf = page.html.select_one("input[name=csrf_token]")["value"]
        assert not [tag for tag in page.html.select("[href], [src], [action]") if csrf in str(tag.attrs.get("href"))]
        assert not page.html.select("form[method=get] input[name=csrf_token]"), path
