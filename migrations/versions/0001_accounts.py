"""People, logins, former handles, counted attempts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "people",
        sa.Column("id", sa.String(40), nullable=False),
        sa.Column("handle", sa.String(30), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("email", sa.String(254)),
        sa.Column("email_key", sa.String(254)),
        sa.Column("password_hash", sa.String(255)),
        sa.Column("bio", sa.Text(), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("locale", sa.String(16), nullable=False),
        sa.Column("theme", sa.String(8), nullable=False),
        sa.Column("created", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        sa.UniqueConstraint("handle", name="uq_people_handle"),
        sa.UniqueConstraint("email_key", name="uq_people_email_key"),
        sa.CheckConstraint("role IN ('member', 'moderator', 'admin')", name="ck_people_role"),
        sa.CheckConstraint("state IN ('active', 'unverified', 'limited', 'suspended')", name="ck_people_state"),
        sa.CheckConstraint("theme IN ('auto', 'light', 'dark')", name="ck_people_theme"),
        sa.CheckConstraint("handle = lower(handle)", name="ck_people_handle_lower"),
    )
    op.create_index("ix_people_created", "people", ["created", "id"])
    op.create_table(
        "login_sessions",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("created", _INSTANT, nullable=False),
        sa.Column("last_seen", _INSTANT, nullable=False),
        sa.Column("expires", _INSTANT, nullable=False),
        sa.Column("ip", sa.String(64), nullable=False),
        sa.Column("user_agent", sa.String(255), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_login_sessions"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_login_sessions_person_id_people", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_login_sessions_person_id", "login_sessions", ["person_id"])
    op.create_index("ix_login_sessions_expires", "login_sessions", ["expires"])
    op.create_table(
        "handle_history",
        sa.Column("handle", sa.String(30), nullable=False),
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("until", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("handle", name="pk_handle_history"),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_handle_history_person_id_people", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_handle_history_person_id", "handle_history", ["person_id"])
    op.create_table(
        "throttle_counts",
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.Float(53), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_throttle_counts"),
    )
    op.create_index("ix_throttle_counts_expires", "throttle_counts", ["expires"])


def downgrade() -> None:
    """Drop them."""
    for table in ("throttle_counts", "handle_history", "login_sessions", "people"):
        op.drop_table(table)
