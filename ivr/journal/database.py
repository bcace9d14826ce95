"""Connections to the journal's database: SQLite in WAL mode, or PostgreSQL.

Power can go at any moment: `synchronous=FULL` makes every commit reach the disk before it is
acknowledged. WAL lets the command line read while the daemon writes.
"""

import sqlite3
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from ivr.errors import JournalError
from ivr.journal.troubles import Trouble, reason, trouble

SECONDS_TO_WAIT = 1.0
"""How long a connection waits for another one's lock before it says "locked"."""

PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    f"busy_timeout={int(SECONDS_TO_WAIT * 1000)}",
    "journal_size_limit=16777216",  # after a burst the WAL file is cut back to this
)


def parsed(url: str) -> URL:
    """Return the URL in parts. Raises JournalError."""
    try:
        found = make_url(url)
    except (ArgumentError, ValueError) as error:
        # Not quoted: a URL may hold a password.
        message = "the journal is not a database URL; try sqlite:///var/journal.db"
        raise JournalError(message) from error
    if found.get_backend_name() == "sqlite" and found.database in {None, "", ":memory:"}:
        message = f"journal {url!r} names no file; try sqlite:///var/journal.db"
        raise JournalError(message)
    return found


def file_of(url: URL) -> Path | None:
    """Return the file of an SQLite journal, None for a server."""
    if url.get_backend_name() != "sqlite" or url.database is None:
        return None
    return Path(url.database)


def writable(url: URL) -> Engine:
    """Return an engine whose transactions take the write lock when they begin."""
    path = file_of(url)
    if path is None:
        return _server(url)
    engine = _engine(partial(_connect, f"{path.absolute().as_uri()}?mode=rwc", PRAGMAS))
    event.listen(engine, "begin", _begin_immediate)
    return engine


def readable(url: URL) -> Engine:
    """Return an engine that cannot change anything."""
    path = file_of(url)
    if path is None:
        return _server(url).execution_options(postgresql_readonly=True)
    engine = _engine(partial(_connect, f"{path.absolute().as_uri()}?mode=ro", PRAGMAS[2:3]))
    event.listen(engine, "begin", _begin)
    return engine


def readable_alone(url: URL) -> Engine:
    """Return an engine that reads where a full disk has no room for WAL's shared index.

    It keeps the index to itself, so nobody else may have the file open.
    """
    path = file_of(url)
    if path is None:
        return readable(url)
    pragmas = ("locking_mode=EXCLUSIVE", PRAGMAS[2], "query_only=ON")
    engine = _engine(partial(_connect, f"{path.absolute().as_uri()}?mode=rw", pragmas))
    event.listen(engine, "begin", _begin)
    return engine


def schema(connection: Connection) -> str | None:
    """Return the revision of the schema a database has, None when it has none."""
    if not connection.dialect.has_table(connection, "alembic_version"):
        return None
    found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return None if found is None else str(found)


def refusal(error: SQLAlchemyError, url: URL) -> JournalError:
    """Return what to tell somebody whose journal cannot be used."""
    path = file_of(url)
    place = url.render_as_string(hide_password=True) if path is None else path
    match trouble(error, path):
        case Trouble.LOCKED:
            advice = "another program holds it; stop that one first"
        case Trouble.DISK_FULL:
            advice = "the disk is full; make space"
        case Trouble.CORRUPT:
            advice = "the file is damaged; the daemon sets it aside when it starts"
        case _:
            advice = reason(error)
    return JournalError(f"the journal {place} cannot be used: {advice}")


def _engine(connect: partial[sqlite3.Connection]) -> Engine:
    return create_engine("sqlite://", creator=connect, poolclass=NullPool)


def _server(url: URL) -> Engine:
    try:
        return create_engine(url, poolclass=NullPool)
    except (NoSuchModuleError, ModuleNotFoundError) as error:
        message = f"journal {url.drivername}: install the driver of this database ({error})"
        raise JournalError(message) from error


def _connect(uri: str, pragmas: tuple[str, ...]) -> sqlite3.Connection:
    # isolation_level None: the driver starts no transactions behind our back, so that schema
    # changes too happen in one, or not at all.
    connection = sqlite3.connect(
        uri, uri=True, timeout=SECONDS_TO_WAIT, isolation_level=None, check_same_thread=False
    )
    try:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
