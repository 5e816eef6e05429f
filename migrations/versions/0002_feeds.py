"""The record of the feed engine: acts, what they touch and concern, their words, generations, and links."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _key() -> sa.types.TypeEngine[str]:
    # Compared byte by byte everywhere.
    return sa.String().with_variant(sa.String(collation="C"), "postgresql")


def _versioned() -> list[sa.Column[object]]:
    return [
        sa.Column("version", sa.Integer(), nullable=False, server_default=sa.text("1")),
        sa.Column("deleted", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.Column("arrived", sa.BigInteger(), nullable=False),
        sa.Column("delivered", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("delivered_next", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("leased_until", sa.BigInteger()),
        sa.Column("refused", sa.Text()),
    ]


def _of_act(name: str, column: str) -> None:
    op.create_table(
        name,
        sa.Column(column, _key(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("id", _key(), nullable=False),
        sa.PrimaryKeyConstraint(column, "position", "id", name=f"pk_{name}"),
        sqlite_with_rowid=False,
    )


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "feeds_acts",
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("id", _key(), nullable=False),
        sa.Column("verb", _key(), nullable=False),
        sa.Column("actor", _key(), nullable=False),
        sa.Column("object", _key(), nullable=False),
        sa.Column("target", _key()),
        sa.Column("origin", _key()),
        sa.Column("visibility", _key(), nullable=False),
        sa.Column("gate", _key(), nullable=False),
        sa.Column("notice", _key(), nullable=False),
        sa.Column("lone", _key(), nullable=False),
        sa.Column("first_position", sa.BigInteger()),
        sa.Column("first_id", _key()),
        sa.Column("hidden", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.Column("body", sa.Text()),
        *_versioned(),
        sa.PrimaryKeyConstraint("position", "id", name="pk_feeds_acts"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_feeds_acts_id", "feeds_acts", ["id"], unique=True)
    op.create_index("ix_feeds_acts_actor_position_id", "feeds_acts", ["actor", "position", "id"])
    _of_act("feeds_touches", "entity")
    _of_act("feeds_audience", "entity")
    _of_act("feeds_words", "word")
    op.create_table(
        "feeds_states",
        sa.Column("triple", _key(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("standing", sa.Boolean(), nullable=False),
        sa.Column("act_position", sa.BigInteger(), nullable=False),
        sa.Column("first_position", sa.BigInteger(), nullable=False),
        sa.Column("first_id", _key(), nullable=False),
        sa.PrimaryKeyConstraint("triple", name="pk_feeds_states"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "feeds_verbs",
        sa.Column("verb", _key(), nullable=False),
        sa.PrimaryKeyConstraint("verb", name="pk_feeds_verbs"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "network_links",
        sa.Column("follower", _key(), nullable=False),
        sa.Column("kind", _key(), nullable=False),
        sa.Column("entity", _key(), nullable=False),
        sa.Column("verbs", _key(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger()),
        sa.Column("weight", sa.Float(), nullable=False),
        sa.Column("extra", sa.Text()),
        *_versioned(),
        sa.PrimaryKeyConstraint("follower", "kind", "entity", "verbs", name="pk_network_links"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_network_links_entity_kind_since_follower", "network_links", ["entity", "kind", "since", "follower"]
    )


def downgrade() -> None:
    """Drop them."""
    for table in (
        "network_links",
        "feeds_verbs",
        "feeds_states",
        "feeds_words",
        "feeds_audience",
        "feeds_touches",
        "feeds_acts",
    ):
        op.drop_table(table)
