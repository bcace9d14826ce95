"""Reads what can still be read of a damaged journal: what must not be forgotten.

A number that said "never again" must not be called because a disk was bad, and an answer
that was given is not given twice. Steps and calls stay in the damaged file.
"""

from sqlalchemy import Connection, Table, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from ivr.journal.database import writable
from ivr.journal.storing import add_missing
from ivr.journal.tables import answers, messages, refused_numbers, surveys

SAVED = (refused_numbers, surveys, answers, messages)


def salvage(damaged: URL, whole: URL) -> int:
    """Copy the rows that can be read; return how many."""
    found = {table: _rows(damaged, table) for table in SAVED}
    with writable(whole).begin() as connection:
        for table, rows in found.items():
            add_missing(connection, table, rows)
    return sum(map(len, found.values()))


def _rows(damaged: URL, table: Table) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    try:
        # Opened for writing because what stands in its WAL file counts too.
        with writable(damaged).connect() as connection:
            _read(connection, table, rows)
    except (SQLAlchemyError, ValueError):
        pass  # the rest of this table is lost
    return rows


def _read(connection: Connection, table: Table, rows: list[dict[str, object]]) -> None:
    for row in connection.execute(select(table)):
        rows.append(dict(row._mapping))  # noqa: PERF401, SLF001 -- keeps what came before damage
