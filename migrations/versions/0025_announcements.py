"""Announcements, and who has dismissed which."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table, and the column of the people."""
    op.create_table(
        "announcements",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("created", _INSTANT, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("starts", _INSTANT, nullable=False),
        sa.Column("ends", _INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_announcements"),
        sa.CheckConstraint("kind IN ('news', 'warning')", name="ck_announcements_kind"),
    )
    op.create_index("ix_announcements_created", "announcements", ["created", "id"])
    op.create_index("ix_announcements_ends", "announcements", ["ends"])
    op.add_column("people", sa.Column("dismissed", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("people", "dismissed")
    op.drop_table("announcements")
