"""What is wrong when a database does not do as it is told."""

import shutil
from enum import StrEnum
from pathlib import Path


class Trouble(StrEnum):
    """Why nothing can be written. The words of `ivr_degraded` and of the log."""

    DISK_FULL = "disk_full"
    LOCKED = "locked"  # another process holds the database
    CORRUPT = "corrupt"  # the file is damaged
    FAILED = "failed"  # anything else: no rights, no server, a broken disk


SQLITE = {
    5: Trouble.LOCKED,  # SQLITE_BUSY
    6: Trouble.LOCKED,  # SQLITE_LOCKED
    11: Trouble.CORRUPT,  # SQLITE_CORRUPT
    13: Trouble.DISK_FULL,  # SQLITE_FULL
    26: Trouble.CORRUPT,  # SQLITE_NOTADB
}
POSTGRESQL = {"53100": Trouble.DISK_FULL, "55P03": Trouble.LOCKED}

IO_ERROR = 10
CANNOT_OPEN = 14
LEAST_SPACE = 256 * 1024
"""Below this a database in WAL mode cannot even be opened: its index takes 32 KiB at a time."""


def trouble(error: BaseException, path: Path | None = None) -> Trouble:
    """Return what an error of the database means; `path` is SQLite's file, if it is one."""
    cause = getattr(error, "orig", None) or error
    code = getattr(cause, "sqlite_errorcode", None)
    if code is not None:
        return SQLITE.get(code & 0xFF) or _by_space(code & 0xFF, path)
    return POSTGRESQL.get(str(getattr(cause, "sqlstate", "")), Trouble.FAILED)


def reason(error: BaseException) -> str:
    """Return the database's own words, without the statement and its personal data."""
    return str(getattr(error, "orig", None) or error).strip().splitlines()[0]


def _by_space(code: int, path: Path | None) -> Trouble:
    """A full disk also shows as an I/O error, when the shared index cannot grow."""
    if code not in {IO_ERROR, CANNOT_OPEN} or path is None:
        return Trouble.FAILED
    try:
        free = shutil.disk_usage(path.parent).free
    except OSError:
        return Trouble.FAILED
    return Trouble.DISK_FULL if free < LEAST_SPACE else Trouble.FAILED
