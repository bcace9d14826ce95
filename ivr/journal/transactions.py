"""Commits entries together; one that no table takes is put aside so that the others go on."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from ivr.engine.step import FLOOR, PROGRAMME
from ivr.errors import IvrError
from ivr.journal.database import file_of, writable
from ivr.journal.rows import Entry, Messages, Turn, aside, rows
from ivr.journal.storing import store
from ivr.journal.tables import set_aside, steps
from ivr.journal.troubles import Trouble, reason, trouble

OF_A_ROW = (SQLAlchemyError, IvrError, ValueError, TypeError, ArithmeticError)
"""What one bad row can raise: a constraint, a value that has no text, a number too large."""

OF_THE_DATABASE = frozenset({Trouble.DISK_FULL, Trouble.LOCKED, Trouble.CORRUPT})


class Transactions:
    """The writer's connection, made when it is first needed and after it broke."""

    def __init__(self, url: URL, messages: Messages) -> None:
        self._url = url
        self._messages = messages
        self._connection: Connection | None = None
        self._after: Mapping[str, int] | None = None
        self.put_aside = 0

    def write(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        """Commit the entries; return those that were written as what they are."""
        try:
            return self._write(entries)
        except SQLAlchemyError as error:
            if self._trouble(error) not in {Trouble.LOCKED, Trouble.DISK_FULL}:
                self.close()
            raise

    def close(self) -> None:
        """Close the connection; the next write makes a new one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _write(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        connection = self._connected()
        try:
            with connection.begin():
                self._store(connection, entries)
        except OF_A_ROW as error:
            if self._trouble(error) in OF_THE_DATABASE:
                raise
            return self._one_by_one(connection, entries)
        return entries

    def _one_by_one(self, connection: Connection, entries: Sequence[Entry]) -> Sequence[Entry]:
        with connection.begin():
            done = [entry for entry in entries if self._is_stored(connection, entry)]
        self.put_aside += len(entries) - len(done)
        return done

    def _is_stored(self, connection: Connection, entry: Entry) -> bool:
        try:
            with connection.begin_nested():
                self._store(connection, (entry,))
        except OF_A_ROW as error:
            if self._trouble(error) in OF_THE_DATABASE:
                raise
            if isinstance(entry, Turn):
                connection.execute(insert(set_aside), aside(entry, reason(error)))
            return False
        return True

    def _store(self, connection: Connection, entries: Sequence[Entry]) -> None:
        store(connection, rows(entries, self._messages, self._after or {}))

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = writable(self._url).connect()
        if self._after is None:
            self._after = _last_ordinals(self._connection)
        return self._connection

    def _trouble(self, error: Exception) -> Trouble:
        return trouble(error, file_of(self._url))


def _last_ordinals(connection: Connection) -> dict[str, int]:
    """The floor and the survey programme are numbered on from the run before this one."""
    last = (
        select(steps.c.subject, func.max(steps.c.ordinal).label("ordinal"))
        .where(steps.c.subject.in_((FLOOR, PROGRAMME)))
        .group_by(steps.c.subject)
    )
    with connection.begin():
        return {row.subject: row.ordinal for row in connection.execute(last)}
