"""When people were last here, and indexes of it and of their names for lists in these orders."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column and the indexes; who is signed in was here when their browser was."""
    seen = sa.Column("last_seen", sa.DateTime(timezone=True), nullable=False, server_default="1970-01-01 00:00:00")
    op.add_column("people", seen)
    # Said outright: a default without a zone is read in the database's own.
    people = sa.table("people", sa.column("last_seen", sa.DateTime(timezone=True)))
    op.execute(people.update().values(last_seen=datetime(1970, 1, 1, tzinfo=UTC)))
    op.execute(
        "UPDATE people SET last_seen = (SELECT max(last_seen) FROM login_sessions WHERE person_id = people.id) "
        "WHERE id IN (SELECT person_id FROM login_sessions)"
    )
    op.create_index("ix_people_last_seen", "people", ["last_seen", "id"])
    op.drop_index("ix_people_name_key", "people")
    op.create_index("ix_people_name_key", "people", ["name_key", "id"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_people_name_key", "people")
    op.create_index("ix_people_name_key", "people", ["name_key"])
    op.drop_index("ix_people_last_seen", "people")
    op.drop_column("people", "last_seen")
