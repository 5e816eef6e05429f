"""The rule that a sanction names."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column."""
    op.add_column("sanctions", sa.Column("rule", sa.String(140), nullable=False, server_default=""))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("sanctions", "rule")
