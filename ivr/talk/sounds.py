"""What the caller says and what becomes of what he hears: a sound card, or recordings."""

from collections import deque
from collections.abc import Sequence
from typing import Protocol

from ivr.talk import SECONDS_A_TICK, SILENCE, TICK

SECONDS_BEFORE = 0.4
"""How long a caller draws breath after he was spoken to."""


class Sound(Protocol):
    """Where sound comes from and goes to, 20 ms at a time."""

    def said(self, *, is_spoken_to: bool) -> bytes:
        """Return the next 20 ms of the caller; `is_spoken_to` while a prompt is played."""

    def heard(self, samples: bytes) -> None:
        """Let the caller hear 20 ms."""

    @property
    def is_done(self) -> bool:
        """Whether the caller will say nothing more."""

    def close(self) -> None: ...


class Recordings:
    """Says one recording after the other, each when nobody speaks to him; hears nothing."""

    def __init__(self, recordings: Sequence[bytes]) -> None:
        """16-bit samples, 8000 a second, one channel."""
        self._waiting = deque(map(_ticks, recordings))
        self._saying: deque[bytes] = deque()
        self._quiet = 0.0

    def said(self, *, is_spoken_to: bool) -> bytes:
        if self._saying:
            return self._saying.popleft()
        self._quiet = 0.0 if is_spoken_to else self._quiet + SECONDS_A_TICK
        if self._quiet >= SECONDS_BEFORE and self._waiting:
            self._quiet = 0.0
            self._saying = self._waiting.popleft()
        return SILENCE

    def heard(self, samples: bytes) -> None:
        del samples

    @property
    def is_done(self) -> bool:
        return not self._saying and not self._waiting

    def close(self) -> None: ...


def _ticks(samples: bytes) -> deque[bytes]:
    whole = samples + bytes(-len(samples) % TICK)
    return deque(whole[at : at + TICK] for at in range(0, len(whole), TICK))
