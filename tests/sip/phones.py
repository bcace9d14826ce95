"""Telephones for the tests: `python -m demo.phone`, each a process of its own."""

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO

from tests.sip.desk import Desk, free_port

_ROOT = Path(__file__).parents[2]


class Phone:
    """Told what to do by `do`; what it has told lies in `events`."""

    def __init__(self, name: str, *options: str) -> None:
        self.port = free_port()
        self.events: list[dict[str, object]] = []
        command = [sys.executable, "-m", "demo.phone", "--name", name, "--port", str(self.port)]
        command += ["--rtp-port", str(free_port()), "--seconds", "60", *options]
        self._process = subprocess.Popen(
            command,
            cwd=_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def do(self, name: str, **values: object) -> None:
        stdin = self._stream(self._process.stdin)
        stdin.write(json.dumps({"do": name, **values}) + "\n")
        stdin.flush()

    def tell(self, desk: Desk, name: str, **values: object) -> None:
        """Tell it what to do, and wait until that is done."""
        self.events = [said for said in self.events if said["event"] != "done"]
        self.do(name, **values)
        desk.until(lambda: self.said("done"))

    def said(self, event: str) -> dict[str, object] | None:
        """The latest event of this kind."""
        return next((said for said in reversed(self.events) if said["event"] == event), None)

    def ready(self, desk: Desk) -> "Phone":
        desk.until(lambda: self.said("ready"), 10)
        return self

    def measure(self, desk: Desk, seconds: float = 0.5) -> tuple[float, float]:
        """The tone and the level that it hears now."""
        self.events = [said for said in self.events if said["event"] != "measured"]
        self.do("measure", seconds=seconds)
        desk.until(lambda: self.said("measured"))
        heard = self.said("measured")
        assert heard is not None
        return float(str(heard["hz"])), float(str(heard["level"]))

    def stop(self) -> None:
        self._stream(self._process.stdin).close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._reader.join(1)
        self._stream(self._process.stdout).close()

    def _read(self) -> None:
        for line in self._stream(self._process.stdout):
            self.events.append(json.loads(line))

    def _stream(self, stream: IO[str] | None) -> IO[str]:
        assert stream is not None
        return stream
