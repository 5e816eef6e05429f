"""What every page asks of the record is found among the few rows that changed, not among all."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, event

from feedsite.feeds.stores.sql import default_tables, sql_engine
from feedsite.feeds.stores.sql.record import Record


def test_the_overlay_is_found_without_reading_all_acts_or_links() -> None:
    """By SQLite's plan, which knows nothing of how many rows a table has."""
    engine = sql_engine("sqlite://")
    tables = default_tables()
    tables.metadata.create_all(engine)
    asked: list[tuple[str, Any]] = []

    def note(_connection: Connection, _cursor: Any, statement: str, parameters: Any, *_others: Any) -> None:
        asked.append((statement, parameters))

    with engine.begin() as connection:
        event.listen(connection, "before_cursor_execute", note)
        assert Record(connection, tables, 0).overlay(1000) is not None
        event.remove(connection, "before_cursor_execute", note)
        assert len(asked) == 2
        plans = [connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values) for statement, values in asked]
        steps = [row[3] for plan in plans for row in plan]
    engine.dispose()
    scanned = {step.split()[1] for step in steps if step.startswith("SCAN")}
    assert scanned == {tables.act_changes.name, tables.link_changes.name}, steps
