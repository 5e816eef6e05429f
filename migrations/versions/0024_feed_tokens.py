"""Addresses of private feeds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "feed_tokens",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("feed", sa.String(16), nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used", sa.DateTime(timezone=True)),
        sa.Column("ended", sa.DateTime(timezone=True)),
        sa.CheckConstraint("feed IN ('home', 'notifications')", name="ck_feed_tokens_feed"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_feed_tokens_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_feed_tokens"),
    )
    op.create_index("ix_feed_tokens_person_id", "feed_tokens", ["person_id"])


def downgrade() -> None:
    """Drop it: no private feed can be read any more."""
    op.drop_table("feed_tokens")
