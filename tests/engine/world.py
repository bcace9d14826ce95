"""A world of callers, agents and trunks that do anything at any time, and a record of it.

A `Move` is what the world does next, told relative to how things stand ("the prompt that plays
now has ended"), so that a random list of moves gets far into a call. Late and foreign events
are moves like others.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from hypothesis import strategies as st

from ivr.engine import events as on
from ivr.engine import moments
from ivr.engine.actions import Action
from ivr.engine.events import CALLER, CallEvent, Event
from ivr.engine.exchange import Exchange
from ivr.engine.moments import State
from ivr.engine.site import Site
from ivr.engine.step import FLOOR, PROGRAMME, Step
from tests.engine.generated import BEGINNINGS, KEYS, NUMBERS, WORDS, weighted
from tests.engine.sites import DIALLED

CALLERS = ("20112233", "+4531445566", "+46701234567", "")

# --- moves ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Arrive:
    caller: str
    dialled: str = DIALLED


@dataclass(frozen=True)
class Happen:
    """An event of the `call`-th call that is up, counted around.

    Turns and lines count backwards from the latest: 0 is the prompt that plays now, or the
    line that was dialled last.
    """

    call: int
    event: CallEvent


@dataclass(frozen=True)
class Ring:
    """What becomes of the `telephone`-th one that rings for somebody, counted around."""

    telephone: int
    event: CallEvent


@dataclass(frozen=True)
class Tell:
    """An event for the floor or the survey programme."""

    subject: str
    event: Event


@dataclass(frozen=True)
class Pass:
    """Time passes, and everything that falls due meanwhile happens when it is due."""

    seconds: float


@dataclass(frozen=True)
class Reload:
    """The other site comes into force for new calls."""


Move = Arrive | Happen | Ring | Tell | Pass | Reload

_which = st.integers(0, 9)
_back = st.sampled_from([0, 0, 0, 0, 1, 2])
_failures = st.sampled_from(list(on.Failure))
_endings = st.sampled_from(list(on.Ending))
_key_events = st.builds(on.KeyPressed, st.sampled_from(KEYS + "A"), st.sampled_from([1, 1, 1, 2]))
_texts = st.lists(
    st.sampled_from((*WORDS, "ja", "nej", "en medarbejder", "gentag", "ni", "to", "tak", "[unk]")),
    min_size=1,
    max_size=3,
).map(" ".join)
_heard = st.builds(on.SpeechHeard, _back, _texts, st.sampled_from([0.4, 1.0, 1.0]))
_rare_events: list[st.SearchStrategy[CallEvent]] = [
    st.builds(on.PromptEnded, _back),
    st.builds(on.PromptFailed, _back),
    st.builds(on.SpeechStarted, _back),
    st.builds(on.NothingHeard, _back),
    st.builds(on.RecogniserFailed, _back),
    _heard,
    st.builds(on.RecordingEnded, _back, st.floats(0, 9)),
    st.builds(on.LineRang, _back),
    st.builds(on.LineAnswered, _back),
    st.builds(on.LineFailed, _back, _failures, st.sampled_from([0, 486, 503])),
    st.builds(on.LineEnded, _back, _endings),
    st.just(on.DeadlinePassed()),
    st.just(on.GatewayStopped()),
    st.just(on.GatewayFailed()),
    st.just(on.CallArrived("20112233", DIALLED, BEGINNINGS[0])),
]
call_events = st.one_of(_key_events, *_rare_events)
_floor_events = st.one_of(
    st.builds(on.AgentLoggedIn, st.sampled_from(["a0", "a1", "a2", "nobody"])),
    st.builds(on.AgentLoggedOut, st.sampled_from(["a0", "a1", "a2", "nobody"])),
    st.just(on.DeadlinePassed()),
)
_rings: list[st.SearchStrategy[CallEvent]] = [
    st.builds(on.LineAnswered, st.just(0)),
    st.builds(on.LineAnswered, st.just(0)),
    st.builds(on.LineFailed, st.just(0), _failures),
]
_move = weighted(
    (
        (3, st.builds(Arrive, st.sampled_from(CALLERS), st.sampled_from(list(NUMBERS)))),
        (3, st.builds(Arrive, st.sampled_from(CALLERS))),
        (6, st.builds(Happen, _which, _key_events)),
        (6, st.builds(Happen, _which, st.builds(on.PromptEnded, st.just(0)))),
        (6, st.builds(Happen, _which, _heard)),
        (6, st.builds(Ring, _which, st.one_of(_rings))),
        (3, st.builds(Happen, _which, st.builds(on.LineEnded, _back))),
        (5, st.builds(Pass, st.sampled_from([0.5, 3.0, 20.0, 61.0]))),
        (3, st.builds(Happen, _which, st.one_of(_rare_events))),
        (2, st.builds(Tell, st.just(FLOOR), _floor_events)),
        (1, st.just(Reload())),
    )
)
moves = st.lists(_move, min_size=30, max_size=80).map(lambda made: [Arrive(CALLERS[0]), *made])
"""Long enough to get somewhere: left to itself, Hypothesis would make five."""

# --- the world ------------------------------------------------------------------------------


@dataclass
class World:
    """An exchange, and everything that became of the moves made so far."""

    site: Site
    other: Site
    begins: datetime
    now: float = 0.0
    calls: int = 0
    steps: list[Step] = field(default_factory=list)
    happened: list[tuple[str, Event]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.exchange = Exchange(self.site)
        self.exchange.understood = ("da",)
        self.handle(PROGRAMME, on.TrunksChanged(self.site.trunks))

    @property
    def at(self) -> datetime:
        return self.begins + timedelta(seconds=self.now)

    @property
    def actions(self) -> list[Action]:
        return [action for step in self.steps for action in step.actions]

    def make(self, moves: Sequence[Move]) -> "World":
        for move in moves:
            self.move(move)
        return self

    def move(self, move: Move) -> None:
        match move:
            case Arrive(caller, dialled):
                self.calls += 1
                subject = f"c{self.calls}"
                understood = self.exchange.understood
                arrived = on.CallArrived(caller, dialled, self.at, understood)
                self.happened.append((subject, arrived))
                self.steps += self.exchange.arrive(subject, caller, dialled, self.now, self.at)
            case Happen(call, event):
                self._happen(self.exchange.live(), call, event)
            case Ring(telephone, event):
                ringing = moments.Offered | moments.Transferring | moments.Calling
                states = {call: self.exchange.state(call) for call in self.exchange.live()}
                calls = [call for call, state in states.items() if isinstance(state, ringing)]
                self._happen(calls, telephone, event)
            case Tell(subject, event):
                self.handle(subject, event)
            case Pass(seconds):
                self.pass_time(self.now + seconds)
            case Reload():
                self.exchange.reload(self.other, self.now)
                self.site, self.other = self.other, self.site
                self.pass_time(self.now)

    def _happen(self, calls: Sequence[str], which: int, event: CallEvent) -> None:
        if calls:
            subject = calls[which % len(calls)]
            self.handle(subject, _counted_back(event, self.exchange.state(subject)))

    def handle(self, subject: str, event: Event) -> None:
        self.happened.append((subject, event))
        self.steps += self.exchange.handle(subject, event, self.now, self.at)

    def pass_time(self, until: float) -> None:
        """Let everything that is due happen when it is due, up to and at `until`."""
        while (due := self._next()) <= until:
            self.now = max(self.now, due)
            self.steps += self.exchange.fire(self.now, self.at)
        self.now = until

    def _next(self) -> float:
        due = self.exchange.next_deadline()
        survey = self.exchange.next_survey()
        of_survey = float("inf") if survey is None else (survey - self.begins).total_seconds()
        return min(of_survey, float("inf") if due is None else due)

    def of(self, subject: str) -> list[Step]:
        return [step for step in self.steps if step.subject == subject]

    def subjects(self) -> set[str]:
        """The calls there have been."""
        return {step.subject for step in self.steps} - {FLOOR, PROGRAMME}

    def hang_up(self) -> None:
        """Every caller hangs up, and every recorder reports."""
        for subject in self.exchange.live():
            self.handle(subject, on.LineEnded(CALLER))
        for subject in self.exchange.live():
            self.handle(subject, on.RecordingEnded(_turn(self.exchange.state(subject)), 9.0))

    def wait(self) -> None:
        """Nobody presses a key or answers; prompts and talks end, and then time passes."""
        is_quiet = True
        for subject in self.exchange.live():
            state = self.exchange.state(subject)
            match state:
                case moments.Talking(line=line):
                    self.handle(subject, on.LineEnded(line))
                case moments.Offered(line=line) | moments.Transferring(line=line):
                    self.handle(subject, on.LineFailed(line, on.Failure.UNREACHABLE))
                case moments.Inviting(turn=turn):
                    self.handle(subject, on.PromptFailed(turn))
                case _:
                    self.handle(subject, on.PromptEnded(_turn(state)))
            is_quiet &= isinstance(state, _TIMED)
        if is_quiet:
            self.pass_time(max(self._next(), self.now))


_TIMED = (
    moments.Waiting
    | moments.Listening
    | moments.Queued
    | moments.Recording
    | moments.Filing
    | moments.Calling
)


def _turn(state: State | None) -> int:
    return 0 if state is None else state.turn


def _counted_back(event: CallEvent, state: State | None) -> CallEvent:
    """Return the event with its turn or line counted from the latest of its call."""
    match event, state:
        case (
            (
                on.PromptEnded(turn)
                | on.PromptFailed(turn)
                | on.RecordingEnded(turn)
                | on.SpeechStarted(turn)
                | on.SpeechHeard(turn)
                | on.NothingHeard(turn)
                | on.RecogniserFailed(turn)
            ),
            _,
        ) if state is not None:
            return replace(event, turn=state.turn - turn)
        case (
            (on.LineRang(line) | on.LineAnswered(line) | on.LineFailed(line) | on.LineEnded(line)),
            _,
        ) if state is not None and not isinstance(state, moments.Expected | moments.Ended):
            return replace(event, line=max(CALLER, state.facts.lines - line))
    return event
