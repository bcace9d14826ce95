"""Warnings for the log: without whom they are about, and not more than anybody reads.

Whoever can reach the SIP port can make the library warn as often as he likes.
"""

import re
from collections.abc import Callable

from ivr.sip.timers import Timers

MOST = 20
SECONDS = 60.0

_PERSONAL = re.compile(r"(?:sips?|tel):[^\s>;]*|\+?\d{5,}", re.IGNORECASE)
"""An address or a number."""


class Warnings:
    """Passes on the first `MOST` of each `SECONDS`, then how many there were besides."""

    def __init__(self, timers: Timers, warn: Callable[[str], None]) -> None:
        self._timers = timers
        self._warn = warn
        self._said = 0

    def __call__(self, text: str) -> None:
        """Say the first line of `text`: behind it the library prints whole packets."""
        if self._said == 0:
            self._timers.after(SECONDS, self._begin_again)
        self._said += 1
        if self._said <= MOST:
            self._warn(impersonal(text))

    def _begin_again(self) -> None:
        more, self._said = self._said - MOST, 0
        if more > 0:
            self._warn(f"{more} more warnings in the last {SECONDS:.0f} s")


def impersonal(text: str) -> str:
    """The first line, with numbers and addresses left out."""
    return _PERSONAL.sub("...", text.strip().partition("\n")[0].strip())
