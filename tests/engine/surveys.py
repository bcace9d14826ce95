"""A world that is called back by the survey programme, with a journal and power cuts."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from hypothesis import strategies as st

from ivr.engine import actions as do
from ivr.engine import events as on
from ivr.engine.events import CALLER, CallEvent, Disposition, SurveyTask
from ivr.engine.exchange import Exchange
from ivr.engine.programme import OPEN
from ivr.engine.site import Site
from ivr.engine.step import PROGRAMME, Step
from tests.engine import sites
from tests.engine.generated import BEGINNINGS, weighted

NUMBERS = ("+4520112233", "+4531445566", "+4533667788", "+4590123456", "+46701234567", "")
"""The last three must never be called: premium, foreign, withheld."""

# --- moves ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Talked:
    """A caller with this number has heard the notice and talked to an agent."""

    number: str
    questions: str


@dataclass(frozen=True)
class Happen:
    """Events of the `call`-th survey call that is up, one after the other."""

    call: int
    events: tuple[CallEvent, ...]


@dataclass(frozen=True)
class Pass:
    seconds: float


@dataclass(frozen=True)
class Ripen:
    """Time passes until the next survey is due, and the journal saves what that brings."""


@dataclass(frozen=True)
class Save:
    """The journal gets this many more orders onto the disk, and says so."""

    orders: int


@dataclass(frozen=True)
class PowerCut:
    """Some more orders reach the disk, unsaid; then everything but the disk is lost."""

    orders: int


@dataclass(frozen=True)
class Trunks:
    up: tuple[str, ...]


@dataclass(frozen=True)
class Reload:
    """The other site comes into force."""


@dataclass(frozen=True)
class Drain:
    """The gateway closes; after that only a power cut begins anew."""


Move = Talked | Happen | Pass | Ripen | Save | PowerCut | Trunks | Reload | Drain

_answers: list[st.SearchStrategy[CallEvent]] = [
    st.just(on.LineAnswered(CALLER)),
    st.just(on.LineAnswered(CALLER)),
    st.builds(on.LineFailed, st.just(CALLER), st.sampled_from(list(on.Failure))),
    st.just(on.LineEnded(CALLER)),
    st.builds(on.KeyPressed, st.sampled_from("011111259*#A")),
    st.builds(on.KeyPressed, st.sampled_from("011111259*#A")),
    st.builds(on.PromptEnded, st.integers(0, 9)),
    st.sampled_from([on.GatewayStopped(), on.GatewayFailed()]),
]
_one = st.tuples(st.one_of(_answers))
_agreed = (on.LineAnswered(CALLER), on.KeyPressed("1"))
_conversation = st.lists(st.one_of(_answers), max_size=6).map(lambda said: (*_agreed, *said))
_few = st.integers(0, 3)
_move = weighted(
    (
        (3, st.builds(Talked, st.sampled_from(NUMBERS[:2]), st.just("kk-2"))),
        (1, st.builds(Talked, st.sampled_from(NUMBERS), st.sampled_from(["kk-2", "kk-1"]))),
        (6, st.just(Ripen())),
        (4, st.builds(Pass, st.sampled_from([1.0, 30.0, 130.0, 130.0, 700.0, 4000.0, 50_000.0]))),
        (8, st.builds(Save, st.integers(1, 5))),
        (8, st.builds(Happen, _few, _one)),
        (8, st.builds(Happen, _few, _conversation)),
        (1, st.builds(PowerCut, _few)),
        (1, st.builds(Trunks, st.sampled_from([(), ("pbx",), ("pbx",)]))),
        (1, st.one_of(st.just(Reload()), st.just(Drain()))),
    )
)
moves = st.lists(_move, min_size=30, max_size=90)


@st.composite
def surveyed_sites(draw: st.DrawFn) -> Site:
    rules = replace(
        sites.RULES,
        delay=float(draw(st.integers(0, 120))),
        quarantine=draw(st.sampled_from([0.0, 3600.0, sites.DAY, 7 * sites.DAY])),
        attempts=draw(st.integers(1, 3)),
        spacing=draw(st.sampled_from([0.0, 600.0, 3600.0])),
        expires=draw(st.sampled_from([3600.0, 2 * sites.DAY])),
        lines=draw(st.integers(1, 3)),
        calendar=draw(st.sampled_from(["always", "always", "evenings", "office"])),
    )
    trunks = draw(st.sampled_from([("pbx",), ("pbx", "spare"), ("pbx", "spare"), ()]))
    known = sites.site(sites.goodbye())
    old = {"kk-1": replace(sites.FOUR_QUESTIONS, version="1")} if draw(st.booleans()) else {}
    return replace(known, survey=rules, trunks=trunks, questions={**known.questions, **old})


begins = st.sampled_from((BEGINNINGS[0], *BEGINNINGS[:4]))

# --- the world ------------------------------------------------------------------------------


@dataclass
class World:
    """`steps` are those of all runs of the gateway; `disk` is what the journal holds."""

    site: Site
    other: Site
    begins: datetime
    now: float = 0.0
    talks: int = 0
    steps: list[Step] = field(default_factory=list)
    outbox: deque[do.SaveSurvey] = field(default_factory=deque)
    disk: dict[str, do.SaveSurvey] = field(default_factory=dict)
    written: list[tuple[int, do.SaveSurvey]] = field(default_factory=list)
    """How many steps there were when an order reached the disk."""
    up: list[int] = field(default_factory=list)
    """How many survey calls were up after each move."""

    def __post_init__(self) -> None:
        self.exchange = Exchange(self.site)

    @property
    def at(self) -> datetime:
        return self.begins + timedelta(seconds=self.now)

    def make(self, moves: Sequence[Move]) -> "World":
        self.move(Trunks(("pbx",)))
        for move in moves:
            self.move(move)
            self.up.append(self.exchange.calls)
        return self

    def move(self, move: Move) -> None:
        match move:
            case Talked(number, questions):
                self.talks += 1
                task = _task(f"t{self.talks}", number, questions)
                self._handle(PROGRAMME, on.SurveyProposed(task))
            case Happen(call, events):
                live = self.exchange.live()
                for event in events if live else ():
                    self._handle(live[call % len(live)], event)
            case Pass(seconds):
                self._pass_time(self.now + seconds)
            case Ripen():
                due = self._next()
                self._pass_time(self.now if due == float("inf") else max(due, self.now))
                self.move(Save(len(self.outbox)))
            case Trunks(up):
                self._handle(PROGRAMME, on.TrunksChanged(up))
            case _:
                self._run(move)

    def _run(self, move: Save | PowerCut | Reload | Drain) -> None:
        match move:
            case Save(orders):
                for saved in self._write(orders):
                    self._handle(PROGRAMME, saved)
            case PowerCut(orders):
                self._write(orders)
                self._restart()
            case Reload():
                self.exchange.reload(self.other, self.now)
                self.site, self.other = self.other, self.site
            case Drain():
                self.exchange.is_draining = True

    def _handle(self, subject: str, event: on.Event) -> None:
        self._keep(self.exchange.handle(subject, event, self.now, self.at))

    def _keep(self, steps: list[Step]) -> None:
        self.steps += steps
        for step in steps:
            self.outbox += [each for each in step.actions if isinstance(each, do.SaveSurvey)]

    def _pass_time(self, until: float) -> None:
        while (due := self._next()) <= until:
            self.now = max(self.now, due)
            self._keep(self.exchange.fire(self.now, self.at))
        self.now = until

    def _next(self) -> float:
        due = self.exchange.next_deadline()
        survey = self.exchange.next_survey()
        of_survey = float("inf") if survey is None else (survey - self.begins).total_seconds()
        return min(of_survey, float("inf") if due is None else due)

    def _write(self, orders: int) -> list[on.SurveySaved]:
        said = []
        for _ in range(min(orders, len(self.outbox))):
            order = self.outbox.popleft()
            self.disk[order.task.id] = order
            self.written.append((len(self.steps), order))
            said.append(on.SurveySaved(order.task.id, order.disposition))
        return said

    def _restart(self) -> None:
        """Begin anew with what the journal tells, in the order in which it tells it."""
        self.outbox.clear()
        self.exchange = Exchange(self.site, self.now)
        for order in self.disk.values():
            if order.disposition is Disposition.REFUSED:
                self._handle(PROGRAMME, on.NumberRefused(order.task.number))
        for order in self.disk.values():
            if order.disposition not in _NEVER_PLANNED:
                self._handle(PROGRAMME, on.NumberAsked(order.task.number, order.planned))
        for order in list(self.disk.values()):
            if order.disposition in OPEN:
                restored = on.SurveyRestored(
                    order.task, order.disposition, order.attempts, order.planned, order.due
                )
                self._handle(PROGRAMME, restored)
        self.move(Trunks(("pbx",)))


_NEVER_PLANNED = {Disposition.NOT_CALLABLE, Disposition.QUARANTINED, Disposition.OPTED_OUT}


def _task(id_: str, number: str, questions: str) -> SurveyTask:
    return SurveyTask(id_, number, questions, "business", "stage1", "team", "anna", "1", "da")
