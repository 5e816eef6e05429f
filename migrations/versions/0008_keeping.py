"""Bookmarks, pins, and what notes said before."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.add_column("notes", sa.Column("edited", _INSTANT))
    op.create_table(
        "note_versions",
        sa.Column("note_id", sa.String(40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("note_id", "number", name="pk_note_versions"),
        sa.ForeignKeyConstraint(["note_id"], ["notes.id"], name="fk_note_versions_note_id_notes", ondelete="CASCADE"),
    )
    op.create_table(
        "bookmarks",
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("note_id", sa.String(40), nullable=False),
        sa.Column("created", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("person_id", "note_id", name="pk_bookmarks"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_bookmarks_person_id_people", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["note_id"], ["notes.id"], name="fk_bookmarks_note_id_notes", ondelete="CASCADE"),
    )
    op.create_index("ix_bookmarks_person_id_created", "bookmarks", ["person_id", "created", "note_id"])
    op.create_table(
        "pins",
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("note_id", sa.String(40), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_pins"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_pins_person_id_people", ondelete="CASCADE"),
    )


def downgrade() -> None:
    """Drop them."""
    for table in ("pins", "bookmarks", "note_versions"):
        op.drop_table(table)
    op.drop_column("notes", "edited")
