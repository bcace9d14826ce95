"""Records what a line says into a WAV, until told, until it is long enough, or until silence."""

from collections.abc import Callable
from pathlib import Path

from ivr.errors import SipError
from ivr.sip.audio import Audio, connect, disconnect, seconds_recorded
from ivr.sip.hearing import Port
from ivr.sip.leg import destroy
from ivr.sip.timers import Timer, Timers

_SECONDS_BETWEEN_LEVELS = 0.06
"""Three frames: speech is caught between its syllables, at a few microseconds a look."""
_LOUD = 10
"""On the library's logarithmic scale of 0 to 49, about -38 dBFS: over line noise, under speech."""
_SECONDS_BETWEEN_LOOKS = 0.02
_MOST_LOOKS = 50
"""The media clock finishes the file at its next tick; a full second means that it will not."""


class Recording:
    """`ended` is called once, with the seconds the file holds (0.0 when it is unusable)."""

    def __init__(
        self,
        file: Path,
        port: Port,
        ended: Callable[[float], None],
        *,
        audio: Audio,
        timers: Timers,
    ) -> None:
        """Raises `SipError` when the file cannot be written."""
        self._file = file
        self._port = port
        self._ended = ended
        self._timers = timers
        self._recorder = audio.recorder(file)
        self._timer: list[Timer] = []
        self._quiet_since = timers.now
        self._looks = 0

    def start(self, seconds: float, seconds_of_silence: float) -> None:
        """Stop by itself after `seconds`, or after so much silence when that is not 0."""
        self._timer.append(self._timers.after(seconds, self.stop))
        self._quiet_since = self._timers.now
        if seconds_of_silence > 0:
            self._listen(seconds_of_silence)
        self.refresh()

    def refresh(self) -> None:
        """The line's port may be another one."""
        port = self._port()
        if self._recorder is not None and port is not None:
            try:
                connect(port, self._recorder)
            except SipError:
                return  # the port has gone under us; the line's end is on its way

    def stop(self) -> None:
        """Ends in `ended`, a few milliseconds later; harmless when it has stopped."""
        if self._recorder is None:
            return
        for timer in self._timer:
            timer.cancel()
        port = self._port()
        if port is not None:
            disconnect(port, self._recorder)
        destroy(self._recorder)
        self._recorder = None
        self._timers.after(_SECONDS_BETWEEN_LOOKS, self._look)

    def _listen(self, seconds_of_silence: float) -> None:
        now = self._timers.now
        if self._level() >= _LOUD:
            self._quiet_since = now
        if now - self._quiet_since >= seconds_of_silence:
            self.stop()
            return
        self._timer[1:] = [
            self._timers.after(_SECONDS_BETWEEN_LEVELS, lambda: self._listen(seconds_of_silence))
        ]

    def _level(self) -> int:
        port = self._port()
        # The library names the directions as seen from the bridge: what the line sends to it.
        return int(port.getTxLevel()) if port is not None else 0

    def _look(self) -> None:
        seconds = seconds_recorded(self._file)
        self._looks += 1
        if seconds is None and self._looks < _MOST_LOOKS:
            self._timers.after(_SECONDS_BETWEEN_LOOKS, self._look)
        else:
            self._ended(seconds or 0.0)
