"""The audit log; people found by what their handle, name or address begins with."""

from __future__ import annotations

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, the column and the indexes."""
    op.create_table(
        "audit",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("target", sa.String(80), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_at", "audit", ["at", "id"])
    for column in ("actor", "target", "action"):
        op.create_index(f"ix_audit_{column}", "audit", [column, "at", "id"])
    op.create_index("ix_people_state_created", "people", ["state", "created", "id"])
    op.create_index("ix_people_role_state", "people", ["role", "state"])
    _add_name_keys()
    _collate("C")


def _add_name_keys() -> None:
    op.add_column("people", sa.Column("name_key", _key(160), nullable=False, server_default=""))
    people = sa.table("people", sa.column("id"), sa.column("name"), sa.column("name_key"))
    connection = op.get_bind()
    keys = [
        {"of": identifier, "key": _searched(name)}
        for identifier, name in connection.execute(sa.select(people.c.id, people.c.name))
    ]
    if keys:
        change = people.update().where(people.c.id == sa.bindparam("of")).values(name_key=sa.bindparam("key"))
        connection.execute(change, keys)
    op.create_index("ix_people_name_key", "people", ["name_key"])


def _collate(collation: str) -> None:
    # By code point, as SQLite does: then the index of a column finds what begins with a text.
    if op.get_bind().dialect.name == "postgresql":
        for column, length in (("handle", 30), ("email_key", 254)):
            op.alter_column("people", column, type_=sa.String(length, collation=collation))


def _key(length: int) -> sa.types.TypeEngine[str]:
    return sa.String(length).with_variant(sa.String(length, collation="C"), "postgresql")


def _searched(name: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())[:160]


def downgrade() -> None:
    """Drop them."""
    _collate("default")
    for index in ("ix_people_name_key", "ix_people_role_state", "ix_people_state_created"):
        op.drop_index(index, "people")
    op.drop_column("people", "name_key")
    op.drop_table("audit")
