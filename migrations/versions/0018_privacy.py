"""Where people may be found: by search engines, and by the site's own search and suggestions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the columns; everybody may be found, as before."""
    op.add_column("people", sa.Column("noindex", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("people", sa.Column("discoverable", sa.Boolean(), nullable=False, server_default=sa.true()))


def downgrade() -> None:
    """Drop them: everybody may be found again."""
    op.drop_column("people", "discoverable")
    op.drop_column("people", "noindex")
