"""What a search index may not show yet, in tables of its own; the projections of the record."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_FORMER = ("delivered", "delivered_next", "leased_until", "refused")


def _key() -> sa.types.TypeEngine[str]:
    # Compared byte by byte everywhere.
    return sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the tables; acts and links no longer carry what is known of their delivery."""
    _changes("feeds_changes", "id")
    _changes("network_changes", "follower", "kind", "entity", "verbs")
    op.create_table(
        "network_holders",
        sa.Column("entity", _key(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("entity", name="pk_network_holders"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "feeds_generations",
        sa.Column("id", _key(), nullable=False),
        sa.Column("slot", _key(), nullable=False),
        sa.Column("made", sa.BigInteger(), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.Column("rev", sa.Integer(), nullable=False, server_default=sa.text("1")),
        sa.Column("layout", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_feeds_generations"),
        sqlite_with_rowid=False,
    )
    for table in ("feeds_acts", "network_links"):
        for column in _FORMER:
            op.drop_column(table, column)


def _changes(name: str, *key: str) -> None:
    op.create_table(
        name,
        *(sa.Column(column, _key(), nullable=False) for column in key),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("delivered", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("delivered_next", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("delivered_at", sa.BigInteger()),
        sa.Column("leased_until", sa.BigInteger()),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("refused", sa.Text()),
        sa.PrimaryKeyConstraint(*key, name=f"pk_{name}"),
        sqlite_with_rowid=False,
    )
    for column in ("changed", "delivered_at"):
        op.create_index(f"ix_{name}_{column}", name, [column])


def downgrade() -> None:
    """Give acts and links their columns back, as of rows that were never delivered; drop the tables."""
    for table in ("feeds_acts", "network_links"):
        for column in ("delivered", "delivered_next"):
            op.add_column(table, sa.Column(column, sa.Integer(), nullable=False, server_default=sa.text("0")))
        op.add_column(table, sa.Column("leased_until", sa.BigInteger()))
        op.add_column(table, sa.Column("refused", sa.Text()))
    for table in ("feeds_generations", "network_holders", "network_changes", "feeds_changes"):
        op.drop_table(table)
