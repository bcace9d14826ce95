"""The world around the gateway: the daemon and the telephones, each a process of its own."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

Show = Callable[[str, str], None]
"""Shows one line: who speaks, and what."""


class NotHappened(Exception):  # noqa: N818 -- it reads as what it says
    """Something that had to happen did not, in time."""


class Process:
    """A child process whose lines of output are kept, in order, until somebody waits for one."""

    def __init__(self, name: str, command: list[str], show: Show) -> None:
        self.name = name
        self._show = show
        self._heard: deque[str] = deque()
        self._news = threading.Condition()
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def write(self, line: str) -> None:
        """Send one line to the process."""
        if self._process.stdin is None:  # it is a pipe: see above
            return
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def wait_for(self, wanted: Callable[[str], bool], what: str, seconds: float) -> str:
        """Return the next line that is wanted; raises NotHappened after `seconds`.

        Lines before it are let go: what is waited for later comes later.
        """
        end = time.monotonic() + seconds
        with self._news:
            while True:
                while self._heard:
                    line = self._heard.popleft()
                    if wanted(line):
                        return line
                left = end - time.monotonic()
                if left <= 0 or not (self._reader.is_alive() or self._heard):
                    raise NotHappened(f"{self.name}: {what} did not happen in {seconds:.0f} s")
                self._news.wait(min(left, 0.5))

    def stop(self, seconds: float = 15.0) -> int:
        """Ask it to end, wait, and return its exit status."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        try:
            status = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            status = self._process.wait()
        self._reader.join(2.0)
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(OSError):  # it went before it had read everything
                    stream.close()
        return status

    def _read(self) -> None:
        for line in self._process.stdout or ():
            text = line.rstrip("\n")
            self._show(self.name, text)
            with self._news:
                self._heard.append(text)
                self._news.notify_all()


class Gateway(Process):
    """`ivr run FOLDER --watch`."""

    def __init__(self, folder: Path, show: Show) -> None:
        command = [sys.executable, "-m", "ivr", "run", str(folder), "--watch"]
        super().__init__("gateway", command, show)

    def wait_until(self, text: str, seconds: float = 20.0) -> str:
        """Return the next line that holds `text`."""
        return self.wait_for(lambda line: text in line, f"{text!r}", seconds)


class Telephone(Process):
    """One `python -m demo.phone`, told what to do and asked what happened."""

    def __init__(self, name: str, port: int, show: Show, *more: str) -> None:
        command = [sys.executable, "-m", "demo.phone", "--name", name, "--port", str(port)]
        super().__init__(name, [*command, *more], show)

    def do(self, order: str, **details: object) -> None:
        """Send a command; see `python -m demo.phone --help`."""
        self.write(json.dumps({"do": order, **details}))

    def stop(self, seconds: float = 15.0) -> int:
        """Let it put the receiver down and finish its recording; then as any process."""
        with suppress(OSError, ValueError):  # it has gone already
            self.do("quit")
            self._reader.join(5.0)
        return super().stop(seconds)

    def wait_until_it(self, event: str, seconds: float = 20.0) -> Mapping[str, Any]:
        """Return the next event of that name."""

        def is_it(line: str) -> bool:
            return line.startswith("{") and json.loads(line)["event"] == event

        happened: Mapping[str, Any] = json.loads(self.wait_for(is_it, event, seconds))
        return happened
