"""Reports of notes and accounts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "reports",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("created", _INSTANT, nullable=False),
        sa.Column("reporter", sa.String(80), nullable=False),
        sa.Column("target", sa.String(80), nullable=False),
        sa.Column("subject", sa.String(80), nullable=False),
        sa.Column("reason", sa.String(16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("quoted", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("handler", sa.String(80)),
        sa.Column("answered", _INSTANT),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("pending", sa.String(162)),
        sa.PrimaryKeyConstraint("id", name="pk_reports"),
        sa.UniqueConstraint("pending", name="uq_reports_pending"),
        sa.CheckConstraint("state IN ('open', 'claimed', 'acted', 'dismissed')", name="ck_reports_state"),
        sa.CheckConstraint(
            "reason IN ('spam', 'harassment', 'hate', 'violence', 'illegal', 'other')", name="ck_reports_reason"
        ),
    )
    op.create_index("ix_reports_state_created", "reports", ["state", "created", "id"])
    op.create_index("ix_reports_created", "reports", ["created", "id"])
    op.create_index("ix_reports_subject_created", "reports", ["subject", "created", "id"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("reports")
