"""For each entity, up to where there can be acts that it does, and acts that touch it: filled from what there is."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _key() -> sa.types.TypeEngine[str]:
    # Compared byte by byte everywhere.
    return sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Make the table, and fill it: a bound that is missing would hide acts."""
    bounds = op.create_table(
        "feeds_bounds",
        sa.Column("role", _key(), nullable=False),
        sa.Column("entity", _key(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("role", "entity", name="pk_feeds_bounds"),
        sqlite_with_rowid=False,
    )
    if op.get_bind().dialect.name == "postgresql":
        # Whoever writes an act while the table is filled would write one without a bound.
        op.execute("LOCK TABLE feeds_acts, feeds_touches IN SHARE MODE")
    for role, table, entity in (("acts", "feeds_acts", "actor"), ("touched", "feeds_touches", "entity")):
        rows = sa.table(table, sa.column(entity), sa.column("position"))
        found = sa.select(sa.literal(role, _key()), rows.c[entity], sa.func.max(rows.c.position))
        op.execute(bounds.insert().from_select(["role", "entity", "position"], found.group_by(rows.c[entity])))


def downgrade() -> None:
    """Drop it."""
    op.drop_table("feeds_bounds")
