"""Recordings for the tests, and a look at what was recorded."""

import math
import struct
import wave
from pathlib import Path

RATE = 8000


def tone(file: Path, hz: float, seconds: float, *, after: float = 0.0) -> Path:
    """A sine; `after` seconds into it, so that two files can make one unbroken tone."""
    first = round(after * RATE)
    samples = (
        int(8000 * math.sin(2 * math.pi * hz * (first + place) / RATE))
        for place in range(round(seconds * RATE))
    )
    return _write(file, b"".join(struct.pack("<h", sample) for sample in samples))


def silence(file: Path, seconds: float) -> Path:
    return _write(file, bytes(2 * round(seconds * RATE)))


def samples(file: Path) -> bytes:
    """The samples of a finished recording."""
    with wave.open(str(file), "rb") as recording:
        return recording.readframes(recording.getnframes())


def _write(file: Path, data: bytes) -> Path:
    with wave.open(str(file), "wb") as recording:
        recording.setnchannels(1)
        recording.setsampwidth(2)
        recording.setframerate(RATE)
        recording.writeframes(data)
    return file
