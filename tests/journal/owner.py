"""Who owns a journal in these tests: gives it steps, and waits for what it says."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import SimpleQueue
from typing import Self

from ivr.engine import actions as do
from ivr.engine import events as on
from ivr.engine.record import CallRecord, begin, fold
from ivr.engine.step import PROGRAMME, Step
from ivr.journal import Journal

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
LATER = AT + timedelta(minutes=1)
PATIENCE = 20.0
"""Seconds after which a test gives up waiting for the writer."""


class Owner:
    """Writes to a journal and keeps what it answers; on it goes until `patience` is over."""

    def __init__(self, url: str, **options: int) -> None:
        self.url = url
        self.saved: SimpleQueue[on.SurveySaved] = SimpleQueue()
        self.troubles: SimpleQueue[str | None] = SimpleQueue()
        self.journal = Journal(
            url,
            at=AT,
            messages=recording,
            acknowledged=self.saved.put,
            troubled=self.troubles.put,
            **options,
        )

    def write(self, *steps: Step, record: CallRecord | None = None) -> Self:
        for step in steps:
            self.journal.write(step, record)
        return self

    def write_call(self, *steps: Step) -> CallRecord:
        """Write the steps of one call with its record after each; return the last record."""
        record = begin(steps[0])
        self.journal.write(steps[0], record)
        for step in steps[1:]:
            record = fold(record, step)
            self.journal.write(step, record)
        return record

    def settle(self, survey: str = "settled") -> None:
        """Wait until everything written so far is on disk."""
        self.write(survey_step(survey))
        while self.saved.get(timeout=PATIENCE).survey != survey:
            pass

    def trouble(self) -> str | None:
        """Wait for the next word about trouble; None is that it is over."""
        return self.troubles.get(timeout=PATIENCE)


def recording(call: str, turn: int) -> Path:
    return Path("messages") / f"{call}-{turn}.wav"


def task(survey: str = "call-1", number: str = "+4533663333") -> on.SurveyTask:
    return on.SurveyTask(survey, number, "demo-1", "demo", "start", "team", "anna", "1", "da")


def step(subject: str, now: float, event: on.Event, *actions: do.Action) -> Step:
    return Step(subject, now, AT + timedelta(seconds=now), event, actions)


def key(subject: str, number: int) -> Step:
    """A step of no importance, told from others by its number."""
    return step(subject, float(number), on.KeyPressed(str(number)))


def survey_step(
    survey: str,
    disposition: on.Disposition = on.Disposition.PLANNED,
    *,
    now: float = 0.0,
    number: str = "+4533663333",
    attempts: int = 0,
    planned: float = 0.0,
    due: float = 300.0,
) -> Step:
    begun = AT + timedelta(seconds=planned)
    about = task(survey, number)
    save = do.SaveSurvey(about, disposition, attempts, begun, AT + timedelta(seconds=due))
    return step(PROGRAMME, now, on.SurveyProposed(about), save)


def answer_step(
    call: str, question: str, value: int, *, survey: str = "call-1", now: float = 0.0
) -> Step:
    save = do.SaveAnswer(task(survey), question, value)
    return step(call, now, on.KeyPressed(str(value)), save)


def arrival(call: str, *, number: str = "+4570121416", now: float = 0.0) -> Step:
    at = AT + timedelta(seconds=now)
    return step(
        call,
        now,
        on.CallArrived(number, "+4533663333", at),
        do.Answer(),
        do.Admit("demo", "start", "da", "c0ffee"),
    )


def conclusion(call: str, outcome: do.Outcome = do.Outcome.TALKED, *, now: float = 9.0) -> Step:
    return step(call, now, on.LineEnded(on.CALLER), do.Conclude(outcome))
