"""The pure engine alone: a morning's calls, written down once and then handled at full speed."""

import gc
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple

from bench.site import TALK
from ivr.engine import actions as do
from ivr.engine import events as on
from ivr.engine import numbers
from ivr.engine.events import CALLER, Event
from ivr.engine.exchange import Exchange
from ivr.engine.site import Site
from ivr.engine.step import PROGRAMME, Step

SECONDS_BETWEEN_CALLS = 3.0
SECONDS_A_PROMPT = 3.0
SECONDS_TO_RING = 4.0
SECONDS_TO_TALK = 20.0
SECONDS_TO_THINK = 1.5
MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Habit:
    """What one kind of caller does: the keys he presses at each prompt that asks, in turn."""

    keys: str
    """`-` is silence."""
    hangs_up_after: int = 99
    """How many prompts he hears before he has had enough."""


HABITS = (
    Habit("1"),
    Habit("71"),
    Habit("1"),
    Habit("--"),
    Habit("2"),
    Habit("", hangs_up_after=1),
    Habit("1", hangs_up_after=4),
    Habit("0"),
)
"""Of eight callers three choose at once, one is wrong first, one says nothing, one asks for a
person, one hangs up in the menu and one in the queue."""
SURVEYED = Habit("18979")
ASKING = frozenset({"node", "no_input", "no_match", "invalid_answer"})
"""Notes that stand beside a prompt which wants a key."""


class Happening(NamedTuple):
    """One event as the exchange gets it."""

    subject: str
    event: Event
    now: float
    at: datetime


@dataclass(slots=True)
class _Person:
    habit: Habit
    keys: Iterator[str]
    heard: int = 0


@dataclass
class Morning:
    """Lets callers call, and writes down everything that happens to the exchange."""

    site: Site
    happened: list[Happening] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._exchange = Exchange(self.site)
        self._ahead: list[tuple[float, int, str, Event]] = []
        self._order = count()
        self._people: dict[str, _Person] = {}

    def pass_by(self, calls: int) -> None:
        """Have so many people call, one after the other, and let all calls end."""
        self._expect(0.0, PROGRAMME, on.TrunksChanged(self.site.trunks))
        for number in range(calls):
            arrived = on.CallArrived(f"+45{20_100_000 + number}", TALK, MORNING)
            self._expect(1.0 + number * SECONDS_BETWEEN_CALLS, f"call-{number}", arrived)
        while self._ahead:
            now, _, subject, event = heappop(self._ahead)
            self._fire_until(now)
            self._handle(subject, event, now)

    def _fire_until(self, now: float) -> None:
        due = self._exchange.next_deadline()
        while due is not None and due <= now:
            for subject in self._exchange.due(due, _at(due)):
                self._handle(subject, on.DeadlinePassed(), due)
            due = self._exchange.next_deadline()
        for subject in self._exchange.due(now, _at(now)):
            self._handle(subject, on.DeadlinePassed(), now)

    def _handle(self, subject: str, event: Event, now: float) -> None:
        if isinstance(event, on.CallArrived):
            event = on.CallArrived(event.caller, event.dialled, _at(now))
        at = _at(now)
        self.happened.append(Happening(subject, event, now, at))
        for step in self._exchange.handle(subject, event, now, at):
            self._live(step, now)

    def _live(self, step: Step, now: float) -> None:
        """Have the world answer what was ordered."""
        match step.event:
            case on.CallArrived():
                habit = HABITS[int(step.subject.rpartition("-")[2]) % len(HABITS)]
                self._people[step.subject] = _Person(habit, iter(habit.keys))
            case on.SurveyStarted():
                self._people[step.subject] = _Person(SURVEYED, iter(SURVEYED.keys))
        for action in step.actions:
            match action:
                case do.Play(turn):
                    self._hear(step, turn, now)
                case do.Dial(line):
                    self._expect(now + 0.1, step.subject, on.LineRang(line))
                    self._expect(now + SECONDS_TO_RING, step.subject, on.LineAnswered(line))
                case do.Bridge(_, line):
                    self._expect(now + SECONDS_TO_TALK, step.subject, on.LineEnded(line))
                case do.HangUp(line):
                    self._expect(now + 0.01, step.subject, on.LineEnded(line))
                case do.SaveSurvey(task, disposition):
                    saved = on.SurveySaved(task.id, disposition)
                    self._expect(now + 0.25, PROGRAMME, saved)

    def _hear(self, step: Step, turn: int, now: float) -> None:
        person = self._people[step.subject]
        person.heard += 1
        if person.heard > person.habit.hangs_up_after:
            self._expect(now + 1.0, step.subject, on.LineEnded(CALLER))
            return
        asks = any(isinstance(said, do.Note) and said.kind in ASKING for said in step.actions)
        key = next(person.keys, "-") if asks else "-"
        if key == "-":
            self._expect(now + SECONDS_A_PROMPT, step.subject, on.PromptEnded(turn))
        else:
            self._expect(now + SECONDS_TO_THINK, step.subject, on.KeyPressed(key))

    def _expect(self, due: float, subject: str, event: Event) -> None:
        heappush(self._ahead, (due, next(self._order), subject, event))


def steps_a_second(site: Site, calls: int, seconds: float) -> float:
    """Return how many steps the engine makes in a second of its own time.

    The same events are handled again and again, each time by a new exchange.
    """
    morning = Morning(site)
    morning.pass_by(calls)
    gc.collect()
    happened = morning.happened
    steps, spent = 0, 0.0
    gc.freeze()  # what was written down is not the engine's
    while spent < seconds:
        exchange = Exchange(site)
        numbers.normal.cache_clear()  # nobody has called before
        numbers.is_danish_callable.cache_clear()
        began = time.process_time()
        for happening in happened:
            steps += len(exchange.handle(*happening))
        spent += time.process_time() - began
    gc.unfreeze()
    return steps / spent


def _at(now: float) -> datetime:
    return MORNING + timedelta(seconds=now)
