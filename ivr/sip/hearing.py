"""What one line hears: silence, a prompt, music, or another line.

A line that hears nothing is sent silence: a gateway that stops sending while a caller thinks
or leaves a message looks dead to the PBX. A hold or re-INVITE may give a line another port,
so ports are asked for when they are used and never kept.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from ivr.errors import SipError
from ivr.sip.audio import Audio, connect, disconnect
from ivr.sip.native import Native
from ivr.sip.timers import Timer, Timers

Port = Callable[[], Native]
"""Gives the port of a line or player, or None while there is none."""

_SECONDS_OF_TAIL = 0.06
"""Until the first sample leaves: one tick of the media clock, and the time of one poll."""


class Prompt:
    """Recordings being played; the end is counted, and stands still while the line is held."""

    def __init__(self, player: Native, seconds: float, ended: Callable[[], None]) -> None:
        self.player = player
        self._left = seconds + _SECONDS_OF_TAIL
        self._ended = ended
        self._timer: Timer | None = None

    def run(self, timers: Timers) -> None:
        if self._timer is None:
            self._timer = timers.after(self._left, self._ended)

    def pause(self, timers: Timers) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._left = max(0.0, self._timer.due - timers.now)
            self._timer = None


class Hearing:
    """Owned by one line; `port` is that line's own, `can_hear` false while it is held."""

    def __init__(
        self, port: Port, can_hear: Callable[[], bool], audio: Audio, timers: Timers
    ) -> None:
        self.port = port
        self.listeners: set[Hearing] = set()
        self._can_hear = can_hear
        self._audio = audio
        self._timers = timers
        self._source: Port = self._silence
        self._is_connected = False
        self._prompt: Prompt | None = None
        self._other: Hearing | None = None

    def play(self, files: Sequence[Path], seconds: float, ended: Callable[[], None]) -> None:
        """Play instead of what is heard. Raises `SipError`; what is heard then stops."""
        self.hear_nothing()
        prompt = Prompt(self._audio.prompt(files), seconds, ended)
        self._change(lambda: prompt.player)
        self._prompt = prompt
        self._pace()

    def play_music(self, file: Path) -> None:
        """Play in a loop instead of what is heard. Raises `SipError`."""
        self.hear_nothing()
        player = self._audio.music(file)
        self._change(lambda: player)

    def hear(self, other: "Hearing") -> None:
        """Hear what the other line says."""
        self.hear_nothing()
        self._other = other
        other.listeners.add(self)
        self._change(other.port)

    def hear_nothing(self) -> None:
        other, self._other = self._other, None
        if other is not None:
            other.listeners.discard(self)
        self._change(self._silence)
        self.give_back()

    def give_back(self) -> None:
        """Let the player go that is this line's own."""
        prompt, self._prompt = self._prompt, None
        if prompt is not None:
            prompt.pause(self._timers)
            self._audio.discard(prompt.player)

    def hears_prompt(self) -> bool:
        """Whether a prompt is played; any thread may ask."""
        return self._prompt is not None

    def refresh(self) -> None:
        """The line's port has changed, or it is held or heard again."""
        self._reconnect()
        for listener in self.listeners:
            listener._reconnect()  # noqa: SLF001 -- another of the same class

    def close(self) -> None:
        """The line is over: its port has gone, and everything connected to it."""
        self._is_connected = False
        self.hear_nothing()
        for listener in tuple(self.listeners):
            listener.hear_nothing()

    def _reconnect(self) -> None:
        self._change(self._source)
        self._pace()

    def _change(self, source: Port) -> None:
        if self._is_connected:
            self._disconnect()
        self._source = source
        self._connect()

    def _connect(self) -> None:
        if not self._can_hear():
            return
        port, source = self.port(), self._source()
        if port is None or source is None:
            return
        try:
            connect(source, port)
        except SipError:
            return  # the port has gone under us; the line's end is on its way
        self._is_connected = True

    def _disconnect(self) -> None:
        port, source = self.port(), self._source()
        if port is not None and source is not None:
            disconnect(source, port)
        self._is_connected = False

    def _pace(self) -> None:
        if self._prompt is None:
            return
        if self._is_connected:
            self._prompt.run(self._timers)
        else:
            self._prompt.pause(self._timers)

    def _silence(self) -> Native:
        return self._audio.silence
