"""The site speaks the language of the account, or the one that the browser asks for."""

from __future__ import annotations

import pytest

from tests.functional.timelines.world import World, form_to, headings, main_of, plain
from tests.site import Site


@pytest.fixture(scope="module")
def one_site(sqlite_site: Site) -> Site:
    return sqlite_site


@pytest.fixture
def world(site: Site) -> World:
    return World(site)


@pytest.mark.parametrize(
    ("asked", "spoken", "says"),
    [
        ("es-MX,es;q=0.9,en;q=0.5", "es", "Entrar"),
        ("fr,es;q=0.5", "es", "Entrar"),
        ("en-GB", "en", "Sign in"),
        ("fr", "en", "Sign in"),
        (";;;", "en", "Sign in"),
    ],
)
def test_who_is_not_signed_in_gets_what_the_browser_asks_for(site: Site, asked: str, spoken: str, says: str) -> None:
    page = site.browser().get("/", headers={"Accept-Language": asked})
    assert page.html.html["lang"] == spoken
    assert says in plain(page.html.header)
    assert "Accept-Language" in page.headers["Vary"]


def test_the_account_s_language_is_chosen_and_stays(world: World) -> None:
    world.like(world.write("ana", "Mine"), "bo")
    browser = world.browser("ana")
    form = form_to(browser.get("/settings/display"), "/settings/display")
    form["locale"] = "es"
    form.submit(status=303)
    page = browser.get("/notifications", headers={"Accept-Language": "en"})
    assert page.html.html["lang"] == "es"
    assert headings(page) == ["A Bo le gustó tu nota"]
    assert plain(main_of(page).h1) == "Notificaciones"
    profile = world.browser("ana").get("/@ana")
    assert " de 20" in " ".join(time["title"] for time in profile.html.select("time[title]"))


def test_an_unknown_language_is_refused(world: World) -> None:
    browser = world.browser("ana")
    browser.submit("/settings/display", {"locale": "tlh", "zone": "UTC", "theme": "auto"}, status=422)
    assert browser.get("/home").html.html["lang"] == "en"


def test_whoever_joins_in_a_language_is_written_to_in_it(site: Site) -> None:
    browser = site.browser()
    page = browser.get("/join", headers={"Accept-Language": "es"})
    form = form_to(page, "/join")
    form["handle"], form["name"], form["email"] = "lola", "Lola", "lola@example.org"
    form["password"] = "siete garzas sobre el tranvía"
    assert form.submit(headers={"Accept-Language": "es"}).status_int == 303
    (mail,) = site.mails()
    assert mail["Subject"] == "Confirma tu dirección de correo"
    assert browser.get("/home").html.html["lang"] == "es"
