"""Alembic's entry point: the application's settings give the database, its models what it should look like."""

from __future__ import annotations

from importlib import import_module

from alembic import context
from pyramid.paster import get_appsettings, setup_logging
from sqlalchemy import Connection, MetaData

from feedsite import INCLUDES
from feedsite.db import Base, make_engine
from feedsite.feeds.stores.sql import metadata as feed_metadata
from feedsite.settings import load

config = context.config


def target_metadata() -> list[MetaData]:
    """The site's tables, with those of every feature, and the feed engine's."""
    import feedsite.security.throttle_store  # its table is made wherever the counts are kept

    assert feedsite.security.throttle_store
    for name in INCLUDES:
        if name.startswith("feedsite."):
            try:
                import_module(f"{name}.models")
            except ModuleNotFoundError as error:
                if error.name not in (name, f"{name}.models"):
                    raise
    return [Base.metadata, feed_metadata]


def run(connection: Connection) -> None:
    """Migrate within one transaction."""
    context.configure(
        connection=connection,
        target_metadata=target_metadata(),
        compare_type=True,
        # Migrations are one transaction on SQLite as well: the engine emits BEGIN itself.
        transactional_ddl=True,
        # SQLite cannot alter much: Alembic copies the table instead.
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()


def main() -> None:
    """Migrate the connection a test brought, or the database of the ini file."""
    given = config.attributes.get("connection")
    if given is not None:
        run(given)
        return
    assert config.config_file_name is not None
    setup_logging(config.config_file_name)
    settings = load(get_appsettings(config.config_file_name))
    # No statement limit: a migration takes as long as it takes.
    engine = make_engine(settings.database_url, busy_timeout=settings.database_busy_timeout)
    with engine.begin() as connection:
        run(connection)
    engine.dispose()


if context.is_offline_mode():
    raise SystemExit("alembic --sql is not supported: migrations look at the database they change")
main()
