"""The whole gateway in one pure machine: calls, floor and survey programme, and their talk.

    exchange = Exchange(site)
    steps = exchange.handle(subject, event, now, at)

One event from outside may make a call join a queue, the floor offer an agent, and the call
ring him: each is a `Step` of its own, returned in the order it happened. Whoever runs the
exchange - the daemon with telephones, the simulator without - carries out the actions and
sends DeadlinePassed to the subject of `next_deadline()` when it is due.

A call keeps the site it began with. Nothing here reads a clock or performs I/O.
"""

import heapq
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from ivr.engine import actions as do
from ivr.engine import call, floor, moments, programme
from ivr.engine import events as on
from ivr.engine.events import MASKED, Event
from ivr.engine.moments import Ended, Expected, State
from ivr.engine.site import Site
from ivr.engine.step import FLOOR, PROGRAMME, Step


_LEFT_BY_ITSELF = frozenset(
    {do.LeaveReason.ABANDONED, do.LeaveReason.TIMEOUT, do.LeaveReason.EMPTY}
)
"""Reasons the floor must hear of; the others it gave itself, or the caller never joined."""
_SLACK = 8
"""How many outdated deadlines per call are kept before they are swept."""


@dataclass(slots=True)
class _Live:
    """A call that is up: the site it began with, and where it stands."""

    site: Site
    state: State


class _Message(NamedTuple):
    subject: str
    event: Event


