"""A PostgreSQL server for a few tests: its own, in a folder of its own, without a network."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_DEBIAN = Path("/usr/lib/postgresql")
_ACCOUNT = "postgres"
"""Debian's; the server refuses to be root's."""


def programs() -> Path | None:
    """Return the folder of the newest server's programs, None where there is no server."""
    found = sorted(_DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@contextmanager
def running(programs: Path) -> Iterator[str]:
    """Run a server for as long as the context lasts; gives the URL of an empty database."""
    # Not below pytest's folders: they are open to us alone, and the server may be another's.
    folder = Path(tempfile.mkdtemp(prefix="ivr-postgresql-"))
    data = folder / "data"
    control = [str(programs / "pg_ctl"), "--pgdata", str(data), "--wait", "--silent"]
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, _ACCOUNT, _ACCOUNT)
        _run(programs / "initdb", "--pgdata", data, "--auth=trust", "--username=ivr",
             "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")  # fmt: skip
        options = f"-c listen_addresses='' -c unix_socket_directories='{folder}'"
        _run(*control, "--log", folder / "log", "--options", options, "start")
        yield f"postgresql+psycopg://ivr@/postgres?host={folder}"
    finally:
        if data.exists():
            _run(*control, "--mode=immediate", "stop")
        shutil.rmtree(folder)


def _run(*command: str | Path) -> None:
    account = {"user": _ACCOUNT, "group": _ACCOUNT, "extra_groups": []}
    done = subprocess.run(
        command,
        check=False,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,  # a server that stays must not hold a pipe open
        stderr=subprocess.STDOUT,
        **(account if os.geteuid() == 0 else {}),  # type: ignore[call-overload]
    )
    assert done.returncode == 0, f"{command[0]} failed"
