"""Networks and e-mail domains that the site keeps out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "site_blocks",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("created", _INSTANT, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("value", sa.String(255), nullable=False),
        sa.Column("effect", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ends", _INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_site_blocks"),
        sa.UniqueConstraint("kind", "value", name="uq_site_blocks_kind"),
        sa.CheckConstraint("kind IN ('network', 'domain')", name="ck_site_blocks_kind"),
        sa.CheckConstraint("effect IN ('sign-up', 'everything')", name="ck_site_blocks_effect"),
    )
    op.create_index("ix_site_blocks_created", "site_blocks", ["created", "id"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("site_blocks")
