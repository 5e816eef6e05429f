"""Accounts that approve who follows them, and who asks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column and the table; everybody may be followed without asking, as before."""
    op.add_column("people", sa.Column("locked", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "follow_requests",
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("requester_id", sa.String(40), nullable=False),
        sa.Column("asked", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_follow_requests_person_id_people", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["requester_id"], ["people.id"], name="fk_follow_requests_requester_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "requester_id", name="pk_follow_requests"),
    )
    op.create_index("ix_follow_requests_requester_id", "follow_requests", ["requester_id"])
    op.create_index("ix_follow_requests_person_id_asked", "follow_requests", ["person_id", "asked", "requester_id"])


def downgrade() -> None:
    """Drop them: nobody has to ask, and whoever waited has to follow anew."""
    op.drop_table("follow_requests")
    op.drop_column("people", "locked")
