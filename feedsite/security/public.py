"""Routes that anybody may read. Every other view names a permission, or the application does not start."""

from __future__ import annotations

from typing import Any

from pyramid.exceptions import ConfigurationError

from feedsite.security.permissions import Permission

PUBLIC_ROUTES = frozenset(
    {
        "static",
        "machines.health",
        "machines.ready",
        "machines.metrics",  # by a token of its own
        "machines.robots",
        "machines.security",
        "accounts.join",
        "accounts.login",
        "accounts.login_code",  # by a signed cookie
        "leaving.back",  # by a signed cookie
        "accounts.verify_link",  # by the token of a mail, as are those below
        "accounts.reset",
        "accounts.reset_link",
        "accounts.theme",
        "mail.unsubscribe",  # by a signed token
        "pages.about",
        "texts.rules",
        "texts.contact",
        "pages.help",
        "pages.keyboard",
        "pages.mute_block",
        "pages.search",
        "pages.privacy",
        "pages.developers",
        "pictures.show",
        "timelines.front",
        "timelines.explore",
        "suggestions.people",
        "timelines.tag",
        "timelines.thing",
        "search.search",
        "timelines.profile",
        "timelines.profile_year",
        "timelines.profile_month",
        "timelines.following",
        "timelines.followers",
        "posts.note",
        "editing.history",
        "feedsout.person",
        "feedsout.note",
        "feedsout.act",
        "feedsout.private",  # by the token in its address
        "feedsout.public",
        "feedsout.public_outbox",
        "feedsout.tag",
        "feedsout.tag_outbox",
        "feedsout.thing",
        "feedsout.thing_outbox",
        "feedsout.profile",
        "feedsout.profile_outbox",
    }
)


def check_views(config: Any) -> None:
    """Refuse a view that names no permission while its route is not public."""
    for view in config.introspector.get_category("views") or ():
        introspectable = view["introspectable"]
        route = introspectable["route_name"]
        permissions = [rel["value"] for rel in view["related"] if rel.category_name == "permissions"]
        named = any(isinstance(permission, Permission) for permission in permissions)
        if route is not None and not named and route not in PUBLIC_ROUTES:
            raise ConfigurationError(
                f"The view {introspectable['callable']!r} of route {route!r} names no permission, "
                "and its route is not in feedsite.security.public.PUBLIC_ROUTES"
            )


def includeme(config: Any) -> None:
    """Check when everything else is configured."""
    config.action(None, check_views, args=(config,), order=1_000_000)
