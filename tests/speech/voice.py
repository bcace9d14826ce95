"""Somebody who speaks Danish: espeak-ng, at the rate of a telephone."""

from array import array
from collections.abc import Iterator
from functools import cache

from ivr.prompts import audio
from ivr.prompts.voices import Espeak
from ivr.speech.folder import RATE

FRAME = 320
"""Bytes in 20 ms."""


@cache
def speech(text: str, voice: str = "da+m3") -> bytes:
    """Return 16-bit samples of somebody who says this, without quiet around it."""
    samples = audio.for_telephone(Espeak(voice).speak(text), lead=0.0, tail=0.0)
    return array("h", [round(12_000 * sample) for sample in samples]).tobytes()


def silence(seconds: float) -> bytes:
    return bytes(2 * round(seconds * RATE))


def frames(samples: bytes) -> Iterator[bytes]:
    """Yield 20 ms at a time, as they come over a telephone."""
    whole = samples + bytes(-len(samples) % FRAME)
    return (whole[at : at + FRAME] for at in range(0, len(whole), FRAME))
