"""Looks host names up beside the owner thread: the library would stop every call meanwhile."""

import socket
import threading
from queue import Empty, SimpleQueue


class Names:
    """Ask here, collect there; every question is answered once."""

    def __init__(self) -> None:
        self._found: SimpleQueue[tuple[str, tuple[str, ...]]] = SimpleQueue()

    def ask(self, host: str, *, is_six: bool) -> None:
        """Look `host` up; the answer comes out of `found`."""
        threading.Thread(target=self._look_up, args=(host, is_six), daemon=True).start()

    def found(self) -> list[tuple[str, tuple[str, ...]]]:
        """Hosts looked up since the last time, with their addresses; none when unknown."""
        answers = []
        while True:
            try:
                answers.append(self._found.get_nowait())
            except Empty:
                return answers

    def _look_up(self, host: str, is_six: bool) -> None:  # noqa: FBT001 -- a thread's argument
        family = socket.AF_INET6 if is_six else socket.AF_INET
        try:
            entries = socket.getaddrinfo(host, None, family, socket.SOCK_DGRAM)
        except (OSError, UnicodeError):
            entries = []
        # A set would lose the resolver's order of preference.
        addresses = tuple(dict.fromkeys(str(entry[4][0]) for entry in entries))
        self._found.put((host, addresses))
