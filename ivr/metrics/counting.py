"""Counts steps. Runs on the owner thread for every step, so it looks only at what it counts."""

from collections.abc import Callable, Collection
from typing import Any

from ivr.engine import actions as do
from ivr.engine import events as on
from ivr.engine.record import CallRecord
from ivr.engine.step import Step
from ivr.metrics.families import Families
from ivr.metrics.labels import (
    CHOSEN,
    EXTENSION,
    GAVE_UP,
    HEARD,
    HUNG_UP,
    NONE,
    NOT_UNDERSTOOD,
    OTHER,
    REACHED,
    SENT_ON,
    WAITED,
    Labels,
    choice,
)

# What is counted is found by the type of the event or action, hence Any for its first argument.
Reading = Callable[[Any, Step, CallRecord | None], None]


class Counting:
    """What steps add to the counters. It remembers which calls are up, and whom they ring."""

    def __init__(self, families: Families, labels: Labels) -> None:
        self._families = families
        self._labels = labels
        self._up: dict[str, tuple[str, str]] = {}  # group and direction of each call
        self._ringing: dict[str, dict[int, str]] = {}  # destination of each line, by call
        self._events: dict[type, Reading] = {
            on.CallArrived: self._begun,
            on.SurveyStarted: self._begun,
            on.CallTurnedAway: self._turned_away,
            on.LineAnswered: self._answered,
            on.LineFailed: self._failed,
        }
        self._actions: dict[type, Reading] = {
            do.Note: self._noted,
            do.Conclude: self._concluded,
            do.LeaveQueue: self._left,
            do.Dial: self._dialled,
            do.SaveAnswer: self._answer,
            do.SaveSurvey: self._survey,
            do.KeepMessage: self._message,
        }

    def count(self, step: Step, record: CallRecord | None) -> None:
        event = self._events.get(type(step.event))
        if event is not None:
            event(step.event, step, record)
        for order in step.actions:
            action = self._actions.get(type(order))
            if action is not None:
                action(order, step, record)

    def follow(self, labels: Labels) -> None:
        self._labels = labels

    def recount(self) -> None:
        """Show the calls that are up under the groups there are now."""
        active = self._families.calls_active
        active.clear()
        for where in self._up.values():
            active.at(*where).inc()

    def keep_up(self, live: Collection[str]) -> None:
        """Forget calls that ended without a word, by a fault."""
        for call in self._up.keys() - set(live):
            self._end(call)

    # --- events -------------------------------------------------------------------------------

    def _begun(self, _: object, step: Step, record: CallRecord | None) -> None:
        where = self._up[step.subject] = (_where(record)[0], record.direction if record else OTHER)
        self._families.calls_active.at(*where).inc()

    def _turned_away(self, event: on.CallTurnedAway, *_: object) -> None:
        self._families.rejected.at(event.reason).inc()

    def _answered(self, event: on.LineAnswered, step: Step, _: CallRecord | None) -> None:
        destination = self._ringing.get(step.subject, {}).pop(event.line, None)
        if destination is not None:
            self._families.transfer.at(destination, REACHED, "200").inc()

    def _failed(self, event: on.LineFailed, step: Step, _: CallRecord | None) -> None:
        destination = self._ringing.get(step.subject, {}).pop(event.line, None)
        if destination is not None:
            self._families.transfer.at(destination, event.failure, str(event.code)).inc()

    # --- actions ------------------------------------------------------------------------------

    def _noted(self, note: do.Note, _: Step, record: CallRecord | None) -> None:
        outcome = HEARD.get(note.kind)
        if outcome is None:
            if note.kind != "node":
                self._families.notes.at(note.kind).inc()
            return
        if note.kind == NOT_UNDERSTOOD:
            self._families.asr_rejected.inc()
        group, stage = _where(record)
        self._families.stage_outcome.at(group, stage, outcome).inc()
        if note.kind in CHOSEN and note.value:
            is_extension = len(note.value) > 1 and note.value.isdigit()
            name = EXTENSION if is_extension else choice(note.node, note.value)
            self._families.choice.at(group, stage, name, outcome).inc()

    def _concluded(self, action: do.Conclude, step: Step, record: CallRecord | None) -> None:
        families = self._families
        group, stage = _where(record)
        direction = record.direction if record else OTHER
        families.calls.at(group, direction, action.outcome).inc()
        if record is not None:
            families.call_seconds.at(direction).observe(record.seconds)
        if action.outcome is do.Outcome.HUNG_UP:
            families.stage_outcome.at(group, stage, HUNG_UP).inc()
        if action.outcome is do.Outcome.UNKNOWN_NUMBER:
            families.rejected.at(action.outcome).inc()
        self._end(step.subject)

    def _end(self, call: str) -> None:
        where = self._up.pop(call, None)
        if where is not None:
            self._families.calls_active.at(*where).dec()
        for destination in self._ringing.pop(call, {}).values():
            self._families.transfer.at(destination, GAVE_UP, "0").inc()

    def _left(self, action: do.LeaveQueue, *_: object) -> None:
        families = self._families
        families.queue_left.at(action.queue, action.reason).inc()
        outcome = WAITED.get(action.reason, SENT_ON)
        families.queue_wait.at(action.queue, outcome).observe(action.seconds)

    def _dialled(self, action: do.Dial, step: Step, record: CallRecord | None) -> None:
        """A transfer is what an incoming call dials over a trunk; agents have no trunk."""
        if action.trunk and record is not None and record.direction == "in":
            key = (record.group, action.target)
            destination = self._labels.destinations.get(key, OTHER)
            self._ringing.setdefault(step.subject, {})[action.line] = destination

    def _answer(self, action: do.SaveAnswer, *_: object) -> None:
        group = action.task.group or NONE
        self._families.survey_answer.at(group, action.question).observe(action.value)

    def _survey(self, action: do.SaveSurvey, *_: object) -> None:
        group = action.task.group or NONE
        self._families.survey.at(group, action.disposition).inc()

    def _message(self, action: do.KeepMessage, *_: object) -> None:
        self._families.messages.at(action.box).inc()


def _where(record: CallRecord | None) -> tuple[str, str]:
    if record is None:
        return NONE, NONE
    return record.group or NONE, record.stage or NONE
