"""The migrations make exactly what the models say, on both databases, and can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import alembic.autogenerate
import alembic.command
import alembic.config
import pytest
from alembic.migration import MigrationContext
from sqlalchemy import Engine, make_url, select, text
from sqlalchemy.orm import Session

from feedsite.accounts.models import NEVER, Person
from feedsite.db import Base, make_engine
from feedsite.feeds.stores.sql import metadata as feed_metadata

from tests.site import INI, migrate, table_names


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path) -> Iterator[Engine]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        engine = make_engine(f"sqlite:///{tmp_path / 'empty.sqlite'}")
        yield engine
        engine.dispose()
        return
    server = make_url(request.getfixturevalue("postgresql_url"))
    admin = make_engine(server).execution_options(isolation_level="AUTOCOMMIT")
    name = f"{server.database}_migrations"
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine = make_engine(server.set(database=name))
    yield engine
    engine.dispose()
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()


def url_of(engine: Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def test_a_migrated_database_is_what_the_models_say(empty: Engine) -> None:
    migrate(url_of(empty))
    with empty.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = alembic.autogenerate.compare_metadata(context, [Base.metadata, feed_metadata])
    assert differences == []


def test_it_has_every_table(empty: Engine) -> None:
    migrate(url_of(empty))
    declared = set(Base.metadata.tables) | set(feed_metadata.tables)
    assert table_names(empty) == declared | {"alembic_version"}


def test_migrating_twice_changes_nothing_and_all_can_be_taken_back(empty: Engine) -> None:
    migrate(url_of(empty))
    migrate(url_of(empty))
    with empty.begin() as connection:
        config = alembic.config.Config(INI)
        config.attributes["connection"] = connection
        alembic.command.downgrade(config, "base")
    assert table_names(empty) == {"alembic_version"}
    migrate(url_of(empty))


def test_acts_and_links_stay_when_what_is_known_of_their_delivery_moves_out(empty: Engine) -> None:
    """Revision 0006 drops columns of tables that hold the record; SQLite writes these tables anew for it."""
    config = alembic.config.Config(INI)
    act = "INSERT INTO feeds_acts (position, id, verb, actor, object, visibility, gate, notice, lone, arrived) VALUES "
    with empty.begin() as connection:
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, "0005")
        connection.execute(text(act + "(7, 'a', 'add', 'person:ana', 'note:1', 'public', 'person:ana', 'n', 'l', 5)"))
        link = "INSERT INTO network_links (follower, kind, entity, verbs, since, weight, arrived) VALUES "
        connection.execute(text(link + "('person:ana', 'follow', 'person:bob', '', 5, 1.5, 5)"))
        alembic.command.upgrade(config, "0006")
        found = connection.execute(text("SELECT position, id, version, arrived FROM feeds_acts")).one()
        assert tuple(found) == (7, "a", 1, 5)
        assert tuple(connection.execute(text("SELECT entity, weight FROM network_links")).one()) == ("person:bob", 1.5)
        alembic.command.downgrade(config, "0005")
        assert tuple(connection.execute(text("SELECT id, delivered FROM feeds_acts")).one()) == ("a", 0)


def test_there_is_one_line_of_revisions() -> None:
    script = alembic.script.ScriptDirectory.from_config(alembic.config.Config(INI))
    assert len(script.get_heads()) == 1


def test_the_bounds_of_acts_that_are_there_are_filled_in(empty: Engine) -> None:
    """Without them the acts from before revision 0007 would be on nobody's page."""
    config = alembic.config.Config(INI)
    act = "INSERT INTO feeds_acts (position, id, verb, actor, object, visibility, gate, notice, lone, arrived) VALUES "
    with empty.begin() as connection:
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, "0006")
        for position, name, actor in ((7, "a", "ana"), (9, "b", "ana"), (-3, "c", "bob")):
            values = f"'add', 'person:{actor}', 'note:1', 'public', 'person:{actor}', 'n', 'l', 5"
            connection.execute(text(f"{act}({position}, '{name}', {values})"))
            touch = f"INSERT INTO feeds_touches (entity, position, id) VALUES ('note:1', {position}, '{name}')"
            connection.execute(text(touch))
        alembic.command.upgrade(config, "0007")
        rows = connection.execute(text("SELECT role, entity, position FROM feeds_bounds ORDER BY role, entity")).all()
    assert list(map(tuple, rows)) == [("acts", "person:ana", 9), ("acts", "person:bob", -3), ("touched", "note:1", 9)]


def test_tombstones_keep_nothing_of_what_they_were(empty: Engine) -> None:
    config = alembic.config.Config(INI)
    columns = "position, id, verb, actor, object, target, visibility, gate, notice, lone, arrived, deleted"
    row = "'add', 'person:ana', 'note:1', 'note:2', 'public', 'person:ana', 'n', 'l', 5"
    with empty.begin() as connection:
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, "0009")
        for act in (f"7, 'a', {row}, false", f"8, 'b', {row}, true"):
            connection.execute(text(f"INSERT INTO feeds_acts ({columns}) VALUES ({act})"))
        alembic.command.upgrade(config, "0010")
        found = connection.execute(text("SELECT id, verb, actor, object, target, gate FROM feeds_acts ORDER BY id"))
        assert [tuple(row) for row in found] == [
            ("a", "add", "person:ana", "note:1", "note:2", "person:ana"),
            ("b", "", "", "", None, ""),
        ]


def test_whoever_was_signed_in_was_here_and_nobody_else(empty: Engine) -> None:
    """The column of who was here last, whatever the database's own zone is."""
    config = alembic.config.Config(INI)
    person = "INSERT INTO people (id, handle, name, name_key, bio, role, state, zone, locale, theme, created) VALUES "
    login = "INSERT INTO login_sessions (id, person_id, created, last_seen, expires, confirmed, ip, user_agent) VALUES "
    noon = f"'2026-11-20 12:00:00{'+00:00' if empty.dialect.name == 'postgresql' else '.000000'}'"
    with empty.begin() as connection:
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, "0020")
        for handle in ("ana", "bo"):
            row = f"'{handle}', '{handle}', 'X', 'x', '', 'member', 'active', 'UTC', 'en', 'auto', {noon}"
            connection.execute(text(f"{person} ({row})"))
        connection.execute(text(f"{login} ('a', 'ana', {noon}, {noon}, {noon}, {noon}, '', '')"))
        alembic.command.upgrade(config, "head")
    with Session(empty) as session:
        seen = {person.handle: person.last_seen for person in session.scalars(select(Person))}
    assert seen == {"ana": datetime(2026, 11, 20, 12, tzinfo=UTC), "bo": NEVER}
