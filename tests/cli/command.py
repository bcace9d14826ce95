"""Runs `ivr` as a technician does, in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Said:
    """What a command said on which stream, and its exit status."""

    status: int
    out: str
    err: str


def ivr(*arguments: object, keys: str = "", environment: Mapping[str, str] | None = None) -> Said:
    """Run a command; whatever it is told, it never shows a traceback.

    `keys` is what comes from its standard input, `environment` is besides our own.
    """
    command = [sys.executable, "-m", "ivr", *map(str, arguments)]
    run = subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        input=keys,
        env={**os.environ, **(environment or {})},
    )
    assert "Traceback" not in run.stderr
    return Said(run.returncode, run.stdout, run.stderr)
