"""Forgets: deletes what is older than a moment. How long what is kept is the caller's to say.

Calls, their steps, agent states and finished surveys go, since they hold numbers or say who
worked when. Answers stay (they hold no number), and so do refused numbers (never means never)
and voice messages (their recordings must go with them, which is not this module's to do).
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, delete, func, select, tuple_

from ivr.journal import tables
from ivr.journal.database import parsed, writable
from ivr.journal.reader import UNFINISHED

MOST_TOGETHER = 1_000
"""Rows deleted in one transaction: the daemon's writer must not wait long for its turn."""


def purge(url: str, before: datetime) -> int:
    """Delete what is older than `before`, a little at a time; return how many rows went."""
    engine = writable(parsed(url))
    surveys = tables.surveys.c
    finished = surveys.disposition.not_in(UNFINISHED)
    last_touched = func.coalesce(surveys.asked_at, surveys.planned)
    gone = 0
    with engine.connect() as connection:
        for table in (tables.steps, tables.calls, tables.agent_states, tables.set_aside):
            gone += _delete(connection, table, table.c.at < before)
        gone += _delete(connection, tables.surveys, finished & (last_touched < before))
    return gone


def _delete(connection: Connection, table: Table, old: ColumnElement[bool]) -> int:
    key = table.primary_key.columns
    some = select(*key).where(old).limit(MOST_TOGETHER)
    delete_some = delete(table).where(tuple_(*key).in_(some))
    gone = 0
    while True:
        with connection.begin():
            deleted = connection.execute(delete_some).rowcount
        gone += deleted
        if deleted < MOST_TOGETHER:
            return gone
