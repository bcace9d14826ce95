"""Both sides of a call in one WAV: the caller on the left, the gateway on the right."""

import array
import wave
from pathlib import Path

from ivr.errors import IvrError
from ivr.talk import RATE, SAMPLES

_SIDES = 2


class Saving:
    """A stereo WAV that grows by 20 ms."""

    def __init__(self, file: Path) -> None:
        """Raises `IvrError` when it cannot be written."""
        try:
            self._open = file.open("wb")
        except OSError as error:
            raise IvrError(f"{file}: cannot be written: {error.strerror}") from error
        self._file = wave.open(self._open, "wb")  # noqa: SIM115 -- closed by `close`
        self._file.setnchannels(_SIDES)
        self._file.setsampwidth(2)
        self._file.setframerate(RATE)

    def take(self, said: bytes, heard: bytes) -> None:
        both = array.array("h", bytes(2 * _SIDES * SAMPLES))
        both[::_SIDES] = array.array("h", said)
        both[1::_SIDES] = array.array("h", heard)
        self._file.writeframes(both.tobytes())

    def close(self) -> None:
        self._file.close()
        self._open.close()
