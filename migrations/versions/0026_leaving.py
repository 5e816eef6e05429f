"""Who leaves and when, and handles of people who left."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column and the table; nobody leaves."""
    op.add_column("people", sa.Column("leaves", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_people_leaves", "people", ["leaves"])
    op.create_table(
        "retired_handles",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_retired_handles"),
    )


def downgrade() -> None:
    """Drop them: who was leaving stays, and handles of who left can be had."""
    op.drop_table("retired_handles")
    op.drop_index("ix_people_leaves", "people")
    op.drop_column("people", "leaves")
