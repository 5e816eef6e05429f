"""Who is mailed what is new, every day or every week."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "digests",
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("every", sa.String(8), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_digests"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_digests_person_id_people", ondelete="CASCADE"),
        sa.CheckConstraint("every IN ('daily', 'weekly')", name="ck_digests_every"),
    )
    op.create_index("ix_digests_due", "digests", ["due"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("digests")
