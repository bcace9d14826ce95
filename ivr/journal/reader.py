"""Reads the journal, for the command line and for a gateway that starts again.

It may be used while a daemon writes: it cannot change anything and takes no lock that a
writer would wait for.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, case, select
from sqlalchemy.exc import SQLAlchemyError

from ivr.engine.events import (
    Disposition,
    NumberAsked,
    NumberRefused,
    SurveyRestored,
    SurveyTask,
)
from ivr.engine.notation import unpacked
from ivr.engine.record import CallRecord
from ivr.engine.step import Step
from ivr.errors import JournalError
from ivr.journal import tables
from ivr.journal.database import file_of, parsed, readable, readable_alone, refusal, schema
from ivr.journal.troubles import Trouble, trouble

UNFINISHED = (Disposition.PLANNED, Disposition.DIALLING, Disposition.REACHED)
REFUSED_AT_ONCE = (
    Disposition.NOT_CALLABLE,
    Disposition.QUARANTINED,
    Disposition.OPTED_OUT,
    Disposition.EXPIRED,
)
"""Standings of a proposal that was turned down; its number is none the worse for it."""

Restored = NumberRefused | NumberAsked | SurveyRestored


@dataclass(frozen=True, slots=True)
class SurveyAnswer:
    """One answer as it was given in `call`, about the call that `survey` names."""

    survey: str
    question: str
    call: str
    questions: str
    value: int
    group: str
    stage: str
    team: str
    agent: str
    level: str
    at: datetime


@dataclass(frozen=True, slots=True)
class VoiceMessage:
    """One message in a box; `state` is "new" until somebody has heard it."""

    id: int
    call: str
    turn: int
    box: str
    path: str
    seconds: float
    caller: str
    group: str
    language: str
    at: datetime
    state: str


class Reader:
    """A journal open for reading. Every method raises JournalError when it cannot be read."""

    def __init__(self, url: str) -> None:
        self._url = parsed(url)
        path = file_of(self._url)
        if path is not None and not path.exists():
            message = f"there is no journal {path}; it is made when the daemon first runs"
            raise JournalError(message)
        self._engine = readable(self._url)

    def restore(self, asked_since: datetime) -> list[Restored]:
        """Return what the survey programme must know again when the gateway starts.

        First whom it must not call: numbers that refused, then numbers asked since
        `asked_since`, when the quarantine began; then its unfinished surveys: planned,
        dialling, reached. Nothing when there are no tables yet: a gateway that first starts
        on a full disk has nothing to remember.
        """
        try:
            with self._open() as connection:
                return [
                    *_refused(connection),
                    *_asked(connection, asked_since),
                    *_unfinished(connection),
                ]
        except _NoTablesError:
            return []

    def calls(
        self,
        limit: int = 50,
        *,
        group: str | None = None,
        direction: str | None = None,
        since: datetime | None = None,
    ) -> list[CallRecord]:
        """Return the latest calls, newest first."""
        table = tables.calls
        wanted = select(table).order_by(table.c.at.desc()).limit(limit)
        if group is not None:
            wanted = wanted.where(table.c.group == group)
        if direction is not None:
            wanted = wanted.where(table.c.direction == direction)
        if since is not None:
            wanted = wanted.where(table.c.at >= since)
        return [_record(row) for row in self._rows(wanted)]

    def call(self, name: str) -> CallRecord | None:
        wanted = select(tables.calls).where(tables.calls.c.id == name)
        return next(map(_record, self._rows(wanted)), None)

    def steps(self, subject: str) -> list[Step]:
        """Return the steps of a call, of the floor or of the survey programme, in order."""
        table = tables.steps
        wanted = select(table).where(table.c.subject == subject).order_by(table.c.ordinal)
        return [_step(row) for row in self._rows(wanted)]

    def gaps(self, call: str) -> int:
        """Return how many of the call's steps are missing before the last one kept."""
        table = tables.steps
        wanted = select(table.c.ordinal).where(table.c.subject == call)
        ordinals = [row.ordinal for row in self._rows(wanted)]
        return max(ordinals, default=0) - len(ordinals)

    def answers(
        self, *, survey: str | None = None, since: datetime | None = None
    ) -> list[SurveyAnswer]:
        """Return survey answers in the order they were given."""
        table = tables.answers
        wanted = select(table).order_by(table.c.at)
        if survey is not None:
            wanted = wanted.where(table.c.survey == survey)
        if since is not None:
            wanted = wanted.where(table.c.at >= since)
        return [SurveyAnswer(**row._mapping) for row in self._rows(wanted)]  # noqa: SLF001

    def messages(self, *, box: str | None = None, state: str | None = None) -> list[VoiceMessage]:
        """Return voice messages, oldest first."""
        table = tables.messages
        wanted = select(table).order_by(table.c.at, table.c.id)
        if box is not None:
            wanted = wanted.where(table.c.box == box)
        if state is not None:
            wanted = wanted.where(table.c.state == state)
        return [VoiceMessage(**row._mapping) for row in self._rows(wanted)]  # noqa: SLF001

    def configuration(self, name: str) -> dict[str, str] | None:
        """Return the files of the configuration with this hash, by path."""
        table = tables.configurations
        wanted = select(table.c.files).where(table.c.hash == name)
        texts = [json.loads(row.files) for row in self._rows(wanted)]
        return texts[0] if texts else None

    def _rows(self, wanted: Select[Any]) -> list[Row[Any]]:
        with self._open() as connection:
            return list(connection.execute(wanted))

    @contextmanager
    def _open(self) -> Iterator[Connection]:
        try:
            with self._connected() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise refusal(error, self._url) from error

    def _connected(self) -> Connection:
        try:
            return _checked(self._engine.connect())
        except SQLAlchemyError as error:
            if trouble(error, file_of(self._url)) is not Trouble.DISK_FULL:
                raise
        return _checked(readable_alone(self._url).connect())


