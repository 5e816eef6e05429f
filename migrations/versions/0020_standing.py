"""Sanctions and what is said to them; invitations that are listed and revoked, and who joined by them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables and columns. Of invitations that are there nobody knows who joined; their links stay good."""
    op.create_table(
        "sanctions",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("imposed", _INSTANT, nullable=False),
        sa.Column("imposed_by", sa.String(80), nullable=False),
        sa.Column("lifted", _INSTANT),
        sa.Column("appeal", sa.Text(), nullable=False),
        sa.Column("appealed", _INSTANT),
        sa.Column("answer", sa.String(16), nullable=False),
        sa.Column("answered", _INSTANT),
        sa.Column("answered_by", sa.String(80), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.CheckConstraint("kind IN ('warn', 'limit', 'suspend')", name="ck_sanctions_kind"),
        sa.CheckConstraint("answer IN ('', 'upheld', 'lifted')", name="ck_sanctions_answer"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_sanctions_person_id_people", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_sanctions"),
    )
    op.create_index("ix_sanctions_person_id", "sanctions", ["person_id", "imposed", "id"])
    op.create_index("ix_sanctions_answer_appealed", "sanctions", ["answer", "appealed", "id"])
    op.create_index("ix_sanctions_appealed", "sanctions", ["appealed", "id"])
    op.add_column("invitations", sa.Column("uses", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("invitations", sa.Column("seed", sa.String(64), nullable=False, server_default=""))
    op.add_column("invitations", sa.Column("note", sa.String(200), nullable=False, server_default=""))
    op.add_column("invitations", sa.Column("revoked", _INSTANT))
    op.execute("UPDATE invitations SET uses = uses_left WHERE uses_left > 0")
    op.create_index("ix_invitations_created", "invitations", ["created", "id"])
    op.create_table(
        "invited",
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("invitation_id", sa.String(64), nullable=False),
        sa.Column("at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_invited_person_id_people", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitations.id"], name="fk_invited_invitation_id_invitations", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name="pk_invited"),
    )
    op.create_index("ix_invited_invitation_id", "invited", ["invitation_id", "at", "person_id"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("invited")
    op.drop_index("ix_invitations_created", "invitations")
    for column in ("revoked", "note", "seed", "uses"):
        op.drop_column("invitations", column)
    op.drop_table("sanctions")
