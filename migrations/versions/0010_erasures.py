"""The list of what was erased; tombstones of acts keep nothing of what they were."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def _key() -> sa.types.TypeEngine[str]:
    # Compared byte by byte everywhere.
    return sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the list, and the way to acts by their gate; empty the tombstones that there are."""
    op.create_table(
        "feeds_erased",
        sa.Column("salt", _key(), nullable=False),
        sa.Column("hash", _key(), nullable=False),
        sa.Column("erased", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("salt", "hash", name="pk_feeds_erased"),
        sqlite_with_rowid=False,
    )
    others = sa.text("gate <> actor")
    op.create_index("ix_feeds_acts_gate", "feeds_acts", ["gate"], sqlite_where=others, postgresql_where=others)
    emptied: dict[str, str | None] = {
        **dict.fromkeys(("verb", "actor", "object", "visibility", "gate", "notice", "lone"), ""),
        **dict.fromkeys(("target", "origin", "first_position", "first_id", "body")),
    }
    deleted = sa.column("deleted", sa.Boolean())
    acts = sa.table("feeds_acts", deleted, *(sa.column(name) for name in emptied))
    op.execute(acts.update().where(deleted).values(**emptied))


def downgrade() -> None:
    """Drop both; what tombstones held does not come back."""
    op.drop_index("ix_feeds_acts_gate", "feeds_acts")
    op.drop_table("feeds_erased")
