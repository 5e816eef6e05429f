"""The Jinja2 environment: what every template and macro can use."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pyramid.csrf import get_csrf_token
from pyramid.i18n import LocalizerRequestMixin, TranslationString, Translator
from pyramid.threadlocal import get_current_request
from pyramid.url import URLMethodsMixin

from feedsite.security.cookies import THEME, read_cookie
from feedsite.settings import settings_of
from feedsite.web.flash import Flash, pop_flashes
from feedsite.web.languages import language_of
from feedsite.web.wording import hue, initials

_PATHS, _MOST_PATHS, _MOST_SENTENCES = "feedsite.paths", 20_000, 10_000
TEMPLATES = Path(__file__).resolve().parents[1] / "templates"


def _asset(path: str) -> str:
    """The address of a static file, by its path in the static folder."""
    request = get_current_request()
    return f"{request.script_name}/static/{request.registry['feedsite.assets'].hashed(path)}"


def _route_path(name: str, **parts: Any) -> str:
    """The path of a route."""
    path: str = get_current_request().route_path(name, **parts)
    return path


def _path_of(request: Any, route_name: str, *elements: Any, **parts: Any) -> str:
    """As Pyramid's `route_path`, which a page of items asks for hundreds of times: paths of texts alone are kept."""
    known: dict[tuple[Any, ...], str] = request.registry[_PATHS]
    if elements or not all(type(part) is str for part in parts.values()):
        return str(URLMethodsMixin.route_path(request, route_name, *elements, **parts))
    name = (request.script_name, route_name, *parts.items())
    path = known.get(name)
    if path is None:
        if len(known) >= _MOST_PATHS:
            known.clear()
        path = known[name] = str(URLMethodsMixin.route_path(request, route_name, **parts))
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


class _Translator:
    """Pyramid's translator of one language, which remembers what it was asked: a page has hundreds of sentences.

    Args:
        translate: Pyramid's own.
    """

    def __init__(self, translate: Any) -> None:
        self._translate = translate
        self._known: dict[tuple[Any, ...], str] = {}

    def __call__(self, message: str, domain: str | None = None, mapping: Any = None, context: str | None = None) -> str:
        """The message in the language, with its names filled in."""
        own = getattr(message, "mapping", None)
        domain, context = domain or getattr(message, "domain", None), context or getattr(message, "context", None)
        text = str.__str__(message)
        name = (text, domain, context, getattr(message, "default", None))
        found = self._known.get(name)
        if found is None:
            if len(self._known) >= _MOST_SENTENCES:
                self._known.clear()
            plain = TranslationString(text, domain=domain, default=name[3], context=context)
            found = self._known[name] = str(self._translate(plain))
        if "$" not in found or not (own or mapping):
            return found
        filled: str = TranslationString(text, mapping={**(own or {}), **(mapping or {})}).interpolate(found)
        return filled


def _localizer(request: Any) -> Any:
    """The request's localizer: one a language and process."""
    localizer = LocalizerRequestMixin.localizer.wrapped(request)
    if not isinstance(localizer.translator, _Translator):
        localizer.translator = _Translator(Translator(localizer.translations))
    return localizer


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
    config.registry[_PATHS] = {}
    config.add_request_method(_path_of, "route_path")
    config.add_request_method(_localizer, "localizer", reify=True)
    config.action(None, _fill, args=(config,), order=1000)


def _join_path(name: str, _parent: str) -> str:
    return name


def _fill(config: Any) -> None:
    environment = config.get_jinja2_environment(name=".html")
    # Names are those of the search path, wherever they stand. pyramid_jinja2 would remember the page that asked, and
    # compile the layout and every macro anew for each page.
    environment.join_path = _join_path
    # The files of a site that serves people do not change under it.
    environment.auto_reload = environment.auto_reload and not settings_of(config.registry).is_production
    environment.globals.update(
        asset=_asset,
        route_path=_route_path,
        get_csrf_token=_csrf_token,
        flashes=_flashes,
        site_name=settings_of(config.registry).site_name,
    )
    environment.filters.update(hue=hue, initials=initials)
