"""One SIP call leg, as the engine speaks of it: numbered, ordered about, and reporting."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pjsua2 as pj

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
from ivr.sip.audio import Audio
from ivr.sip.hearing import Hearing
from ivr.sip.keys import Keys
from ivr.sip.leg import Leg
from ivr.sip.native import Native
from ivr.sip.notices import Flow, FlowChanged, KeyHeard, Phase, PhaseChanged, StreamEnded
from ivr.sip.outcome import ending_of, failure_of
from ivr.sip.recording import Recording
from ivr.sip.timers import Timer, Timers
from ivr.sip.watch import Watch

Post = Callable[[CallEvent], None]
_STAGGERED = 16
LineNotice = PhaseChanged | FlowChanged | KeyHeard | StreamEnded


@dataclass(frozen=True, slots=True)
class Quality:
    """Packets received and lost over the whole line, and the mean jitter of the last stream."""

    received: int = 0
    lost: int = 0
    jitter_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Facts:
    """Who and where: what the INVITE said, or what was dialled."""

    caller: str
    dialled: str
    diversion: str
    trunk: str
    offers_keys: bool
    is_incoming: bool


@dataclass(frozen=True, slots=True)
class Means:
    """What every line of an endpoint works with."""

    audio: Audio
    timers: Timers
    keys: Counter[str]
    seconds_without_audio: float
    """0 turns the watch for silence off."""


class Line:
    """Every method belongs to the owner thread. A line posts exactly one last event.

    That is `LineFailed` for a line that was dialled and never answered, otherwise `LineEnded`;
    it also follows `hang_up` and `reject`. Orders to a line that is over do nothing, except
    that `play` and `record` still end in their events.
    """

    def __init__(self, leg: Leg | None, facts: Facts, means: Means) -> None:
        self.caller = facts.caller
        self.dialled = facts.dialled
        self.diversion = facts.diversion
        self.trunk = facts.trunk
        self.offers_keys = facts.offers_keys
        self.is_incoming = facts.is_incoming
        self.quality = Quality()
        self.number = 0
        self._leg = leg
        self._means = means
        self._post: Post = _nobody_listens
        self._phase = Phase.TRYING
        self._flow = Flow.NONE
        self._rang = False
        self._last_word: CallEvent | None = None
        self._ring: Timer | None = None
        self._keys = Keys()
        self.hearing = Hearing(self._port, self._can_hear, means.audio, means.timers)
        self._recording: Recording | None = None
        self._watch = Watch(
            means.timers,
            means.seconds_without_audio,
            self._packets,
            self._lose_audio,
            stagger=leg.serial % _STAGGERED / _STAGGERED if leg else 0.0,
        )

    # --- orders -------------------------------------------------------------------------------

    def attach(self, number: int, post: Post) -> None:
        """From now on this is line `number` of a call, whose events go to `post`."""
        self.number = number
        self._post = post

    def ring_for(self, seconds: float) -> None:
        """Give a dialled line up when it was not answered in time."""
        self._ring = self._means.timers.after(seconds, self._give_up)

    def fail(self, failure: Failure) -> None:
        """This line could not even be dialled."""
        self._last_word = LineFailed(self.number, failure)
        self._means.timers.after(0.0, partial(self._take_end, 0))

    def answer(self) -> None:
        self._order(lambda leg: leg.answer(_answer()))

    def reject(self, code: int, retry_after: int = 0) -> None:
        """Refuse an INVITE; `retry_after` seconds go into Retry-After (RFC 3261 20.33)."""
        self._order(lambda leg: leg.hangup(_refusal(code, retry_after)))

    def hang_up(self) -> None:
        """BYE, CANCEL or 603, whatever the line's state asks for."""
        self._order(lambda leg: leg.hangup(pj.CallOpParam()))

    def play(self, turn: int, files: Sequence[Path], seconds: float) -> None:
        """Play recordings that last `seconds`; ends in `PromptEnded` or `PromptFailed`.

        A prompt that is cut short by another order posts nothing.
        """
        try:
            self.hearing.play(files, seconds, partial(self._end_prompt, turn))
        except SipError:
            self._later(PromptFailed(turn))

    def play_music(self, file: Path) -> None:
        """Play in a loop; silence when the file cannot be played."""
        try:
            self.hearing.play_music(file)
        except SipError:
            return

    def stop_playing(self) -> None:
        self.hearing.hear_nothing()

    def bridge(self, other: "Line") -> None:
        """Let this line and `other` hear each other, instead of what they heard."""
        self.hearing.hear(other.hearing)
        other.hearing.hear(self.hearing)

    def record(self, turn: int, file: Path, seconds: float, seconds_of_silence: float) -> None:
        """Record what this line says; ends in `RecordingEnded`, with 0.0 if it cannot be."""
        self.stop_recording()
        try:
            recording = Recording(
                file,
                self._port,
                partial(self._end_recording, turn),
                audio=self._means.audio,
                timers=self._means.timers,
            )
        except SipError:
            self._later(RecordingEnded(turn, 0.0))
            return
        self._recording = recording
        recording.start(seconds, seconds_of_silence)

    def stop_recording(self) -> None:
        if self._recording is not None:
            self._recording.stop()

    # --- notices ------------------------------------------------------------------------------

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
            case PhaseChanged():
                pass
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
        if not self._rang and not self.is_incoming:
            self._rang = True
            self._post(LineRang(self.number))

    def _take_answer(self) -> None:
        if self._phase is Phase.UP:
            return
        self._phase = Phase.UP
        if self._ring is not None:
            self._ring.cancel()
        if not self.is_incoming:
            self._post(LineAnswered(self.number))

    def _take_flow(self, flow: Flow, *, offers_keys: bool) -> None:
        self._flow = flow
        self.offers_keys = offers_keys or (self.offers_keys and flow is Flow.NONE)
        self._watch.look(is_flowing=flow is Flow.FLOWING)
        self.hearing.refresh()
        if self._recording is not None:
            self._recording.refresh()

    def _take_quality(self, notice: StreamEnded) -> None:
        self.quality = Quality(
            self.quality.received + notice.received,
            self.quality.lost + notice.lost,
            notice.jitter_seconds,
        )

    def _take_end(self, code: int) -> None:
        if self.is_over:
            return
        last = self._last_word or self._verdict(code)
        self._phase = Phase.OVER
        self._leg = None
        self._flow = Flow.NONE
        self._watch.stop()
        if self._ring is not None:
            self._ring.cancel()
        self.hearing.close()
        if self._recording is None:
            self._post(last)
        else:
            # A message that ends with the caller hanging up is a message.
            self._last_word = last
            self._recording.stop()

    def _verdict(self, code: int) -> CallEvent:
        if self.is_incoming or self._phase is Phase.UP:
            return LineEnded(self.number, ending_of(code))
        return LineFailed(self.number, failure_of(code, rang=self._rang), code)

    # --- what happens by itself ---------------------------------------------------------------

    def _end_prompt(self, turn: int) -> None:
        self.hearing.hear_nothing()
        self._post(PromptEnded(turn))

    def _end_recording(self, turn: int, seconds: float) -> None:
        self._recording = None
        self._post(RecordingEnded(turn, seconds))
        if self.is_over and self._last_word is not None:
            self._post(self._last_word)

    def _give_up(self) -> None:
        self._last_word = LineFailed(self.number, Failure.NO_ANSWER)
        self.hang_up()

    def _lose_audio(self) -> None:
        self._last_word = LineEnded(self.number, Ending.NO_AUDIO)
        self.hang_up()

    # --- audio --------------------------------------------------------------------------------

    def _can_hear(self) -> bool:
        return self._flow is Flow.FLOWING

    def _port(self) -> Native:
        if self._leg is None or self._flow is Flow.NONE:
            return None
        try:
            return self._leg.getAudioMedia(-1)
        except pj.Error:
            return None

    def _packets(self) -> int:
        if self._leg is None:
            return 0
        try:
            statistics = self._leg.getStreamStat(0)
        except pj.Error:
            return 0
        return int(statistics.rtcp.rxStat.pkt)

    # --- the library --------------------------------------------------------------------------

    def _order(self, act: Callable[[Leg], None]) -> None:
        if self._leg is None:
            return
        try:
            act(self._leg)
        except pj.Error:
            # The call is going down already, or the library cannot: either way it is over.
            self._means.timers.after(0.0, partial(self._take_end, 0))

    def _later(self, event: CallEvent) -> None:
        self._means.timers.after(0.0, lambda: self._post(event))


def _answer() -> Native:
    order = pj.CallOpParam(True)
    order.statusCode = pj.PJSIP_SC_OK
    order.opt.videoCount = 0
    order.opt.textCount = 0
    return order


def _refusal(code: int, retry_after: int) -> Native:
    order = pj.CallOpParam()
    order.statusCode = code
    if retry_after:
        header = pj.SipHeader()
        header.hName = "Retry-After"
        header.hValue = str(retry_after)
        order.txOption.headers.push_back(header)
    return order


def _nobody_listens(_event: CallEvent) -> None:
    """Until `attach`: the line was refused before it belonged to a call."""
