"""A message: what the caller says, written down until he is silent or it is long enough."""

import array
import wave
from pathlib import Path

from ivr.talk import RATE, SECONDS_A_TICK

_LOUD = 400
"""Of 32768, about -38 dBFS: over the noise of a room, under speech."""


class Recording:
    """A WAV that grows by ticks."""

    def __init__(self, turn: int, path: Path, seconds: float, seconds_of_silence: float) -> None:
        """Stops after `seconds`, or after so much silence when that is not 0. Raises OSError."""
        self.turn = turn
        self._most = seconds
        self._most_silence = seconds_of_silence
        self._seconds = 0.0
        self._silence = 0.0
        self._open = path.open("wb")
        self._file = wave.open(self._open, "wb")  # noqa: SIM115 -- closed by `close`
        self._file.setnchannels(1)
        self._file.setsampwidth(2)
        self._file.setframerate(RATE)

    def take(self, said: bytes) -> bool:
        """Write 20 ms; return whether it goes on."""
        self._file.writeframes(said)
        self._seconds += SECONDS_A_TICK
        loud = max(map(abs, array.array("h", said)), default=0) >= _LOUD
        self._silence = 0.0 if loud else self._silence + SECONDS_A_TICK
        is_quiet = 0 < self._most_silence <= self._silence
        return self._seconds < self._most and not is_quiet

    def close(self) -> float:
        """Finish the file; return its seconds."""
        self._file.close()
        self._open.close()
        return round(self._seconds, 2)
