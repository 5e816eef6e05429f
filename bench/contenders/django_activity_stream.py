"""Django Activity Stream 2.0 with Django 4.2 on PostgreSQL. Runs in the peers' environment (requirements/peers.txt).

In its favour: rows are copied in and analysed; only what a page shows is fetched (the actor of each action).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import chain, islice
from typing import Any

import django
from django.conf import settings
from psycopg.conninfo import conninfo_to_dict

from bench.contenders.serving import DEEP, SIZE, Contender, serve
from bench.world import Act, World

_BATCH = 10_000
_ACTION = (
    "actor_content_type_id", "actor_object_id", "verb", "description", "action_object_content_type_id",
    "action_object_object_id", "timestamp", "public",
)  # fmt: skip


class DjangoActivityStream(Contender):
    """Its streams in the database that `where["conninfo"]` (libpq's form) names."""

    def __init__(self, world: World, where: dict[str, str]) -> None:
        super().__init__(world, where)
        given = conninfo_to_dict(where["conninfo"])
        database = {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": given["dbname"],
            "USER": given["user"],
            "HOST": given["host"],
            "CONN_MAX_AGE": None,
        }
        settings.configure(
            DATABASES={"default": database},
            INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "actstream"],
            DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
            SECRET_KEY=secrets.token_hex(),
            USE_TZ=True,
        )
        django.setup()
        from actstream import models, registry
        from django.contrib.auth import get_user_model
        from django.contrib.contenttypes.models import ContentType
        from django.db import connection

        self.models, self.connection, self.person = models, connection, get_user_model()
        registry.register(self.person)
        self._kinds = ContentType.objects
        readers = (reader.key for reader in world.readers)
        people = chain(world.people, world.quiet, world.writers[:2], readers)
        self._ids = {key: number for number, key in enumerate(people, start=1)}

    def load(self, progress: Callable[[int], None]) -> None:
        """Migrate, and copy people, links and actions in."""
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        kind = self._kinds.get_for_model(self.person).pk
        long_ago = datetime(2024, 1, 1, tzinfo=UTC)
        people = ((number, "", False, f"u{number}", "", "", "", False, True, long_ago) for number in self._ids.values())
        columns = "id password is_superuser username first_name last_name email is_staff is_active date_joined"
        self._copy("auth_user", columns.split(), people)
        links = (
            (self._ids[link.follower], kind, str(self._ids[link.entity]), True, "", long_ago)
            for link in self.world.links()
        )
        self._copy(
            "actstream_follow", ["user_id", "content_type_id", "object_id", "actor_only", "flag", "started"], links
        )
        acts = self.world.acts()
        while chunk := list(islice(acts, _BATCH)):
            self._copy("actstream_action", _ACTION, (self._row(act, kind) for act in chunk))
            progress(len(chunk))
        with self.connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    def size(self) -> int:
        """Its database."""
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT pg_database_size(current_database())")
            return int(cursor.fetchone()[0])

    def home(self, at: int) -> Iterable[str]:
        """The first page of a reader's stream."""
        return self._home(at, 0)

    def deep(self, at: int) -> Iterable[str]:
        """Page 25: it pages by offset."""
        return self._home(at, (DEEP - 1) * SIZE)

    def profile(self, at: int) -> Iterable[str]:
        """What somebody did."""
        who = self._person((self.world.celebrity, self.world.lonely)[at])
        stream = self.models.actor_stream(who)
        return [action.description for action in stream[:SIZE]]

    def write(self, at: int) -> Iterable[str]:
        """One action."""
        from actstream import action

        who = self._person(self.world.writers[at])
        action.send(who, verb="create", description="written")
        return []

    def follow(self, at: int) -> Iterable[str]:
        """A reader follows somebody."""
        from actstream.actions import follow

        follow(self._person(self.reader(at).key), self._person(self.world.writers[0]), send_action=False)
        return []

    def unfollow(self, at: int) -> Iterable[str]:
        """The reader takes that back."""
        from actstream.actions import unfollow

        unfollow(self._person(self.reader(at).key), self._person(self.world.writers[0]))
        return []

    def _home(self, at: int, first: int) -> list[str]:
        stream = self.models.user_stream(self._person(self.reader(at).key))
        return [action.description for action in stream[first : first + SIZE]]

    def _person(self, key: str) -> Any:
        return self.person(pk=self._ids[key], username=f"u{self._ids[key]}")

    def _row(self, act: Act, kind: int) -> tuple[Any, ...]:
        when = datetime.fromtimestamp(act.ms / 1000, UTC)
        return (kind, str(self._ids[act.actor]), act.verb, act.id, None, None, when, True)

    def _copy(self, table: str, columns: Iterable[str], rows: Iterable[tuple[Any, ...]]) -> None:
        copying = f"COPY {table} ({','.join(columns)}) FROM STDIN"
        with self.connection.cursor() as cursor, cursor.cursor.copy(copying) as copy:
            for row in rows:
                copy.write_row(row)


if __name__ == "__main__":
    serve(DjangoActivityStream)
