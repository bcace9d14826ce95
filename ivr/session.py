"""One live call: the engine decides, the session carries out.

It turns actions into what lines do, and failures to do so into the events the engine expects
instead: a prompt that cannot be played is PromptFailed, a line that cannot be dialled is
LineFailed, one that cannot be listened to RecogniserFailed. So no order of the engine is ever
left without an answer.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from ivr.engine import actions as do
from ivr.engine import events as on
from ivr.engine.actions import Action, Prompt
from ivr.engine.events import CALLER, CallEvent, Failure
from ivr.engine.grammar import Grammar
from ivr.engine.record import message_name
from ivr.errors import RecordingMissing, SipError, SpeechUnavailable

Post = Callable[[CallEvent], None]


class Leg(Protocol):
    """One SIP call leg, as `ivr.sip.Line` is."""

    def answer(self) -> None: ...
    def reject(self, code: int, retry_after: int = 0) -> None: ...
    def hang_up(self) -> None: ...
    def play(self, turn: int, files: Sequence[Path], seconds: float) -> None: ...
    def play_music(self, file: Path) -> None: ...
    def stop_playing(self) -> None: ...
    def bridge(self, other: Any) -> None: ...  # noqa: ANN401 -- a leg of its own kind
    def record(self, turn: int, path: Path, seconds: float, seconds_of_silence: float) -> None: ...
    def stop_recording(self) -> None: ...
    def listen(self, listener: Any) -> None: ...  # noqa: ANN401 -- a listener of its own kind
    def stop_listening(self) -> None: ...


class Sound(Protocol):
    """The files that speak a prompt, in order, and how long they take together."""

    @property
    def files(self) -> tuple[Path, ...]: ...
    @property
    def seconds(self) -> float: ...


class Library(Protocol):
    """Where recordings are found, as `ivr.prompts.Recordings` is."""

    def find(self, language: str, prompt_id: str, numbers: Mapping[str, int]) -> Sound: ...
    def music(self, name: str) -> Path: ...


class Listening(Protocol):
    """One listening step, as `ivr.speech.Listening` is; the leg feeds it."""

    @property
    def is_over(self) -> bool: ...
    def stop(self) -> None: ...


class Recogniser(Protocol):
    """Understands what is said, as `ivr.speech.Speech` does; raises SpeechUnavailable."""

    def listen(self, turn: int, grammar: Grammar, seconds: float, post: Post) -> Listening: ...


Dialler = Callable[[do.Dial, Post], Leg]
"""Rings a target and returns its leg; raises SipError when it cannot even try."""


class Session:
    """Carries out the engine's orders for one call. Owner thread only."""

    def __init__(
        self,
        call: str,
        *,
        library: Library,
        dial: Dialler,
        messages: Path,
        post: Post,
        recogniser: Recogniser | None = None,
    ) -> None:
        self._call = call
        self._library = library
        self._dial = dial
        self._messages = messages
        self._post = post
        self._recogniser = recogniser
        self._legs: dict[int, Leg] = {}
        self._listening: dict[int, Listening] = {}

    def take(self, leg: Leg) -> None:
        """Take the leg of an incoming call: it is the caller's."""
        self._legs[CALLER] = leg

    @property
    def legs(self) -> Mapping[int, Leg]:
        """The legs of this call by line number, those that are down included."""
        return self._legs

    def perform(self, actions: Sequence[Action]) -> None:
        """Carry out those actions that are for the world; the others are not for us."""
        self._let_go()
        for action in actions:
            order = _ORDERS.get(type(action))
            if order is not None:
                order(self, action)

    def hang_up(self) -> None:
        """Hang up every leg."""
        for leg in self._legs.values():
            leg.hang_up()

    def _answer(self, order: do.Answer) -> None:
        del order
        try:
            self._legs[CALLER].answer()
        except SipError:
            self._post(on.LineEnded(CALLER, on.Ending.BROKEN))

    def _reject(self, order: do.Reject) -> None:
        self._legs[CALLER].reject(order.code, order.retry_after)

    def _play(self, order: do.Play) -> None:
        leg = self._legs.get(order.line)
        if leg is None:
            return
        files: list[Path] = []
        seconds = 0.0
        try:
            for prompt in order.prompts:
                sound = self._sound(order.language, prompt)
                files += sound.files
                seconds += sound.seconds
            leg.play(order.turn, files, seconds)
        except (RecordingMissing, SipError):
            leg.stop_playing()
            self._post(on.PromptFailed(order.turn))

    def _sound(self, language: str, prompt: Prompt) -> Sound:
        return self._library.find(language, prompt.id, dict(prompt.numbers))

    def _play_music(self, order: do.PlayMusic) -> None:
        leg = self._legs.get(order.line)
        if leg is None:
            return
        try:
            leg.play_music(self._library.music(order.music))
        except (RecordingMissing, SipError):
            leg.stop_playing()  # silence is a poor wait, but it is a wait

    def _let_go(self) -> None:
        """Take the recogniser off the lines that it has stopped listening to by itself."""
        for line, listening in tuple(self._listening.items()):
            if listening.is_over:
                self._stop_listening(do.StopListening(line))

    def _listen(self, order: do.Listen) -> None:
        self._stop_listening(do.StopListening(order.line))
        leg = self._legs.get(order.line)
        if leg is None:
            return
        try:
            self._listening[order.line] = listening = self._listener(order)
            leg.listen(listening)
        except (SpeechUnavailable, SipError):
            self._stop_listening(do.StopListening(order.line))
            self._post(on.RecogniserFailed(order.turn))

    def _listener(self, order: do.Listen) -> Listening:
        if self._recogniser is None:
            raise SpeechUnavailable("this gateway has no speech model")
        return self._recogniser.listen(order.turn, order.grammar, order.seconds, self._post)

    def _stop_listening(self, order: do.StopListening) -> None:
        listening = self._listening.pop(order.line, None)
        if listening is not None:
            self._legs[order.line].stop_listening()
            listening.stop()

    def _stop_playing(self, order: do.StopPlaying) -> None:
        if order.line in self._legs:
            self._legs[order.line].stop_playing()

    def _ring(self, order: do.Dial) -> None:
        try:
            self._legs[order.line] = self._dial(order, self._post)
        except SipError:
            self._post(on.LineFailed(order.line, Failure.UNREACHABLE))

    def _bridge(self, order: do.Bridge) -> None:
        try:
            self._legs[order.line].bridge(self._legs[order.other])
        except SipError:
            self._post(on.LineEnded(order.other, on.Ending.BROKEN))

    def _hang_up(self, order: do.HangUp) -> None:
        if order.line in self._legs:
            self._legs[order.line].hang_up()

    def _record(self, order: do.Record) -> None:
        path = self._message(order.turn)
        leg = self._legs[order.line]
        try:
            self._messages.mkdir(parents=True, exist_ok=True)
            leg.record(order.turn, path, order.seconds, order.seconds_of_silence)
        except (SipError, OSError):
            self._post(on.RecordingEnded(order.turn, 0.0))

    def _stop_recording(self, order: do.StopRecording) -> None:
        if order.line in self._legs:
            self._legs[order.line].stop_recording()

    def _drop_message(self, order: do.DropMessage) -> None:
        self._message(order.turn).unlink(missing_ok=True)

    def _message(self, turn: int) -> Path:
        return self._messages / message_name(self._call, turn)


_ORDERS: Mapping[type, Callable[[Session, Any], None]] = {
    do.Answer: Session._answer,  # noqa: SLF001 -- the table of this class's own orders
    do.Reject: Session._reject,  # noqa: SLF001
    do.Play: Session._play,  # noqa: SLF001
    do.PlayMusic: Session._play_music,  # noqa: SLF001
    do.StopPlaying: Session._stop_playing,  # noqa: SLF001
    do.Listen: Session._listen,  # noqa: SLF001
    do.StopListening: Session._stop_listening,  # noqa: SLF001
    do.Dial: Session._ring,  # noqa: SLF001
    do.Bridge: Session._bridge,  # noqa: SLF001
    do.HangUp: Session._hang_up,  # noqa: SLF001
    do.Record: Session._record,  # noqa: SLF001
    do.StopRecording: Session._stop_recording,  # noqa: SLF001
    do.DropMessage: Session._drop_message,  # noqa: SLF001
}
