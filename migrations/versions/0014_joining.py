"""Who waits to be let in, and invitations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column and the tables; nobody waits."""
    op.add_column("people", sa.Column("waiting", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "sign_up_requests",
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_sign_up_requests_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name="pk_sign_up_requests"),
    )
    op.create_index("ix_sign_up_requests_created", "sign_up_requests", ["created", "person_id"])
    op.create_table(
        "invitations",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(80), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column("uses_left", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_invitations"),
    )


def downgrade() -> None:
    """Drop them: who waits is unverified for good."""
    op.drop_table("invitations")
    op.drop_table("sign_up_requests")
    op.drop_column("people", "waiting")
