"""What a gateway says while it runs: every line is kept, and each reader has a place of its own."""

import logging
import threading
from dataclasses import dataclass

_log = logging.getLogger(__name__)

PATIENCE = 20.0
"""Seconds after which a test gives up waiting."""


class NotSaid(AssertionError):  # noqa: N818 -- it reads as what it says
    """The gateway did not say what it should, in time."""


class Log:
    """The lines of one gateway, in the order they came."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._is_open = True
        self._news = threading.Condition()

    def add(self, name: str, line: str) -> None:
        """Keep a line; pytest shows all of them when the test fails."""
        _log.warning("%s %s", name, line)
        if name != "gateway":
            return
        with self._news:
            self.lines.append(line)
            self._news.notify_all()

    def begin(self) -> None:
        """A gateway speaks from now on."""
        self._is_open = True

    def end(self) -> None:
        """It has gone: nothing more will be said."""
        with self._news:
            self._is_open = False
            self._news.notify_all()

    def __contains__(self, text: str) -> bool:
        return any(text in line for line in tuple(self.lines))

    def find(self, text: str, place: "Place", whose: str, seconds: float) -> str:
        """Return the line that holds `text` at or after a place, which moves behind it."""
        mark = f"  {whose}  " if whose else ""
        found: list[str] = []

        def is_known() -> bool:
            while place.line < len(self.lines) and not found:
                line = self.lines[place.line]
                column = line.find(text, place.column) if mark in line else -1
                if column >= 0:
                    place.column = column + len(text)
                    found.append(line)
                else:
                    place.line, place.column = place.line + 1, 0
            return bool(found) or not self._is_open

        with self._news:
            self._news.wait_for(is_known, seconds)
        if not found:
            raise NotSaid(f"{text!r} of {whose or 'the gateway'} in {seconds:.0f} s")
        return found[0]


@dataclass
class Place:
    """Up to where somebody has read."""

    line: int = 0
    column: int = 0


class Story:
    """What is said about one call, or with `whose` "" about anything."""

    def __init__(self, log: Log, whose: str, place: Place) -> None:
        self.id = whose
        self._log = log
        self._place = place

    def tells(self, text: str, seconds: float = PATIENCE) -> str:
        """Wait until it is said, after what was said before; return the line."""
        return self._log.find(text, self._place, self.id, seconds)

    def of_next_call(self) -> "Story":
        """Return the story of the next call that comes in."""
        call = self.tells(" dials ").split()[1]
        return Story(self._log, call, Place(self._place.line, self._place.column))
