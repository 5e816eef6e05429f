"""Entities whose acts are marked as hidden, so that a search index need not be told everybody who is muted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def _key() -> sa.types.TypeEngine[str]:
    # Compared byte by byte everywhere.
    return sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table; no act is marked yet."""
    op.create_table(
        "feeds_hidings",
        sa.Column("entity", _key(), nullable=False),
        sa.Column("state", _key(), nullable=False),
        sa.PrimaryKeyConstraint("entity", name="pk_feeds_hidings"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    """Drop it. Marks that were made say what a mute says."""
    op.drop_table("feeds_hidings")