class Exchange:
    """Calls, floor and survey programme of one gateway."""

    def __init__(self, site: Site, now: float = 0.0) -> None:
        self._site = site
        self._calls: dict[str, _Live] = {}
        self._floor = floor.opened(site, now)
        self._programme = programme.EMPTY
        self._deadlines: list[tuple[float, str]] = []
        self.is_draining = False

    @property
    def calls(self) -> int:
        """How many calls are up, survey calls included."""
        return len(self._calls)

    @property
    def floor(self) -> floor.Floor:
        """Everybody who waits and works, for gauges and live views."""
        return self._floor

    @property
    def programme(self) -> programme.Programme:
        """Every open survey, for gauges and live views."""
        return self._programme

    def state(self, subject: str) -> State | None:
        """Return where a call stands; None when it is not up."""
        live = self._calls.get(subject)
        return live.state if live else None

    def live(self) -> tuple[str, ...]:
        """Return the ids of all calls that are up."""
        return tuple(self._calls)

    def reload(self, site: Site, now: float) -> None:
        """Take a new configuration for new calls; those that are up keep theirs."""
        self._site = site
        self._floor = floor.reopened(self._floor, site, now)

    def arrive(
        self, subject: str, caller: str, dialled: str, now: float, at: datetime
    ) -> list[Step]:
        """Take an incoming call, or turn it away when the house is full or closing."""
        refusal = self._refusal()
        if refusal is not None:
            return self.handle(subject, on.CallTurnedAway(caller, dialled, at, refusal), now, at)
        return self.handle(subject, on.CallArrived(caller, dialled, at), now, at)

    def _refusal(self) -> on.Refusal | None:
        if self.is_draining:
            return on.Refusal.DRAINING
        return on.Refusal.FULL if self.calls >= self._site.limits.calls else None

    def handle(self, subject: str, event: Event, now: float, at: datetime) -> list[Step]:
        """Return the steps that `event` causes, its own first.

        An event for a call that is over, or never was, causes none.
        """
        steps: list[Step] = []
        messages = deque((_Message(subject, event),))
        while messages:
            message = messages.popleft()
            step = self._turn(message.subject, message.event, now, at)
            if step is not None:
                steps.append(step)
                messages.extend(self._told(step, at))
        return steps

    def drop(self, subject: str, now: float, at: datetime) -> list[Step]:
        """Forget a call that cannot be handled any more; nobody is kept waiting for it."""
        self._calls.pop(subject, None)
        steps = self.handle(FLOOR, on.CallerLeft(subject), now, at)
        for seat in self._floor.seats.values():
            if seat.call == subject:
                released = on.AgentReported(subject, seat.agent.name, on.AgentOutcome.RELEASED)
                steps += self.handle(FLOOR, released, now, at)
        return steps

    # --- one turn -----------------------------------------------------------------------------

    def _turn(self, subject: str, event: Event, now: float, at: datetime) -> Step | None:
        if subject == FLOOR:
            self._floor, actions = floor.advance(self._floor, event, now)  # type: ignore[arg-type]
        elif subject == PROGRAMME:
            self._programme, actions = programme.advance(
                self._site, self._programme, event, at  # type: ignore[arg-type]
            )
        else:
            return self._call_turn(subject, event, now, at)
        return Step(subject, now, at, event, actions)

    def _call_turn(self, subject: str, event: Event, now: float, at: datetime) -> Step | None:
        live = self._calls.get(subject)
        if live is None:
            if not isinstance(event, on.CallArrived | on.CallTurnedAway | on.SurveyStarted):
                return None
            live = _Live(self._site, Expected())
        before = live.state
        state, actions = call.advance(live.site, before, event, now, call=subject)  # type: ignore[arg-type]
        live.state = state
        if isinstance(state, Ended):
            self._calls.pop(subject, None)
        else:
            self._calls[subject] = live
            self._expect(subject, moments.deadline(before), moments.deadline(state))
        return Step(subject, now, at, _written_down(before, event), actions)

    def _told(self, step: Step, at: datetime) -> Iterator[_Message]:
        """Yield what a step's actions tell the other parts of the engine."""
        subject = step.subject
        for action in step.actions:
            match action:
                case do.JoinQueue(queue):
                    yield _Message(FLOOR, on.CallerJoined(subject, queue))
                case do.LeaveQueue(reason=reason) if reason in _LEFT_BY_ITSELF:
                    yield _Message(FLOOR, on.CallerLeft(subject))
                case do.AskPosition():
                    yield _Message(FLOOR, on.PositionAsked(subject))
                case do.ReportAgent(agent, outcome):
                    yield _Message(FLOOR, on.AgentReported(subject, agent, outcome))
                case do.OfferAgent():
                    yield from self._offered(action)
                case do.TellPosition(to, position):
                    yield _Message(to, on.PositionTold(position))
                case do.RefuseCaller(to, reason):
                    yield _Message(to, on.QueueRefused(reason))
                case do.ProposeSurvey(task):
                    yield _Message(PROGRAMME, on.SurveyProposed(task))
                case do.ReportSurvey(survey, disposition):
                    yield _Message(PROGRAMME, on.SurveyReported(survey, disposition))
                case do.StartSurvey(task, attempt):
                    yield _Message(f"{task.id}-s{attempt}", on.SurveyStarted(task, at))

    def _offered(self, offer: do.OfferAgent) -> Iterator[_Message]:
        """Yield the offer, or, when the caller waits no longer, the agent's release."""
        if isinstance(self.state(offer.call), moments.Queued):
            event = on.AgentOffered(offer.agent, offer.address, offer.seconds_to_ring)
            yield _Message(offer.call, event)
            return
        yield _Message(FLOOR, on.CallerLeft(offer.call))
        withdrawn = on.AgentReported(offer.call, offer.agent, on.AgentOutcome.WITHDRAWN)
        yield _Message(FLOOR, withdrawn)

    # --- deadlines ------------------------------------------------------------------------------

    def _expect(self, subject: str, before: float | None, due: float | None) -> None:
        if due is None or due == before:
            return
        if len(self._deadlines) > _SLACK * (len(self._calls) + _SLACK):
            self._deadlines = [entry for entry in self._deadlines if self._is_current(*entry)]
            heapq.heapify(self._deadlines)
        heapq.heappush(self._deadlines, (due, subject))

    def next_deadline(self) -> float | None:
        """Return the steady time of the soonest deadline of a call or the floor."""
        while self._deadlines and not self._is_current(*self._deadlines[0]):
            heapq.heappop(self._deadlines)
        soonest = [self._deadlines[0][0]] if self._deadlines else []
        if self._floor.deadline is not None:
            soonest.append(self._floor.deadline)
        return min(soonest, default=None)

    def _is_current(self, due: float, subject: str) -> bool:
        live = self._calls.get(subject)
        return live is not None and moments.deadline(live.state) == due

    def next_survey(self) -> datetime | None:
        """Return the wall time of the next survey that can be begun; None when none can."""
        if self.is_draining:
            return None
        return self._programme.deadline(self._site.survey.lines)

    def due(self, now: float, at: datetime) -> Iterator[str]:
        """Yield each subject whose deadline has come at `now` or, for surveys, at `at`.

        Each must be sent DeadlinePassed before the next is asked for.
        """
        while self._deadlines and self._deadlines[0][0] <= now:
            entry = heapq.heappop(self._deadlines)
            if self._is_current(*entry):
                yield entry[1]
        if self._floor.deadline is not None and self._floor.deadline <= now:
            yield FLOOR
        survey = self.next_survey()
        if survey is not None and survey <= at:
            yield PROGRAMME

    def fire(self, now: float, at: datetime) -> list[Step]:
        """Return the steps of everything that is due."""
        steps: list[Step] = []
        for subject in self.due(now, at):
            steps += self.handle(subject, on.DeadlinePassed(), now, at)
        return steps


def _written_down(state: State, event: Event) -> Event:
    """Return the event as the journal may keep it: digits of a secret entry are masked."""
    if isinstance(event, on.KeyPressed) and event.key.isdigit() and call.is_secret(state):
        return replace(event, key=MASKED)
    return event
