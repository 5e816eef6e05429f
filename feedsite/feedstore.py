"""The feed engine in the site: a `Manager` for each request, in the request's own transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from feedsite.db import engine_of, only_reads
from feedsite.feeds import Manager
from feedsite.feeds.composing import Remembered
from feedsite.feeds.stores.base import FeedStore
from feedsite.feeds.stores.sql import SqlStore
from feedsite.metrics import metrics_of
from feedsite.security.signing import Signer
from feedsite.settings import Settings, settings_of

#: What is undone and done again notifies again after this long (other verbs: never).
RENOTIFY = {"follow": timedelta(days=1)}
#: The registry's name for functions of a request and its manager that announce what every page will ask.
ANNOUNCING = "feedsite.announcing"
_REMEMBERED = "feedsite.remembered"


def manager_for(
    session: Session,
    settings: Settings,
    renotify: Mapping[str, timedelta] = RENOTIFY,
    *,
    store: FeedStore | None = None,
    remembered: Remembered | None = None,
) -> Manager:
    """A manager that reads and writes in `session`'s transaction. It connects at its first use.

    Args:
        session: whose transaction the acts and links belong to.
        settings: for the secrets that sign cursors.
        renotify: how long each verb that can be done again waits before it notifies again.
        store: on that session; None: the record alone.
        remembered: figures that may be a minute old, which the process keeps for all of its managers.
    """
    secret = tuple(Signer(one, "feeds").digest("cursors").encode() for one in settings.secrets)
    chosen = store or SqlStore(connection=session.connection)
    dims = settings.vector_dims or None
    return Manager(store=chosen, secret=secret, renotify=dict(renotify), vector_dims=dims, remembered=remembered)


def manager_service(_context: object, request: Any) -> Manager:
    """Service factory."""
    # The registered verbs know it of themselves (feedsite.timelines.verbs); without that feature the site's own do.
    verbs = request.registry.get("feedsite.verbs")
    renotify = verbs.renotify() if verbs else RENOTIFY
    store = _indexed_store(request)
    remembered = request.registry[_REMEMBERED]
    feeds = manager_for(request.dbsession, request.site_settings, renotify, store=store, remembered=remembered)
    if store is not None:
        for announce in request.registry.get(ANNOUNCING, ()):
            announce(request, feeds)
    return feeds


def _indexed_store(request: Any) -> FeedStore | None:
    index = request.registry.get("feedsite.index")
    if index is None:
        return None

    def fallen_back(reason: str) -> None:
        request.feeds_fallback = reason
        metrics_of(request.registry).fell_back(reason)

    reads = only_reads(request)
    store: FeedStore = index.store(request.dbsession, asks_index=reads, fallen_back=fallen_back)
    if not reads:
        index.deliver_after_commit(request.tm.get(), store)
    return store


def _degraded(request: Any) -> str:
    """Why the database answered in place of the search index in this request; empty: it did not."""
    return str(getattr(request, "feeds_fallback", ""))


def includeme(config: Any) -> None:
    """Register `Manager` as a service, the process's index where there is one, and ``request.feeds_degraded``."""
    registry, settings = config.registry, settings_of(config.registry)
    registry[_REMEMBERED] = Remembered()
    if settings.store == "elasticsearch":
        # Only then: the driver takes its time to load, and a site without a cluster needs none of it.
        from feedsite.indexing.process import ProcessIndex

        registry["feedsite.index"] = ProcessIndex(settings, lambda: engine_of(registry), metrics_of(registry))
    config.add_request_method(_degraded, "feeds_degraded", property=True)
    config.register_service_factory(manager_service, Manager)
