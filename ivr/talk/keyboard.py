"""Keys from the keyboard of a terminal, or from a pipe."""

import sys
import termios
import tty
from collections import deque
from threading import Thread
from typing import Any, Self

KEYS = frozenset("0123456789*#ABCD")
HANG_UP = frozenset("q\x04")
"""The letter, and the end of input."""
ENTER = frozenset("\n")


class Keyboard:
    """What has been pressed and not been asked for yet; a context manager."""

    def __init__(self, wanted: frozenset[str]) -> None:
        """Keys that are not `wanted` are passed over."""
        self._wanted = wanted
        self._pressed: deque[str] = deque()
        self._manners: list[Any] | None = None

    def __enter__(self) -> Self:
        if sys.stdin.isatty():
            self._manners = termios.tcgetattr(sys.stdin)
            tty.setcbreak(sys.stdin)  # each key at once, and Ctrl-C as ever
        Thread(target=self._read, name="keyboard", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._manners is not None:
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, self._manners)

    def pressed(self) -> str:
        """Return the next key, or "" when none waits."""
        return self._pressed.popleft() if self._pressed else ""

    def _read(self) -> None:
        while sign := sys.stdin.read(1):
            if sign in self._wanted:
                self._pressed.append(sign)