def _checked(connection: Connection) -> Connection:
    """Return the connection if this program can read what is there."""
    try:
        _demand_schema(connection)
    except (SQLAlchemyError, JournalError):
        connection.close()
        raise
    return connection


class _NoTablesError(JournalError):
    """The database is there, and nothing has been written to it."""


def _demand_schema(connection: Connection) -> None:
    found = schema(connection)
    if found is None:
        raise _NoTablesError("the journal has no tables yet; the daemon makes them")
    if found != tables.SCHEMA:
        raise JournalError(_mismatch(found))


def _mismatch(found: str) -> str:
    if found in tables.REVISIONS:
        return "the journal has old tables; starting the daemon brings it up to date"
    return f"the journal was written by a newer ivr (schema {found}; this one: {tables.SCHEMA})"


def _refused(connection: Connection) -> Iterator[NumberRefused]:
    for row in connection.execute(select(tables.refused_numbers.c.number)):
        yield NumberRefused(row.number)


def _asked(connection: Connection, since: datetime) -> Iterator[NumberAsked]:
    """A number counts as asked from the moment its survey was planned, as in the programme."""
    survey = tables.surveys.c
    never_planned = survey.disposition.in_(REFUSED_AT_ONCE) & (survey.due == survey.planned)
    wanted = select(survey.number, survey.planned).where(survey.planned >= since, ~never_planned)
    for row in connection.execute(wanted.order_by(survey.planned)):
        yield NumberAsked(row.number, row.planned)


def _unfinished(connection: Connection) -> Iterator[SurveyRestored]:
    table = tables.surveys
    disposition = table.c.disposition
    rank = case({str(one): index for index, one in enumerate(UNFINISHED)}, value=disposition)
    wanted = select(table).where(disposition.in_(UNFINISHED))
    for row in connection.execute(wanted.order_by(rank, table.c.due)):
        task = SurveyTask(*(getattr(row, field.name) for field in fields(SurveyTask)))
        yield SurveyRestored(task, Disposition(row.disposition), row.attempts, row.planned, row.due)


def _record(row: Row[Any]) -> CallRecord:
    return CallRecord(*(getattr(row, field.name) for field in fields(CallRecord)))


def _step(row: Row[Any]) -> Step:
    actions = tuple(unpacked(action) for action in json.loads(row.actions))
    return Step(row.subject, row.now, row.at, unpacked(json.loads(row.event)), actions)
