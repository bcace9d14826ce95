"""Counts the frames that the media clock has played too late, to everybody at once.

One port hears the clock's own silence. What comes 40 ms after the frame before it has left a
gap in everybody's audio. A reader that is late itself finds the frames that have come meanwhile
and counts none of them.
"""

from collections.abc import Callable

from ivr.errors import SipError
from ivr.sip.audio import RATE, Audio, connect, disconnect

SECONDS_OF_FRAME = 0.02
BYTES_OF_FRAME = int(2 * RATE * SECONDS_OF_FRAME)
SECONDS_OF_GAP = 0.04


class Punctuality:
    """Watches the media clock from when it is made until `close`."""

    def __init__(self, audio: Audio, clock: Callable[[], float]) -> None:
        """`clock` tells steady seconds, on any thread. Raises `SipError`."""
        self._audio = audio
        self._clock = clock
        self._last: float | None = None
        self.late = 0
        """How many frames have been late so far."""
        self._frames = audio.frames(self.hear)
        try:
            connect(audio.silence, self._frames.port)
        except SipError:
            self._frames.close()
            raise

    def hear(self, pcm: bytes) -> None:
        """Take what has been played since the last time; on the reader's thread."""
        now, last = self._clock(), self._last
        self._last = now
        if last is not None and now - last >= SECONDS_OF_GAP:
            played = len(pcm) // BYTES_OF_FRAME
            self.late += max(0, int((now - last) / SECONDS_OF_FRAME) - played)

    def close(self) -> None:
        """Watch no more."""
        disconnect(self._audio.silence, self._frames.port)
        self._frames.close()
