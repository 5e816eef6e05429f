"""The feed engine in the site: a `Manager` for each request, in the request's own transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from feedsite.feeds import Manager
from feedsite.feeds.stores.sql import SqlStore
from feedsite.security.signing import Signer
from feedsite.settings import Settings

#: What is undone and done again notifies again after this long (other verbs: never).
RENOTIFY = {"follow": timedelta(days=1)}


def manager_for(session: Session, settings: Settings, renotify: Mapping[str, timedelta] = RENOTIFY) -> Manager:
    """A manager that reads and writes in `session`'s transaction. It connects at its first use.

    Args:
        session: whose transaction the acts and links belong to.
        settings: for the secret that signs cursors.
        renotify: how long each verb that can be done again waits before it notifies again.
    """
    secret = Signer(settings.secret_bytes, "feeds").digest("cursors").encode()
    return Manager(store=SqlStore(connection=session.connection), secret=secret, renotify=dict(renotify))


def manager_service(_context: object, request: Any) -> Manager:
    """Service factory."""
    # The registered verbs know it of themselves (feedsite.timelines.verbs); without that feature the site's own do.
    verbs = request.registry.get("feedsite.verbs")
    return manager_for(request.dbsession, request.site_settings, verbs.renotify() if verbs else RENOTIFY)


def includeme(config: Any) -> None:
    """Register `Manager` as a service."""
    config.register_service_factory(manager_service, Manager)
