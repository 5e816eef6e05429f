"""Notes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "notes",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("author_id", sa.String(40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("visibility", sa.String(16), nullable=False),
        sa.Column("gate_id", sa.String(40), nullable=False),
        sa.Column("in_reply_to", sa.String(40)),
        sa.Column("root_id", sa.String(40), nullable=False),
        sa.Column("created", _INSTANT, nullable=False),
        sa.Column("deleted", _INSTANT),
        sa.Column("tags", sa.JSON(), nullable=False),
        sa.Column("mentions", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_notes"),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name="fk_notes_author_id_people"),
        sa.ForeignKeyConstraint(["gate_id"], ["people.id"], name="fk_notes_gate_id_people"),
        sa.ForeignKeyConstraint(["in_reply_to"], ["notes.id"], name="fk_notes_in_reply_to_notes"),
        sa.CheckConstraint("visibility IN ('public', 'followers', 'mentioned')", name="ck_notes_visibility"),
    )
    op.create_index("ix_notes_author_id_created", "notes", ["author_id", "created", "id"])
    op.create_index("ix_notes_in_reply_to", "notes", ["in_reply_to"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("notes")
