"""Runs SIPp, a caller who is no PJSIP and knows no hurry."""

import subprocess
from pathlib import Path
from typing import Self

from tests.gateway.site import LOOPBACK, NUMBER

SCENARIOS = Path(__file__).parent / "scenarios"


class Sipp:
    """One run of a scenario against a gateway; a context manager that ends it."""

    def __init__(self, scenario: str, gateway: int, folder: Path, *options: str) -> None:
        self._log = folder / "sipp.log"
        command = ["sipp", f"{LOOPBACK}:{gateway}", "-sf", str(SCENARIOS / f"{scenario}.xml")]
        command += ["-i", LOOPBACK, "-s", NUMBER, "-nostdin", "-timeout_error", "-trace_err"]
        command += ["-trace_logs", "-log_file", str(self._log), *options]
        self._process = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._process.kill()
        self._process.communicate()

    def ends(self, seconds: float) -> str:
        """Wait for its end; every call must have gone as the scenario says. Return its screen."""
        screen, _ = self._process.communicate(timeout=seconds)
        assert self._process.returncode == 0, screen[-3000:]
        return screen

    def count(self, message: str) -> int:
        """Return how often a scenario has logged this."""
        return self._log.read_text().count(message) if self._log.exists() else 0
