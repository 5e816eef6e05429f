"""The Jinja2 environment: what every template and macro can use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pyramid.csrf import get_csrf_token
from pyramid.threadlocal import get_current_request

from feedsite.security.cookies import THEME, read_cookie
from feedsite.settings import settings_of
from feedsite.web.flash import Flash, pop_flashes
from feedsite.web.languages import language_of
from feedsite.web.wording import hue, initials

TEMPLATES = Path(__file__).resolve().parents[1] / "templates"


def _asset(path: str) -> str:
    """The address of a static file, by its path in the static folder."""
    request = get_current_request()
    return f"{request.script_name}/static/{request.registry['feedsite.assets'].hashed(path)}"


def _route_path(name: str, **parts: Any) -> str:
    """The path of a route."""
    path: str = get_current_request().route_path(name, **parts)
    return path


def _csrf_token() -> str:
    """The CSRF token for this page's forms."""
    token: str = get_csrf_token(get_current_request())
    return token


def _flashes() -> list[Flash]:
    """The sentences left for this page."""
    return pop_flashes(get_current_request())


def _theme(request: Any) -> str:
    """The reader's theme: the account's, or the browser's choice in a cookie."""
    if request.identity is not None:
        return str(request.identity.theme)
    chosen = read_cookie(request, THEME)
    return chosen if chosen in ("light", "dark") else "auto"


def _zone(request: Any) -> str:
    """The reader's time zone (IANA name)."""
    return str(request.identity.zone) if request.identity is not None else str(request.site_settings.default_zone)


def _translate(request: Any, message: str) -> str:
    """A translation string in the reader's language."""
    return str(request.localizer.translate(message))


def includeme(config: Any) -> None:
    """Set up Jinja2 for ``.html`` templates in `feedsite/templates`."""
    settings = settings_of(config.registry)
    config.add_settings(
        {
            "jinja2.i18n.domain": "feedsite",
            "jinja2.newstyle": "true",
            "jinja2.trim_blocks": "true",
            "jinja2.lstrip_blocks": "true",
            "jinja2.undefined": "" if settings.is_production else "strict",
        }
    )
    config.include("pyramid_jinja2")
    config.add_jinja2_renderer(".html")
    config.add_jinja2_search_path(str(TEMPLATES), name=".html")
    config.add_translation_dirs("feedsite:locale/")
    config.set_locale_negotiator(language_of)
    config.add_request_method(_theme, "theme", reify=True)
    config.add_request_method(_zone, "zone", reify=True)
    config.add_request_method(_translate, "translate")
    config.action(None, _fill, args=(config,), order=1000)


def _join_path(name: str, _parent: str) -> str:
    return name


def _fill(config: Any) -> None:
    environment = config.get_jinja2_environment(name=".html")
    # Names are those of the search path, wherever they stand. pyramid_jinja2 would remember the page that asked, and
    # compile the layout and every macro anew for each page.
    environment.join_path = _join_path
    environment.globals.update(
        asset=_asset,
        route_path=_route_path,
        get_csrf_token=_csrf_token,
        flashes=_flashes,
        site_name=settings_of(config.registry).site_name,
    )
    environment.filters.update(hue=hue, initials=initials)
