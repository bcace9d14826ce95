"""Microphone and loudspeaker. The one user of PyAudio, which is imported when it is wanted."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ivr.errors import IvrError
from ivr.talk import RATE, SAMPLES

_BITS = 16


class Card:
    """The machine's own microphone and loudspeaker, which set the pace."""

    def __init__(self, *, listens: bool = True, speaks: bool = True) -> None:
        """Raises `IvrError` when there is no PyAudio or no sound card."""
        with _quiet():
            self._library, self._stream = _opened(listens=listens, speaks=speaks)

    def said(self, *, is_spoken_to: bool = False) -> bytes:
        del is_spoken_to
        try:
            samples: bytes = self._stream.read(SAMPLES, exception_on_overflow=False)
        except OSError as error:
            raise IvrError(f"the microphone has gone: {error}") from error
        return samples

    def heard(self, samples: bytes) -> None:
        try:
            self._stream.write(samples)
        except OSError as error:
            raise IvrError(f"the loudspeaker has gone: {error}") from error

    @property
    def is_done(self) -> bool:
        return False

    def close(self) -> None:
        self._stream.close()
        self._library.terminate()


def _opened(*, listens: bool, speaks: bool) -> tuple[Any, Any]:
    try:
        import pyaudio  # noqa: PLC0415 -- only with a sound card is it there
    except ImportError as error:
        raise IvrError(
            "PyAudio is not there: `apt-get install portaudio19-dev`, `pip install 'ivr[talk]'`"
        ) from error
    library = pyaudio.PyAudio()
    try:
        stream = library.open(
            rate=RATE,
            channels=1,
            format=pyaudio.get_format_from_width(_BITS // 8),
            input=listens,
            output=speaks,
            frames_per_buffer=SAMPLES,
        )
    except (OSError, ValueError) as error:
        library.terminate()
        raise IvrError(f"there is no sound card that can be used: {error}") from error
    return library, stream


@contextmanager
def _quiet() -> Iterator[None]:
    """ALSA tells on standard error what it has tried; only the end of it matters."""
    sys.stderr.flush()
    kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    try:
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)
