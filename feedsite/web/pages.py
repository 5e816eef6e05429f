"""The fixed pages: what this site is, how to use it, what it keeps."""

from __future__ import annotations

from typing import Any

from pyramid.i18n import TranslationStringFactory
from pyramid.view import view_config

from feedsite.timelines.verbs import verbs_of

_ = TranslationStringFactory("feedsite")

#: The public lists: what each is, and where it is as Atom, JSON Feed and ActivityStreams.
_LISTS = (
    (_("What somebody did"), "/@{handle}.atom", "/@{handle}.json", "/@{handle}/outbox"),
    (_("What has a tag"), "/tags/{tag}.atom", "/tags/{tag}.json", "/tags/{tag}/outbox"),
    (
        _("What happened to a thing"),
        "/o/{type}/{id}/feed.atom",
        "/o/{type}/{id}/feed.json",
        "/o/{type}/{id}/outbox",
    ),
    (_("What everybody did"), "/explore.atom", "/explore.json", "/explore/outbox"),
)


@view_config(route_name="pages.about", renderer="pages/about.html", request_method="GET")
@view_config(route_name="pages.help", renderer="pages/help.html", request_method="GET")
def page(request: Any) -> dict[str, object]:
    """A page that says the same to everybody."""
    return {"settings": request.site_settings}


@view_config(route_name="pages.keyboard", renderer="pages/keyboard.html", request_method="GET")
def keyboard(request: Any) -> dict[str, object]:
    """What each key does, and for whom."""
    return {}


@view_config(route_name="pages.mute_block", renderer="pages/mute_block.html", request_method="GET")
@view_config(route_name="pages.search", renderer="pages/search.html", request_method="GET")
def table(request: Any) -> dict[str, object]:
    """What mute and block do, on which page; what can be searched for."""
    return {}


@view_config(route_name="pages.developers", renderer="pages/developers.html", request_method="GET")
def developers(request: Any) -> dict[str, object]:
    """What programs can read here, and what the site knows of what people do."""
    return {
        "lists": [(request.translate(title), *addresses) for title, *addresses in _LISTS],
        "verbs": verbs_of(request.registry),
    }


@view_config(route_name="pages.privacy", renderer="pages/privacy.html", request_method="GET")
def privacy(request: Any) -> dict[str, object]:
    """What is kept, why and for how long: with the figures of this site's settings."""
    settings = request.site_settings
    return {
        "settings": settings,
        "idle_days": round(settings.session_idle_seconds / 86_400),
        "absolute_days": round(settings.session_absolute_seconds / 86_400),
    }
