"""Texts of the site that its admins write, and the rule that a report names."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table and the column."""
    op.create_table(
        "site_texts",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_site_texts"),
    )
    op.add_column("reports", sa.Column("rule", sa.String(140), nullable=False, server_default=""))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("reports", "rule")
    op.drop_table("site_texts")
