"""Pictures of people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, and the column that says who has which."""
    op.create_table(
        "pictures",
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("hash", sa.String(32), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_pictures_person_id_people", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", name="pk_pictures"),
    )
    op.create_index("ix_pictures_hash", "pictures", ["hash"])
    op.add_column("people", sa.Column("picture", sa.String(32)))


def downgrade() -> None:
    """Drop them: everybody is initials again."""
    op.drop_column("people", "picture")
    op.drop_index("ix_pictures_hash", "pictures")
    op.drop_table("pictures")
