"""Mails that wait, and what people do not want to be told by mail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def _instant() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "mails",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("person_id", sa.String(40)),
        sa.Column("recipient", sa.String(254), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("created", _instant(), nullable=False),
        sa.Column("expires", _instant(), nullable=False),
        sa.Column("due", _instant()),
        sa.Column("leased_until", _instant()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_mails_person_id_people", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_mails"),
    )
    for column in ("person_id", "due", "recipient"):
        op.create_index(f"ix_mails_{column}", "mails", [column])
    op.create_table(
        "mail_refusals",
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("topic", sa.String(40), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_mail_refusals_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", "topic", name="pk_mail_refusals"),
    )


def downgrade() -> None:
    """Drop them: what waits is not sent any more."""
    op.drop_table("mail_refusals")
    op.drop_table("mails")
