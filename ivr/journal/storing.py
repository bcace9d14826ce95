"""Puts rows into tables: the only statements that write."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Table, func, insert

from ivr.journal import tables
from ivr.journal.rows import Row, Rows

if TYPE_CHECKING:
    from sqlalchemy.dialects.sqlite import Insert


def store(connection: Connection, rows: Rows) -> None:
    """Write everything; what is already there is brought up to date, not doubled."""
    add_missing(connection, tables.steps, rows.steps)
    _put(connection, tables.calls, list(rows.calls.values()))
    _put(connection, tables.answers, rows.answers)
    _put_surveys(connection, rows.surveys)
    add_missing(connection, tables.refused_numbers, rows.refused_numbers)
    add_missing(connection, tables.messages, rows.messages)
    add_missing(connection, tables.configurations, rows.configurations)
    if rows.agent_states:
        connection.execute(insert(tables.agent_states), rows.agent_states)


def add_missing(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert the rows whose key is not there yet."""
    if rows:
        connection.execute(_insert(connection, table).on_conflict_do_nothing(), rows)


def _put(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    if not rows:
        return
    statement = _insert(connection, table)
    keys = table.primary_key.columns
    changed = {
        column.name: statement.excluded[column.name]
        for column in table.columns
        if column.name not in keys
    }
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), rows)


def _put_surveys(connection: Connection, rows: Sequence[Row]) -> None:
    if not rows:
        return
    table = tables.surveys
    statement = _insert(connection, table)
    new = statement.excluded
    changed = {
        **{name: new[name] for name in ("disposition", "attempts", "planned", "due")},
        "asked_at": func.coalesce(table.c.asked_at, new.asked_at),
    }
    connection.execute(
        statement.on_conflict_do_update(index_elements=[table.c.id], set_=changed), rows
    )


def _insert(connection: Connection, table: Table) -> "Insert":
    """Return an INSERT that knows ON CONFLICT, which SQLAlchemy has per database only."""
    if connection.dialect.name == "sqlite":
        from sqlalchemy.dialects import sqlite  # noqa: PLC0415 -- import what is used only

        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415 -- import what is used only

    # Both spell it alike; one type is enough for the checker.
    return postgresql.insert(table)  # type: ignore[return-value]
