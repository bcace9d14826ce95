"""Makes a journal ready: one daemon at a time, a sound file, the schema of this program.

A gateway must answer calls whatever state its disk is in, so a damaged file is moved aside
and a new one begun; what matters most is saved from the old one. Only what a technician must
settle is refused: a journal in use by another daemon, or written by a newer program.

How much is checked: a file up to 32 MiB always (well under a second on an SD card); a larger
one only when its WAL file shows that it was not closed, and for at most 5 seconds. Damage
that this misses shows when it is met, and is treated the same.
"""

import fcntl
import os
from datetime import UTC, datetime
from pathlib import Path
from threading import Timer

from sqlalchemy import Connection
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from ivr.errors import JournalError
from ivr.journal.database import file_of, schema, writable
from ivr.journal.salvage import salvage
from ivr.journal.tables import REVISIONS, SCHEMA
from ivr.journal.troubles import Trouble, reason, trouble

LARGE = 32 * 1024 * 1024
SECONDS_TO_CHECK = 5.0
PARTS = ("", "-wal", "-shm")


class Hold:
    """The sole right to write a journal; the system gives it back when the process ends."""

    def __init__(self, url: URL) -> None:
        """Take it. Raises JournalError when another process has it."""
        path = file_of(url)
        self._file = None if path is None else _locked(path)

    def release(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None


def prepare(url: URL, at: datetime, damage: str | None = None) -> str | None:
    """Make the journal ready; return what had to be done about damage, if anything.

    `damage` is what the caller already knows to be wrong with the file. Raises JournalError
    for a newer schema, SQLAlchemyError when the database does not answer.
    """
    path = file_of(url)
    if path is not None and not path.exists():
        _move(_successor(path), path)
    try:
        damage = damage or (None if path is None else _damage(url, path))
        if damage is None:
            _upgrade(url)
            return None
    except SQLAlchemyError as error:
        if path is None or trouble(error, path) is not Trouble.CORRUPT:
            raise
        damage = reason(error)
    assert path is not None  # noqa: S101 -- only a file can be damaged
    return _replace(url, path, at, damage)


def _locked(path: Path) -> int:
    """Hold a file of its own: SQLite's locks come and go with every transaction."""
    guard = path.with_name(f"{path.name}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(guard, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    except OSError as error:
        message = f"the journal {path} cannot be used: {guard}: {error.strerror}"
        raise JournalError(message) from error
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(file)
        message = f"another ivr is running with the journal {path}; stop it first"
        raise JournalError(message) from error
    return file


def _damage(url: URL, path: Path) -> str | None:
    if not path.exists() or not _is_doubtful(path):
        return None
    engine = writable(url)
    with engine.connect() as connection:
        timer = Timer(SECONDS_TO_CHECK, _interrupt, (connection,))
        timer.daemon = True
        timer.start()
        try:
            found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
        except SQLAlchemyError as error:
            if "interrupt" in reason(error):
                return None
            raise
        finally:
            timer.cancel()
    return None if found in {"ok", None} or "interrupt" in str(found) else str(found)


def _is_doubtful(path: Path) -> bool:
    wal = path.with_name(f"{path.name}-wal")
    unclosed = wal.exists() and wal.stat().st_size > 0
    return unclosed or path.stat().st_size <= LARGE


def _interrupt(connection: Connection) -> None:
    driver = connection.connection.dbapi_connection
    if driver is not None:
        driver.interrupt()


def _upgrade(url: URL) -> None:
    engine = writable(url)
    with engine.begin() as connection:
        found = schema(connection)
        if found == SCHEMA:
            return
        if found is not None and found not in REVISIONS:
            message = (
                f"the journal {url.render_as_string()} was written by a newer ivr "
                f"(schema {found}; this one knows {SCHEMA}): install that version again, "
                "or set the journal aside"
            )
            raise JournalError(message)
        _apply(connection)


def _apply(connection: Connection) -> None:
    # Imported here because Alembic costs 11 MB and is needed once in a schema's life.
    from ivr.journal.migrations import upgrade  # noqa: PLC0415

    upgrade(connection)


def _replace(url: URL, path: Path, at: datetime, damage: str) -> str:
    """Put a new journal in the place of a damaged one.

    The new one is finished first: when there is no room for it, or the power goes, the
    damaged one is still where it was, and the next try saves as much.
    """
    new = _successor(path)
    _remove(new)
    whole = url.set(database=str(new))
    _upgrade(whole)
    saved = salvage(url, whole)
    aside = path.with_name(f"{path.name}.corrupt-{at.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    _move(path, aside)
    _move(new, path)
    return (
        f"the journal was damaged ({damage}): it is kept as {aside}, a new one is begun, "
        f"and {saved} surveys, answers, messages and refusals were saved from it"
    )


def _successor(path: Path) -> Path:
    """Where the journal is made that will take the place of this one."""
    return path.with_name(f"{path.name}.new")


def _move(old: Path, new: Path) -> None:
    """Move a database with its parts; the file itself last, so that it never stands alone."""
    for part in reversed(PARTS):
        file = old.with_name(old.name + part)
        if file.exists():
            file.rename(new.with_name(new.name + part))


def _remove(path: Path) -> None:
    for part in PARTS:
        path.with_name(path.name + part).unlink(missing_ok=True)
