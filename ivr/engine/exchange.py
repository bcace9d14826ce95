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
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ivr.engine import actions as do
from ivr.engine import call, floor, moments, programme
from ivr.engine import events as on
from ivr.engine.events import MASKED, CallEvent, Event
from ivr.engine.moments import Ended, Expected, State
from ivr.engine.replacing import replace
from ivr.engine.site import Site
from ivr.engine.step import FLOOR, PROGRAMME, Step

_SLACK = 8
"""How many outdated deadlines per call are kept before they are swept."""


@dataclass(slots=True)
class _Live:
    """A call that is up: the site it began with, where it stands, and its deadline."""

    site: Site
    state: State
    due: float | None = None


class Exchange:
    """Calls, floor and survey programme of one gateway."""

    def __init__(self, site: Site, now: float = 0.0) -> None:
        self._site = site
        self._calls: dict[str, _Live] = {}
        self._floor = floor.opened(site, now)
        self._programme = programme.EMPTY
        self._deadlines: list[tuple[float, str]] = []
        self._survey_due: datetime | None = None
        self.is_draining = False
        self.understood: tuple[str, ...] = ()
        """The languages that can be recognised now; a call keeps those it began with."""

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
        self._survey_due = self._programme.deadline(site.survey.lines)

    def arrive(
        self, subject: str, caller: str, dialled: str, now: float, at: datetime
    ) -> list[Step]:
        """Take an incoming call, or turn it away when the house is full or closing."""
        refusal = self._refusal()
        if refusal is not None:
            return self.handle(subject, on.CallTurnedAway(caller, dialled, at, refusal), now, at)
        return self.handle(subject, on.CallArrived(caller, dialled, at, self.understood), now, at)

    def _refusal(self) -> on.Refusal | None:
        if self.is_draining:
            return on.Refusal.DRAINING
        return on.Refusal.FULL if self.calls >= self._site.limits.calls else None

    def handle(self, subject: str, event: Event, now: float, at: datetime) -> list[Step]:
        """Return the steps that `event` causes, its own first.

        An event for a call that is over, or never was, causes none.
        """
        steps: list[Step] = []
        messages = [(subject, event)]
        for to, what in messages:  # grows as it is walked: the first said is the first heard
            step = self._turn(to, what, now, at)
            if step is not None:
                steps.append(step)
                for action in step.actions:
                    tell = _MESSAGES.get(type(action))
                    if tell is not None:
                        messages += tell(to, action, at)
        return steps

    def drop(self, subject: str, now: float, at: datetime) -> list[Step]:
        """Forget a call that cannot be handled any more; nobody is kept waiting for it."""
        live = self._calls.pop(subject, None)
        steps = self.handle(FLOOR, on.CallerLeft(subject), now, at)
        for seat in self._floor.seats.values():
            if seat.call == subject:
                rang = seat.manner is floor.Manner.RINGING
                outcome = on.AgentOutcome.WITHDRAWN if rang else on.AgentOutcome.RELEASED
                report = on.AgentReported(subject, seat.agent.name, outcome)
                steps += self.handle(FLOOR, report, now, at)
        facts = live.state.facts if live and not isinstance(live.state, Expected | Ended) else None
        if facts is not None and facts.task is not None:
            reported = on.SurveyReported(facts.task.id, facts.disposition)
            steps += self.handle(PROGRAMME, reported, now, at)
        return steps

    # --- one turn -----------------------------------------------------------------------------

    def _turn(self, subject: str, event: Any, now: float, at: datetime) -> Step | None:  # noqa: ANN401 -- the subject knows its events
        if subject == FLOOR:
            self._floor, actions = floor.advance(self._floor, event, now)
            return Step(subject, now, at, event, actions)
        if subject == PROGRAMME:
            if self.is_draining and isinstance(event, on.TrunksChanged):
                event = on.TrunksChanged(())  # what is not dialled yet stays planned
            self._programme, actions = programme.advance(self._site, self._programme, event, at)
            self._survey_due = self._programme.deadline(self._site.survey.lines)
            return Step(subject, now, at, event, actions)
        return self._call_turn(subject, event, now, at)

    def _call_turn(self, subject: str, event: CallEvent, now: float, at: datetime) -> Step | None:
        live = self._calls.get(subject)
        if live is None:
            if not self._may_begin(event):
                return None
            live = _Live(self._site, Expected())
            if isinstance(event, on.SurveyStarted):
                event = replace(event, understood=self.understood)
        before = live.state
        live.state, actions = call.advance(live.site, before, event, now, call=subject)
        if isinstance(live.state, Ended):
            self._calls.pop(subject, None)
        else:
            self._calls[subject] = live
            due = moments.deadline(live.state)
            if due is not None and due != live.due:
                live.due = due
                self._expect(subject, due)
        if isinstance(event, on.KeyPressed):
            event = _written_down(live.site, before, event, now)
        return Step(subject, now, at, event, actions)

    def _may_begin(self, event: CallEvent) -> bool:
        if isinstance(event, on.SurveyStarted):
            return not self.is_draining
        return isinstance(event, on.CallArrived | on.CallTurnedAway)

    # --- deadlines ------------------------------------------------------------------------------

    def _expect(self, subject: str, due: float) -> None:
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
        return live is not None and live.due == due

    def next_survey(self) -> datetime | None:
        """Return the wall time of the next survey that can be begun; None when none can."""
        return None if self.is_draining else self._survey_due

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


