"""A social timeline site that anyone can run, and a platform to start one's own from."""

from __future__ import annotations

from typing import Any

from pyramid.config import Configurator

#: What the application is made of, in order: each is a package or module with an ``includeme``.
INCLUDES = (
    "feedsite.settings",
    "feedsite.observability",
    "feedsite.db",
    "pyramid_services",
    "feedsite.feedstore",
    "feedsite.personal",
    "feedsite.security",
    "feedsite.web",
    "feedsite.routes",
    "feedsite.errors",
    "feedsite.mail",
    "feedsite.accounts",
    "feedsite.pictures",
    "feedsite.graph",
    "feedsite.requesting",
    "feedsite.posts",
    "feedsite.editing",
    "feedsite.keeping",
    "feedsite.timelines",
    "feedsite.search",
    "feedsite.suggestions",
    "feedsite.links",
    "feedsite.notifications",
    "feedsite.feedsout",
    "feedsite.moderation",
    "feedsite.admin",
    "feedsite.admitting",
    "feedsite.reporting",
    "feedsite.appeals",
    "feedsite.announcing",
    "feedsite.blocking",
    "feedsite.texts",
    "feedsite.contents",
    "feedsite.exporting",
    "feedsite.indexing",
    "feedsite.system",
    "feedsite.leaving",
    "feedsite.importing",
)


def main(global_config: dict[str, str], **settings: str) -> Any:
    """The WSGI application of an ini file's ``[app:main]``. It connects to nothing."""
    with Configurator(settings=settings) as config:
        for name in INCLUDES:
            config.include(name)
        return config.make_wsgi_app()
