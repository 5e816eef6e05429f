"""The SQL store, on SQLite and PostgreSQL: in the site its tables are also the record."""

from feedsite.feeds.stores.sql.store import SqlStore, sql_engine
from feedsite.feeds.stores.sql.tables import Tables, default_tables, tables

metadata = default_tables().metadata

__all__ = ["SqlStore", "Tables", "default_tables", "metadata", "sql_engine", "tables"]
