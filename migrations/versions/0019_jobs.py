"""When the site's jobs last ran."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "job_runs",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("began", _INSTANT, nullable=False),
        sa.Column("ended", _INSTANT, nullable=False),
        sa.Column("well", _INSTANT),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_job_runs"),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("job_runs")
