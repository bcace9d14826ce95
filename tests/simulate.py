"""Runs a whole gateway in simulated time from a written timeline, and writes down what happened.

Lines with `>` are what the world does; everything else follows from them. Deadlines pass by
themselves, and the journal confirms what it is ordered to save at once: hours of calls take
milliseconds. tests/engine/transcripts/README.md tells how a timeline is written.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ivr.engine import actions as do
from ivr.engine import events as on
from ivr.engine.events import Event
from ivr.engine.exchange import Exchange
from ivr.engine.notation import read, written
from ivr.engine.site import Site
from ivr.engine.step import PROGRAMME, Step


@dataclass(frozen=True)
class Entry:
    """One `>` line: at `now` seconds, `text` happened to `subject`; `remarks` stand above it."""

    now: float
    subject: str
    text: str
    remarks: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.now:7.1f} {self.subject:<8} > {self.text}"


class Simulation:
    """One gateway in simulated time. `lines` is its transcript, `steps` its journal."""

    def __init__(self, sites: Mapping[str, Site], name: str, begins: datetime) -> None:
        self._sites = sites
        self._begins = begins
        self.exchange = Exchange(sites[name])
        self.lines: list[str] = []
        self.steps: list[Step] = []

    def run(self, timeline: Iterable[Entry]) -> list[str]:
        """Let everything on the timeline happen, and everything after it that is due."""
        for entry in timeline:
            self._pass_time(until=entry.now)
            self.lines += [*entry.remarks, str(entry)]
            self._happen(entry)
        self._pass_time(until=float("inf"))
        return self.lines

    def _happen(self, entry: Entry) -> None:
        at = self._at(entry.now)
        match entry.subject, entry.text.split():
            case "gateway", ["Drain"]:
                self.exchange.is_draining = True
            case "gateway", ["Reload", name]:
                self.exchange.reload(self._sites[name], entry.now)
            case _:
                event = read(entry.text, at=at)
                self._write(self._told(entry, event), entry.now, written_already=event)

    def _told(self, entry: Entry, event: Event) -> list[Step]:
        at = self._at(entry.now)
        if isinstance(event, on.CallArrived):
            self.exchange.understood = event.understood
            return self.exchange.arrive(entry.subject, event.caller, event.dialled, entry.now, at)
        return self.exchange.handle(entry.subject, event, entry.now, at)

    def _pass_time(self, until: float) -> None:
        while (due := self._next()) < until:
            # A deadline that is already over was not looked at before: it passes now.
            now = max(due, self.steps[-1].now)
            for subject in self.exchange.due(now, self._at(now)):
                steps = self.exchange.handle(subject, on.DeadlinePassed(), now, self._at(now))
                self._write(steps, now)

    def _next(self) -> float:
        due = self.exchange.next_deadline()
        survey = self.exchange.next_survey()
        of_survey = float("inf") if survey is None else (survey - self._begins).total_seconds()
        return min(of_survey, float("inf") if due is None else due)

    def _at(self, now: float) -> datetime:
        return self._begins + timedelta(seconds=now)

    def _write(self, steps: list[Step], now: float, written_already: Event | None = None) -> None:
        for step in steps:
            if step.event != written_already:
                self.lines.append(f"{now:7.1f} {step.subject:<8} - {written(step.event)}")
            self.lines += [f"{'':16} < {written(action)}" for action in step.actions]
        self.steps += steps
        for saved in _saved(steps):
            self._write(self.exchange.handle(PROGRAMME, saved, now, self._at(now)), now)


def _saved(steps: list[Step]) -> list[on.SurveySaved]:
    """Return what the journal says when it has carried out these steps."""
    return [
        on.SurveySaved(action.task.id, action.disposition)
        for step in steps
        for action in step.actions
        if isinstance(action, do.SaveSurvey)
    ]
