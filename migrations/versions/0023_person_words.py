"""The words that people are found by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from feedsite.accounts.name_words import words_of

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_BATCH = 1000


def upgrade() -> None:
    """Make the table, with the words of everybody who is there."""
    key = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
    words = op.create_table(
        "person_words",
        sa.Column("word", key, nullable=False),
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_person_words_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("word", "person_id", name="pk_person_words"),
    )
    op.create_index("ix_person_words_person_id", "person_words", ["person_id"])
    connection, after = op.get_bind(), ""
    people = sa.table("people", sa.column("id"), sa.column("name"), sa.column("handle"))
    while True:
        some = sa.select(people).where(people.c.id > after).order_by(people.c.id).limit(_BATCH)
        rows = connection.execute(some).all()
        if not rows:
            break
        op.bulk_insert(
            words,
            [{"word": word, "person_id": row.id} for row in rows for word in words_of(row.name, row.handle)],
        )
        after = rows[-1].id


def downgrade() -> None:
    """Drop it."""
    op.drop_table("person_words")
