"""One SIP call leg, as the engine speaks of it: numbered, ordered about, and reporting."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from math import inf
from pathlib import Path

from ivr.engine.events import (
    CallEvent,
    Ending,
    Failure,
    KeyPressed,
    LineAnswered,
    LineEnded,
    LineFailed,
    LineRang,
    PromptEnded,
    PromptFailed,
    RecordingEnded,
)
from ivr.errors import SipError
from ivr.sip.facts import Facts, Means, Post, Quality
from ivr.sip.hearing import Hearing
from ivr.sip.keys import Keys
from ivr.sip.leg import Leg
from ivr.sip.listening import Listener, Listening
from ivr.sip.native import Native
from ivr.sip.notices import (
    Flow,
    FlowChanged,
    KeyHeard,
    LineNotice,
    Phase,
    PhaseChanged,
    StreamEnded,
)
from ivr.sip.outcome import last_event
from ivr.sip.recording import Recording
from ivr.sip.timers import Timer
from ivr.sip.watch import Watch

_STAGGERED = 16
_SERVER_FAILURE = 500


class Line:
    """Every method belongs to the owner thread. Orders to a line that is over do nothing.

    A line posts exactly one last event: `LineFailed` when it was dialled and never answered,
    otherwise `LineEnded`. It also follows `hang_up` and `reject`. What was being recorded is
    reported after it. Nothing is posted from inside an order, only from `Endpoint.poll`.
    """

    def __init__(self, leg: Leg | None, facts: Facts, means: Means) -> None:
        """`leg` is None for a line that could not be dialled; see `fail`."""
        self.caller = facts.caller
        self.dialled = facts.dialled
        self.diversion = facts.diversion
        self.trunk = facts.trunk
        self.offers_keys = facts.offers_keys
        self.is_incoming = facts.is_incoming
        self.quality = Quality()
        self.number = 0
        self.hearing = Hearing(self._port, self._can_hear, means.audio, means.timers)
        self._leg = leg
        self._means = means
        self._post: Post = _nobody_listens
        self._phase = Phase.TRYING
        self._flow = Flow.NONE
        self._last_word: CallEvent | None = None
        self._ring = Timer(inf, self._give_up)
        self._keys = Keys()
        self._recording: Recording | None = None
        self._listening: Listening | None = None
        self._watch = Watch(
            means.timers,
            means.seconds_without_audio,
            self._packets,
            self._lose_audio,
            stagger=leg.serial % _STAGGERED / _STAGGERED if leg else 0.0,
        )

    # --- orders -----------------------------------------------------------------------------

    def attach(self, number: int, post: Post) -> None:
        """From now on the line is `number` of a call, whose events go to `post`."""
        self.number = number
        self._post = post

    def ring_for(self, seconds: float) -> None:
        """Give a dialled line up when it was not answered in time."""
        self._ring = self._means.timers.after(seconds, self._give_up)

    def fail(self, failure: Failure) -> None:
        """End a line that could not even be dialled."""
        self._last_word = LineFailed(self.number, failure)
        self._means.timers.after(0.0, partial(self._take_end, 0))

    def answer(self) -> None:
        self._order(Leg.accept)

    def reject(self, code: int, retry_after: int = 0) -> None:
        """Refuse an INVITE; `retry_after` seconds go into Retry-After (RFC 3261 20.33)."""
        self._bow_out()
        self._order(lambda leg: leg.refuse(code, retry_after))

    def hang_up(self) -> None:
        """BYE, CANCEL or 603, whatever the line's state asks for."""
        self._bow_out()
        self._order(Leg.hang_up)

    def play(self, turn: int, files: Sequence[Path], seconds: float) -> None:
        """Play recordings that last `seconds`; ends in `PromptEnded` or `PromptFailed`.

        A prompt that another order cuts short posts nothing. While the far end holds the
        line the prompt stands still. Before there is audio it waits.
        """
        if self.is_over:
            return
        try:
            self.hearing.play(files, seconds, partial(self._end_prompt, turn))
        except SipError as error:
            self._means.warn(str(error))
            self._means.timers.after(0.0, lambda: self._post(PromptFailed(turn)))

    def play_music(self, file: Path) -> None:
        """Play in a loop; silence when the file cannot be played."""
        if self.is_over:
            return
        try:
            self.hearing.play_music(file)
        except SipError as error:
            self._means.warn(str(error))

    def stop_playing(self) -> None:
        self.hearing.hear_nothing()

    def bridge(self, other: "Line") -> None:
        """Let this line and `other` hear each other, instead of what they heard."""
        if not self.is_over and not other.is_over:
            self.hearing.hear(other.hearing)
            other.hearing.hear(self.hearing)

    def record(self, turn: int, file: Path, seconds: float, seconds_of_silence: float) -> None:
        """Record what this line says; ends in `RecordingEnded`, with 0.0 if it cannot be."""
        self.stop_recording()
        if self.is_over:
            return
        means = self._means
        ended = partial(self._end_recording, turn)
        try:
            recording = Recording(file, self._port, ended, audio=means.audio, timers=means.timers)
        except SipError as error:
            means.warn(str(error))
            means.timers.after(0.0, lambda: self._post(RecordingEnded(turn, 0.0)))
            return
        self._recording = recording
        recording.start(seconds, seconds_of_silence)

    def stop_recording(self) -> None:
        if self._recording is not None:
            self._recording.stop()

    def listen(self, listener: Listener) -> None:
        """Let `listener` hear this line, and stop him at its end. Raises `SipError`."""
        self.stop_listening()
        if self.is_over:
            listener.stop()
        else:
            self._listening = Listening(
                listener,
                self._port,
                self._can_hear,
                self.hearing.hears_prompt,
                self._means.audio,
            )

    def stop_listening(self) -> None:
        listening, self._listening = self._listening, None
        if listening is not None:
            listening.stop()

    def abandon(self) -> None:
        """Give everything back without a word: the endpoint is closing."""
        self.stop_listening()
        self._leg = None
        self.hearing.give_back()
        self.stop_recording()

    # --- notices ----------------------------------------------------------------------------

    def take(self, notice: LineNotice) -> None:
        """Handle what the library has told; called by the endpoint, from `poll`."""
        match notice:
            case KeyHeard():
                self._take_key(notice)
            case PhaseChanged(_, Phase.RINGING, _):
                self._take_ringing()
            case PhaseChanged(_, Phase.UP, _):
                self._take_answer()
            case PhaseChanged(_, Phase.OVER, code):
                self._take_end(code)
            case FlowChanged(_, flow, offers_keys):
                self._take_flow(flow, offers_keys=offers_keys)
            case StreamEnded():
                self._take_quality(notice)

    @property
    def is_over(self) -> bool:
        return self._phase is Phase.OVER

    def _take_key(self, notice: KeyHeard) -> None:
        key = self._keys.press(notice)
        if key:
            self._means.keys[notice.method] += 1
            self._post(KeyPressed(key, self.number))

    def _take_ringing(self) -> None:
        if self._phase is Phase.TRYING:
            self._phase = Phase.RINGING
            if not self.is_incoming:
                self._post(LineRang(self.number))

    def _take_answer(self) -> None:
        if self._phase in {Phase.UP, Phase.OVER}:
            return
        self._phase = Phase.UP
        self._ring.cancel()
        self._watch_audio()
        if not self.is_incoming:
            self._post(LineAnswered(self.number))

    def _take_flow(self, flow: Flow, *, offers_keys: bool) -> None:
        if self.is_over:
            return
        self._flow = flow
        if flow is not Flow.NONE:
            self.offers_keys = offers_keys
        self._watch_audio()
        self.hearing.refresh()
        if self._recording is not None:
            self._recording.refresh()
        if self._listening is not None:
            self._listening.refresh()

    def _take_quality(self, notice: StreamEnded) -> None:
        self.quality = Quality(
            self.quality.received + notice.received,
            self.quality.lost + notice.lost,
            notice.jitter_seconds,
        )

    def _take_end(self, code: int) -> None:
        if self.is_over:
            return
        rang = self._phase is Phase.RINGING
        last = self._last_word or last_event(self.number, code, was_up=self._was_up, rang=rang)
        self._phase = Phase.OVER
        self._leg = None
        self._flow = Flow.NONE
        self._watch.stop()
        self._ring.cancel()
        self.stop_listening()
        self.hearing.close()
        self._post(last)
        # A message that ends with the caller hanging up is a message: its end follows.
        self.stop_recording()

    # --- what happens by itself ---------------------------------------------------------------

    def _end_prompt(self, turn: int) -> None:
        self.hearing.hear_nothing()
        self._post(PromptEnded(turn))

    def _end_recording(self, turn: int, seconds: float) -> None:
        self._recording = None
        self._post(RecordingEnded(turn, seconds))

    def _give_up(self) -> None:
        # Where nothing rang, nobody was there to answer: another trunk may know the way.
        rang = self._phase is Phase.RINGING
        failure = Failure.NO_ANSWER if rang else Failure.UNREACHABLE
        self._last_word = LineFailed(self.number, failure)
        self.hang_up()

    def _lose_audio(self) -> None:
        self._last_word = LineEnded(self.number, Ending.NO_AUDIO)
        self.hang_up()

    def _watch_audio(self) -> None:
        # Before the answer nobody owes us audio.
        self._watch.look(is_flowing=self._phase is Phase.UP and self._flow is Flow.FLOWING)

    # --- the library ------------------------------------------------------------------------------

    @property
    def _was_up(self) -> bool:
        return self.is_incoming or self._phase is Phase.UP

    def _bow_out(self) -> None:
        """Our own hang-up is an ordinary end, whatever status it is given."""
        if self._last_word is None and self._was_up:
            self._last_word = LineEnded(self.number)

    def _order(self, act: Callable[[Leg], None]) -> None:
        if self._leg is None:
            return
        try:
            act(self._leg)
        except SipError:
            # The call is going down already, or the library cannot: either way it is over,
            # and nobody may be left without an answer.
            with suppress(SipError):
                self._leg.refuse(_SERVER_FAILURE, 0)
            self._means.timers.after(0.0, partial(self._take_end, _SERVER_FAILURE))

    def _can_hear(self) -> bool:
        return self._flow is Flow.FLOWING

    def _port(self) -> Native:
        return self._leg.port() if self._leg is not None and self._flow is not Flow.NONE else None

    def _packets(self) -> int:
        return self._leg.packets() if self._leg is not None else 0


def _nobody_listens(_event: CallEvent) -> None:
    """Until `attach`: the line was refused before it belonged to a call."""
