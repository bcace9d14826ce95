"""Runs `ivr` as a technician does, in a process of its own."""

import subprocess
import sys
from dataclasses import dataclass


@dataclass(frozen=True)
class Said:
    """What a command said on which stream, and its exit status."""

    status: int
    out: str
    err: str


def ivr(*arguments: object) -> Said:
    """Run a command; whatever it is told, it never shows a traceback."""
    command = [sys.executable, "-m", "ivr", *map(str, arguments)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "Traceback" not in run.stderr
    return Said(run.returncode, run.stdout, run.stderr)
