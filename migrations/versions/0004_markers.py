"""Up to where readers have read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "reader_marks",
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("timeline", sa.String(40), nullable=False),
        sa.Column("position", sa.BigInteger()),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("previous_position", sa.BigInteger()),
        sa.Column("previous_shown", sa.Text()),
        sa.PrimaryKeyConstraint("person_id", "timeline", name="pk_reader_marks"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_reader_marks_person_id_people", ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("reader_marks")
