"""The gateway that is measured: a process of its own, on a core of its own."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psutil  # type: ignore[import-untyped]  # psutil carries no types

SECONDS_TO_START = 30.0
SECONDS_TO_STOP = 15.0
SECONDS_BETWEEN_LOOKS = 0.05
MEGABYTE = 1 << 20


class BenchError(Exception):
    """Something could not be measured; the message says why."""


@dataclass(frozen=True, slots=True)
class Cores:
    """Which processor the gateway has to itself, and which one the load."""

    gateway: int
    load: int


class Gateway:
    """`ivr run`, pinned; a context manager that ends it whatever happens."""

    def __init__(self, folder: Path, core: int, log: Path) -> None:
        self._log = log
        # The kernel ends it should we be killed: nothing may be left running.
        command = ["setpriv", "--pdeathsig", "KILL", "taskset", "--cpu-list", str(core)]
        with log.open("w") as output:
            self._process = subprocess.Popen(
                [*command, sys.executable, "-m", "ivr", "run", str(folder)],
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C reaches us, and we end it
            )
        self._watched = psutil.Process(self._process.pid)

    def __enter__(self) -> Self:
        try:
            self._wait_until_started()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._stop()

    @property
    def cpu_seconds(self) -> float:
        """How much of its core it has used, in all its threads, and its recogniser in its own."""
        self._check()
        used = [process.cpu_times() for process in self._processes()]
        return float(sum(times.user + times.system for times in used))

    @property
    def megabytes(self) -> float:
        """How much memory it holds, and its recogniser does."""
        self._check()
        held = sum(process.memory_info().rss for process in self._processes())
        return float(held) / MEGABYTE

    def _processes(self) -> list[psutil.Process]:
        return [self._watched, *self._watched.children(recursive=True)]

    def complaints(self) -> list[str]:
        """Return what its log holds besides good news."""
        bad = (line for line in self._lines() if line["level"] != "info")
        return [f"{line['event']} {line.get('text', '')}".strip() for line in bad]

    def _wait_until_started(self) -> None:
        end = time.monotonic() + SECONDS_TO_START
        while not any(line["event"] == "started" for line in self._lines()):
            self._check()
            if time.monotonic() > end:
                raise BenchError(f"the gateway did not start in {SECONDS_TO_START:.0f} s")
            time.sleep(SECONDS_BETWEEN_LOOKS)

    def _check(self) -> None:
        if self._process.poll() is not None:
            last = "\n".join(self._log.read_text(errors="replace").splitlines()[-20:])
            raise BenchError(f"the gateway ended with {self._process.returncode}:\n{last}")

    def _lines(self) -> Iterator[dict[str, object]]:
        for text in self._log.read_text(errors="replace").splitlines():
            try:
                line = json.loads(text)
            except ValueError:
                line = {"event": text}
            if isinstance(line, dict):
                yield {"level": "unknown", "event": "", **line}

    def _stop(self) -> None:
        """End it; at the second SIGTERM it does not wait for its calls."""
        for order in (signal.SIGTERM, signal.SIGTERM, signal.SIGKILL):
            if self._process.poll() is None:
                self._process.send_signal(order)
                try:
                    self._process.wait(SECONDS_TO_STOP / 3)
                except subprocess.TimeoutExpired:
                    continue
