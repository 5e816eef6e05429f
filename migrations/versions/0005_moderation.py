"""The audit log, and indexes for looking people up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and the indexes."""
    op.create_table(
        "audit",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(80), nullable=False),
        sa.Column("action", sa.String(32), nullable=False),
        sa.Column("target", sa.String(80), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit"),
    )
    op.create_index("ix_audit_at", "audit", ["at", "id"])
    for column in ("actor", "target", "action"):
        op.create_index(f"ix_audit_{column}", "audit", [column, "at", "id"])
    op.create_index("ix_people_state_created", "people", ["state", "created", "id"])
    op.create_index("ix_people_role_state", "people", ["role", "state"])
    # Beginnings of names, without case. PostgreSQL needs an operator class for LIKE wherever its collation is not C.
    if op.get_bind().dialect.name == "postgresql":
        op.create_index("ix_people_name_start", "people", [sa.text("lower(name) text_pattern_ops")])
        for column in ("handle", "email_key"):
            start = {column: "text_pattern_ops"}
            op.create_index(f"ix_people_{column}_start", "people", [column], postgresql_ops=start)
    else:
        op.create_index("ix_people_name_start", "people", [sa.text("name COLLATE NOCASE")])


def downgrade() -> None:
    """Drop them."""
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index("ix_people_email_key_start", "people")
        op.drop_index("ix_people_handle_start", "people")
    for index in ("ix_people_name_start", "ix_people_role_state", "ix_people_state_created"):
        op.drop_index(index, "people")
    op.drop_table("audit")
