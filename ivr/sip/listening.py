"""Hands what a line says to a listener while he listens.

A port costs the media clock some microseconds a frame, also when it is connected to nothing.
So it is there only while somebody listens and the line can be heard.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from ivr.errors import SipError
from ivr.sip.audio import Audio, connect, disconnect
from ivr.sip.hearing import Port

if TYPE_CHECKING:
    from ivr.sip.frames import FramePort


class Listener(Protocol):
    """As `ivr.speech.Listening` is. `feed` is called on a thread of its own and never raises."""

    def feed(self, pcm: bytes, /, *, over_prompt: bool) -> None: ...
    def stop(self) -> None: ...


class Listening:
    """A listener at a line; `port` is that line's own, `can_hear` false while it is held.

    `hears_prompt` tells whether the line is played a prompt, which it may echo.
    """

    def __init__(
        self,
        listener: Listener,
        port: Port,
        can_hear: Callable[[], bool],
        hears_prompt: Callable[[], bool],
        audio: Audio,
    ) -> None:
        """Raises `SipError` when the line cannot be listened to."""
        self._listener = listener
        self._port = port
        self._can_hear = can_hear
        self._hears_prompt = hears_prompt
        self._audio = audio
        self._frames: FramePort | None = None
        self._attach()

    def refresh(self) -> None:
        """The line's port may be another one, or the line is held or heard again."""
        self._detach()
        try:
            self._attach()
        except SipError:
            return  # the port has gone under us; the line's end is on its way

    def stop(self) -> None:
        """Let nothing more be heard; harmless when it has stopped."""
        self._detach()
        self._listener.stop()

    def _attach(self) -> None:
        port = self._port() if self._can_hear() else None
        if port is None:
            return
        self._frames = self._audio.frames(self._feed)
        try:
            connect(port, self._frames.port)
        except SipError:
            self._detach()
            raise

    def _feed(self, pcm: bytes) -> None:
        """On the reader's thread; what it looks at is one word of memory."""
        self._listener.feed(pcm, over_prompt=self._hears_prompt())

    def _detach(self) -> None:
        frames, self._frames = self._frames, None
        if frames is None:
            return
        port = self._port()
        if port is not None:
            disconnect(port, frames.port)
        frames.close()
