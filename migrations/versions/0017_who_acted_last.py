"""An index of who acted last, for readers who follow many."""

from __future__ import annotations

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_NAME = "ix_feeds_bounds_role_position_entity"


def upgrade() -> None:
    """Make the index."""
    op.create_index(_NAME, "feeds_bounds", ["role", "position", "entity"])


def downgrade() -> None:
    """Drop it."""
    op.drop_index(_NAME, "feeds_bounds")
