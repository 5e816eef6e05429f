"""Notes that are hidden, and notes in the order in which they were written."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column and the index."""
    op.add_column("notes", sa.Column("hidden", sa.DateTime(timezone=True)))
    op.create_index("ix_notes_created", "notes", ["created", "id"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_notes_created", "notes")
    op.drop_column("notes", "hidden")
