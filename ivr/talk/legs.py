"""The lines of a call without a telephone: orders in, events out, as `ivr.sip.Line` has them."""

import wave
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

from ivr.engine.events import (
    CALLER,
    CallEvent,
    Ending,
    KeyPressed,
    LineAnswered,
    LineEnded,
    LineRang,
    PromptEnded,
    RecordingEnded,
)
from ivr.errors import SipError
from ivr.talk import RATE, SECONDS_A_TICK, SILENCE, TICK
from ivr.talk.recording import Recording

Post = Callable[[CallEvent], None]
SECONDS_TO_ANSWER = 2.0
"""How long an agent's telephone rings here."""


class Listener(Protocol):
    """As `ivr.speech.Listening` is."""

    @property
    def is_busy(self) -> bool: ...
    def feed(self, pcm: bytes, /, *, over_prompt: bool) -> None: ...
    def stop(self) -> None: ...


class CallerLeg:
    """Whoever talks here. Nothing is posted from inside an order, only from `tick` and `press`."""

    def __init__(self, caller: str, dialled: str) -> None:
        self.caller = caller
        self.dialled = dialled
        self.is_over = False
        self._post: Post = lambda _event: None
        self._heard = b""
        self._is_music = False
        self._place = 0
        self._turn: int | None = None
        self._recording: Recording | None = None
        self._listener: Listener | None = None
        self._later: deque[CallEvent] = deque()

    # --- orders -------------------------------------------------------------------------------

    def attach(self, number: int, post: Post) -> None:
        del number
        self._post = post

    def answer(self) -> None:
        """He has taken the receiver off already."""

    def reject(self, code: int, retry_after: int = 0) -> None:
        del code, retry_after
        self.hang_up()

    def hang_up(self) -> None:
        if not self.is_over:
            self.is_over = True
            self.stop_playing()
            self.stop_listening()
            self._later.append(LineEnded(CALLER))
            self.stop_recording()

    def play(self, turn: int, files: Sequence[Path], seconds: float) -> None:
        """Raises `SipError` when a file cannot be played."""
        del seconds
        self._hear(b"".join(map(_samples, files)), is_music=False)
        self._turn = turn

    def play_music(self, file: Path) -> None:
        """Raises `SipError` when the file cannot be played."""
        self._hear(_samples(file), is_music=True)

    def stop_playing(self) -> None:
        self._hear(b"", is_music=False)

    def bridge(self, other: Any) -> None:  # noqa: ANN401 -- a leg of this module
        """Nobody is at the other end: he hears silence."""
        del other
        self.stop_playing()

    def record(self, turn: int, path: Path, seconds: float, seconds_of_silence: float) -> None:
        self.stop_recording()
        self._recording = Recording(turn, path, seconds, seconds_of_silence)

    def stop_recording(self) -> None:
        recording, self._recording = self._recording, None
        if recording is not None:
            self._later.append(RecordingEnded(recording.turn, recording.close()))

    def listen(self, listener: Listener) -> None:
        self.stop_listening()
        self._listener = listener

    def stop_listening(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.stop()

    # --- what happens -------------------------------------------------------------------------

    @property
    def is_spoken_to(self) -> bool:
        """Whether a prompt is played: a polite caller waits."""
        return self._turn is not None

    @property
    def is_behind(self) -> bool:
        """Whether the recogniser has not heard yet what was said."""
        return self._listener is not None and self._listener.is_busy

    def press(self, key: str) -> None:
        self._post(KeyPressed(key))

    def end(self) -> None:
        """He puts the receiver down."""
        self.hang_up()

    def tick(self, said: bytes) -> bytes:
        """Take 20 ms of what he says; return 20 ms of what he hears."""
        if self._listener is not None:
            self._listener.feed(said, over_prompt=self.is_spoken_to)
        if self._recording is not None and not self._recording.take(said):
            self.stop_recording()
        heard = self._next()
        while self._later:
            self._post(self._later.popleft())
        return heard

    def _hear(self, samples: bytes, *, is_music: bool) -> None:
        self._heard, self._place, self._is_music, self._turn = samples, 0, is_music, None

    def _next(self) -> bytes:
        tick = self._heard[self._place : self._place + TICK]
        self._place += TICK
        if self._place >= len(self._heard):
            self._place = 0
            if not self._is_music:
                turn = self._turn
                self.stop_playing()
                if turn is not None:
                    self._later.append(PromptEnded(turn))
        return tick + SILENCE[len(tick) :]


class AgentLeg(CallerLeg):
    """An agent who answers after a while, and is silent."""

    def __init__(self, number: int, post: Post) -> None:
        super().__init__("", "")
        self._number = number
        self._ticks = 0
        self._post = post

    def hang_up(self) -> None:
        if not self.is_over:
            self.is_over = True
            self._later.append(LineEnded(self._number, Ending.HUNG_UP))

    def tick(self, said: bytes) -> bytes:
        self._ticks += 1
        if self._ticks == 1 and not self.is_over:
            self._later.append(LineRang(self._number))
        if self._ticks == int(SECONDS_TO_ANSWER / SECONDS_A_TICK) and not self.is_over:
            self._later.append(LineAnswered(self._number))
        return super().tick(said)


def _samples(file: Path) -> bytes:
    try:
        with wave.open(str(file)) as recording:
            form = (recording.getframerate(), recording.getnchannels(), recording.getsampwidth())
            samples: bytes = recording.readframes(recording.getnframes())
    except (OSError, EOFError, wave.Error) as error:
        raise SipError(f"cannot play {file}: {error}") from error
    if form != (RATE, 1, 2):
        raise SipError(f"cannot play {file}: it is not 8 kHz, mono, 16 bits")
    return samples
