"""Suggestions that somebody does not want."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "dismissals",
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("dismissed_id", sa.String(40), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_dismissals_person_id_people", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["dismissed_id"], ["people.id"], name="fk_dismissals_dismissed_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "dismissed_id", name="pk_dismissals"),
    )
    op.create_index("ix_dismissals_dismissed_id", "dismissals", ["dismissed_id"])


def downgrade() -> None:
    """Drop it: everybody may be suggested again."""
    op.drop_table("dismissals")
