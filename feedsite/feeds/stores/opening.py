"""A store by its address: SQL in a database, or Elasticsearch with a record in SQL beside it."""

from __future__ import annotations

from feedsite.feeds.stores.base import FeedStore
from feedsite.feeds.stores.sql import SqlStore


def open_store(url: str | None, names: tuple[str, str], record: str | None = None, vector_dims: int = 0) -> FeedStore:
    """The store at an address. Nothing connects before the first use.

    Args:
        url: an SQLAlchemy URL of SQLite or PostgreSQL; `http://` or `https://` of an Elasticsearch node, with user and
            password in it where there are any; None: SQLite in memory.
        names: the prefixes of tables and indexes: of feeds, and of the network.
        record: with Elasticsearch, the SQLAlchemy URL of the record; None: an SQLite file in the current folder, named
            after the first prefix.
        vector_dims: how many numbers the vectors of acts have that indexes keep; 0: none.
    """
    if url is None or not url.startswith(("http://", "https://")):
        return SqlStore(url, names=names)
    # The driver takes its time to load; who works on SQL alone needs none of it.
    from feedsite.feeds.stores.elasticsearch.alone import store_alone

    return store_alone(url, names, record or f"sqlite:///{names[0]}-record.sqlite", vector_dims)
