"""Keeps from the recogniser what is too quiet to be the caller: our own prompt come back to us.

Telephone lines echo. A prompt speaks at -20 dBFS, and its echo at least 20 dB below that, while
a caller at his telephone is little quieter than the prompt. So while a prompt is played only
what is well over its echo is passed on, and silence in the place of the rest; after it, only
what nobody could understand is held back. Measured without this, every prompt that names its
choices was taken for a caller who says them, at -20 dB and at -30 dB.

A word begins and ends more quietly than it is: what comes shortly before something loud is
passed on with it, and what comes after it until the recogniser has seen the pause.
"""

from array import array
from collections import deque
from collections.abc import Iterator
from operator import mul

from ivr.speech.folder import RATE

DECIBELS_OVER_PROMPT = -30.0
DECIBELS = -50.0
"""Of full scale, the root mean square of a frame: it must be over the first while we speak."""
FRAME = 2 * RATE // 50
"""Bytes of 20 ms."""
FRAMES_BEFORE = 10
FRAMES_AFTER = 40
"""More than the pause that ends an utterance."""
FRAMES_OF_ECHO = 15
"""How long a line may still echo after a prompt is over."""
_SILENCE = bytes(FRAME)


def _power(decibels: float) -> float:
    return float((32768 * 10 ** (decibels / 20)) ** 2)


_OVER_PROMPT, _ALONE = _power(DECIBELS_OVER_PROMPT), _power(DECIBELS)


class Gate:
    """Samples in, as many out; those of quiet stretches as silence, and a little later."""

    def __init__(self) -> None:
        self._held: deque[bytes] = deque()
        self._open = 0
        self._echo = 0

    def take(self, samples: bytes, *, over_prompt: bool) -> bytes:
        """Return what is passed on; `over_prompt` while the line hears a prompt of ours."""
        return b"".join(self._passed(samples, over_prompt=over_prompt))

    def _passed(self, samples: bytes, *, over_prompt: bool) -> Iterator[bytes]:
        for at in range(0, len(samples), FRAME):
            frame = samples[at : at + FRAME]
            self._echo = FRAMES_OF_ECHO if over_prompt else max(0, self._echo - 1)
            if mean_square(frame) >= (_OVER_PROMPT if self._echo else _ALONE):
                self._open = FRAMES_AFTER
                yield from self._held
                self._held.clear()
            if self._open:
                self._open -= 1
                yield frame
                continue
            self._held.append(frame)
            if len(self._held) > FRAMES_BEFORE:
                yield _SILENCE[: len(self._held.popleft())]


def mean_square(frame: bytes) -> float:
    """Return the power of 16-bit samples."""
    values = array("h", frame[: len(frame) // 2 * 2])
    power: int = sum(map(mul, values, values))
    return power / max(1, len(values))
