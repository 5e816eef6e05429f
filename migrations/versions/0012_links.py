"""Links in mails, addresses that are claimed, when a password was last given in a login."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def _instant() -> sa.DateTime:
    return sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables and the column; who is signed in gave their password when they did."""
    op.create_table(
        "link_tokens",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("person_id", sa.String(40)),
        sa.Column("subject", sa.String(254), nullable=False),
        sa.Column("created", _instant(), nullable=False),
        sa.Column("expires", _instant(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_link_tokens_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_link_tokens"),
    )
    for column in ("person_id", "expires"):
        op.create_index(f"ix_link_tokens_{column}", "link_tokens", [column])
    op.create_table(
        "address_claims",
        sa.Column("person_id", sa.String(40), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("email_key", sa.String(254), nullable=False),
        sa.Column("created", _instant(), nullable=False),
        sa.Column("by_old", _instant()),
        sa.Column("by_new", _instant()),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name="fk_address_claims_person_id_people", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name="pk_address_claims"),
    )
    op.create_index("ix_address_claims_email_key", "address_claims", ["email_key"])
    beginning = sa.text("'1970-01-01 00:00:00+00:00'" if _is_postgresql() else "'1970-01-01 00:00:00.000000'")
    op.add_column("login_sessions", sa.Column("confirmed", _instant(), nullable=False, server_default=beginning))
    op.execute("UPDATE login_sessions SET confirmed = created")


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def downgrade() -> None:
    """Drop them: links that are under way open nothing any more."""
    op.drop_column("login_sessions", "confirmed")
    op.drop_table("address_claims")
    op.drop_table("link_tokens")
