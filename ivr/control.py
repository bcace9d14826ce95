"""The local socket by which a running gateway is told things: one JSON object a line.

    {"command": "reload"}   ->  {"ok": true, "text": "..."}

Only processes of this box that may open the socket's file (mode 0660) get in. The daemon
answers on its owner thread; this module only carries the words.
"""

import json
import socket
import threading
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import suppress
from pathlib import Path

from ivr.errors import IvrError

Request = dict[str, str]
Reply = dict[str, str | bool]
SECONDS_TO_ANSWER = 30.0
LONGEST_LINE = 65536


class ControlError(IvrError):
    """No gateway listens on this socket, or it did not answer."""


class ControlServer:
    """Listens on a Unix socket in a thread of its own; `ask` hands a request to the owner."""

    def __init__(self, path: Path, ask: Callable[[Request], Future[Reply]]) -> None:
        self._path = path
        self._ask = ask
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._is_ours = False
        self._thread = threading.Thread(target=self._serve, name="control", daemon=True)

    def start(self) -> None:
        """Take the socket; one left by a process that was killed is replaced.

        Raises ControlError when it cannot be had.
        """
        try:
            self._take()
        except OSError as error:
            reason = error.strerror or error
            raise ControlError(f"{self._path}: no control socket can be here ({reason})") from error
        self._thread.start()

    def _take(self) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        if self._path.is_socket():
            if _is_answered(self._path):
                raise ControlError(f"{self._path}: another gateway is running with this socket")
            self._path.unlink()
        self._socket.bind(str(self._path))  # which anything else that lies there prevents
        self._is_ours = True
        self._path.chmod(0o660)
        self._socket.listen(8)

    def close(self) -> None:
        with suppress(OSError):  # it was never started
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        if self._is_ours:
            self._path.unlink(missing_ok=True)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection: socket.socket) -> None:
        connection.settimeout(SECONDS_TO_ANSWER)
        with connection, connection.makefile(encoding="utf-8", errors="replace") as lines:
            try:
                for line in iter(lambda: lines.readline(LONGEST_LINE), ""):
                    answer = json.dumps(self._answer(line), ensure_ascii=False) + "\n"
                    connection.sendall(answer.encode())
            except OSError:
                return  # whoever asked has gone

    def _answer(self, line: str) -> Reply:
        try:
            request = json.loads(line)
            if not isinstance(request, dict) or not isinstance(request.get("command"), str):
                return {"ok": False, "text": 'expected {"command": "..."}'}
            return self._ask(request).result(timeout=SECONDS_TO_ANSWER)
        except json.JSONDecodeError as error:
            return {"ok": False, "text": f"not JSON: {error}"}
        except FutureTimeoutError:
            return {"ok": False, "text": "the gateway did not answer in time"}


def send(path: Path, request: Request) -> Reply:
    """Send one request to a running gateway and return its reply; raises ControlError."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(SECONDS_TO_ANSWER)
        try:
            connection.connect(str(path))
            connection.sendall((json.dumps(request) + "\n").encode())
            with connection.makefile(encoding="utf-8") as lines:
                line = lines.readline(LONGEST_LINE)
        except OSError as error:
            raise ControlError(f"{path}: no gateway answers there ({error.strerror})") from error
    if not line:
        raise ControlError(f"{path}: the gateway closed the connection without an answer")
    reply: Reply = json.loads(line)
    return reply


def _is_answered(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True
