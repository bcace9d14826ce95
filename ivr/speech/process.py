"""The gateway's end of the recogniser's process: started, ordered, listened to, ended.

Whoever gives an order waits for nobody: a thread sends it.
"""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import IO

from ivr.errors import SpeechUnavailable
from ivr.speech.orders import Heard, Order, Ready, Told, Warned

SECONDS_TO_LOAD = 60.0
"""A model is loaded in a tenth of a second; a slow memory card and a cold cache take longer."""
SECONDS_TO_END = 5.0


class Process:
    """A recogniser in a process of its own, until it dies or `close`."""

    def __init__(
        self,
        folder: Path,
        workers: int,
        *,
        told: Callable[[Told | Heard | Warned], None],
        ended: Callable[[], None],
    ) -> None:
        """Return when it can listen. Raises `SpeechUnavailable` when it never will.

        From `begin` on, `told` gets its answers and `ended` its end, on a thread of their own.
        """
        self._told = told
        self._ended = ended
        self._orders: SimpleQueue[Order | None] = SimpleQueue()
        with tempfile.TemporaryFile("w+") as complaints:
            self._process, self._socket = _started(folder, workers, complaints)
            self._connection = Connection(os.dup(self._socket.fileno()))
            if not self._is_ready() or _read(complaints):
                status = self._end()
                why = _read(complaints) or f"it ended the process that loaded it ({status})"
                raise SpeechUnavailable(f"the speech model {folder} cannot be used: {why}")
        self._threads: list[Thread] = []

    @property
    def id(self) -> int:
        """The number by which the system knows it."""
        return self._process.pid

    def begin(self) -> None:
        """Send what has been ordered, and pass on what is told."""
        self._threads = [Thread(target=run, daemon=True) for run in (self._send, self._receive)]
        for thread in self._threads:
            thread.start()

    def order(self, order: Order) -> None:
        """Have something done; any thread may. Without effect once it has died."""
        self._orders.put(order)

    def kill(self) -> None:
        """It hangs: have it end as if it had died of itself. Any thread may."""
        self._process.kill()

    def close(self) -> None:
        """End it, and return when it has ended."""
        with suppress(OSError):  # it has died
            self._socket.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._end()

    def _is_ready(self) -> bool:
        try:
            return self._connection.poll(SECONDS_TO_LOAD) and self._connection.recv() == Ready()
        except (EOFError, OSError):
            return False

    def _end(self) -> int:
        """Let go of it, and return its status; it has little time for its end."""
        self._connection.close()
        self._socket.close()
        try:
            return self._process.wait(SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self._process.kill()
            return self._process.wait()

    # --- on threads of their own ----------------------------------------------------------------

    def _send(self) -> None:
        while (order := self._orders.get()) is not None:
            try:
                self._connection.send(order)
            except OSError:
                return

    def _receive(self) -> None:
        while True:
            try:
                answer = self._connection.recv()
            except (EOFError, OSError):
                break
            self._told(answer)
        self._orders.put(None)
        self._ended()


def _started(
    folder: Path, workers: int, complaints: IO[str]
) -> tuple[subprocess.Popen[bytes], socket.socket]:
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-m", "ivr.speech.serving", str(folder), str(workers)]
    with theirs:
        process = subprocess.Popen(  # noqa: S603 -- our own program
            [*command, str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=complaints,
            pass_fds=[theirs.fileno()],
        )
    return process, ours


def _read(complaints: IO[str]) -> str:
    """Return the last line that it complained in."""
    complaints.seek(0)
    return (complaints.read().strip().splitlines() or [""])[-1]
