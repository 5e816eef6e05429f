"""What readers said of single notifications, and which kinds they do not want."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "notification_states",
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(8)),
        sa.Column("position", sa.BigInteger()),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("before", sa.BigInteger()),
        sa.Column("saved", sa.Boolean(), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "key", name="pk_notification_states"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_notification_states_person_id_people", ondelete="CASCADE"
        ),
        sa.CheckConstraint("kind IN ('read', 'done', 'unread', 'cleared')", name="ck_notification_states_kind"),
    )
    op.create_index("ix_notification_states_person_id_changed", "notification_states", ["person_id", "changed"])
    op.create_table(
        "notification_unwanted",
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("verb", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "verb", name="pk_notification_unwanted"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_notification_unwanted_person_id_people", ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("notification_unwanted")
    op.drop_table("notification_states")