def _written_down(site: Site, state: State, press: on.KeyPressed, now: float) -> on.KeyPressed:
    """Return the key as the journal may keep it: digits of a secret entry are masked."""
    if press.key.isdigit() and call.is_secret(site, state, now):
        return replace(press, key=MASKED)
    return press


# --- what the parts of the engine tell each other -----------------------------------------------


_Messages = tuple[tuple[str, Event], ...]


def _left(call_id: str, order: do.LeaveQueue) -> _Messages:
    """Tell the floor, unless it knows: it refused him, saw him answered, or never saw him."""
    told = order.reason in {
        do.LeaveReason.ABANDONED,
        do.LeaveReason.TIMEOUT,
        do.LeaveReason.EMPTY,
        do.LeaveReason.ERROR,
    }
    return ((FLOOR, on.CallerLeft(call_id)),) if told else ()


def _offered(offer: do.OfferAgent) -> _Messages:
    event = on.AgentOffered(offer.agent, offer.address, offer.seconds_to_ring)
    return ((offer.call, event),)


def _started(order: do.StartSurvey, at: datetime) -> _Messages:
    return ((f"{order.task.id}-s{order.attempt}", on.SurveyStarted(order.task, at)),)


def _reported(call_id: str, report: do.ReportAgent) -> _Messages:
    return ((FLOOR, on.AgentReported(call_id, report.agent, report.outcome)),)


def _surveyed(report: do.ReportSurvey) -> _Messages:
    return ((PROGRAMME, on.SurveyReported(report.survey, report.disposition)),)


_Tell = Callable[[str, Any, datetime], _Messages]
_MESSAGES: Mapping[type, _Tell] = {
    do.JoinQueue: lambda me, order, _: ((FLOOR, on.CallerJoined(me, order.queue)),),
    do.LeaveQueue: lambda me, order, _: _left(me, order),
    do.AskPosition: lambda me, *_: ((FLOOR, on.PositionAsked(me)),),
    do.ReportAgent: lambda me, report, _: _reported(me, report),
    do.OfferAgent: lambda _, offer, __: _offered(offer),
    do.TellPosition: lambda _, tell, __: ((tell.call, on.PositionTold(tell.position)),),
    do.RefuseCaller: lambda _, refuse, __: ((refuse.call, on.QueueRefused(refuse.reason)),),
    do.ProposeSurvey: lambda _, propose, __: ((PROGRAMME, on.SurveyProposed(propose.task)),),
    do.ReportSurvey: lambda _, report, __: _surveyed(report),
    do.StartSurvey: lambda _, order, at: _started(order, at),
}
