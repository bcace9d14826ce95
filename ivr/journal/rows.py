"""What the journal keeps of a step: the rows it comes to, table by table. Pure."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from operator import attrgetter
from pathlib import Path

from ivr.engine import actions as do
from ivr.engine.events import Disposition, SurveySaved, SurveyTask
from ivr.engine.notation import packed
from ivr.engine.record import CallRecord
from ivr.engine.step import Step

NEW = "new"
"""The state of a voice message nobody has heard yet."""

ASKED = frozenset(
    {
        Disposition.REACHED,
        Disposition.NO_CONSENT,
        Disposition.REFUSED,
        Disposition.PARTIAL,
        Disposition.COMPLETE,
    }
)
"""Standings that only a person who answered the telephone can bring about."""

Row = dict[str, object]
Messages = Callable[[str, int], Path]
"""Says where the recording made in this turn of this call lies."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A step on its way to the disk; `ordinal` numbers the steps of its subject."""

    ordinal: int
    step: Step
    record: CallRecord | None


@dataclass(frozen=True, slots=True)
class Configured:
    """A configuration came into use."""

    hash: str
    files: Mapping[str, str]
    at: datetime


Entry = Turn | Configured

PRECIOUS = frozenset({do.SaveAnswer, do.SaveSurvey, do.KeepMessage})
"""Actions whose step is committed at once and never dropped."""


def is_precious(entry: Entry) -> bool:
    return isinstance(entry, Configured) or is_urgent(entry.step)


def is_urgent(step: Step) -> bool:
    return not PRECIOUS.isdisjoint(map(type, step.actions))


@dataclass(slots=True)
class Rows:
    """The rows of some entries, in the order they came; of each call only its latest record."""

    steps: list[Row] = field(default_factory=list)
    calls: dict[str, Row] = field(default_factory=dict)
    answers: list[Row] = field(default_factory=list)
    surveys: list[Row] = field(default_factory=list)
    refused_numbers: list[Row] = field(default_factory=list)
    messages: list[Row] = field(default_factory=list)
    agent_states: list[Row] = field(default_factory=list)
    configurations: list[Row] = field(default_factory=list)


def rows(entries: Iterable[Entry], messages: Messages, after: Mapping[str, int]) -> Rows:
    """Return the rows of the entries; `after` is the last ordinal a subject had before."""
    found = Rows()
    latest: dict[str, CallRecord] = {}
    for entry in entries:
        match entry:
            case Turn(ordinal, step, record):
                found.steps.append(_step(step, ordinal + after.get(step.subject, 0)))
                if record is not None:
                    latest[record.id] = record
                for action in step.actions:
                    _add(found, action, step, record, messages)
            case Configured(name, files, at):
                text = _text(dict(files))
                found.configurations.append({"hash": name, "files": text, "first_used": at})
    found.calls = {name: _call(record) for name, record in latest.items()}
    return found


def saved(entries: Iterable[Entry]) -> list[SurveySaved]:
    """Return the acknowledgements that the entries' surveys are owed once they are on disk."""
    return [
        SurveySaved(action.task.id, action.disposition)
        for entry in entries
        if isinstance(entry, Turn)
        for action in entry.step.actions
        if type(action) is do.SaveSurvey
    ]


def aside(turn: Turn, reason: str) -> Row:
    """Return the row of a step that could not be written as what it is."""
    step = turn.step
    ordinal, subject, at = turn.ordinal, step.subject, step.at
    return {
        "subject": subject,
        "ordinal": ordinal,
        "at": at,
        "step": repr(step),
        "reason": reason,
    }


_text = json.JSONEncoder(separators=(",", ":"), check_circular=False).encode
_call_names = tuple(entry.name for entry in fields(CallRecord))
_call_values = attrgetter(*_call_names)
_task_names = tuple(entry.name for entry in fields(SurveyTask))
_task_values = attrgetter(*_task_names)


def _step(step: Step, ordinal: int) -> Row:
    return {
        "subject": step.subject,
        "ordinal": ordinal,
        "now": step.now,
        "at": step.at,
        "event": _text(packed(step.event)),
        "actions": _text([packed(action) for action in step.actions]),
    }


def _call(record: CallRecord) -> Row:
    row: Row = dict(zip(_call_names, _call_values(record), strict=True))
    row["ended"] = record.at + timedelta(seconds=record.seconds) if record.is_over else None
    return row


def _add(
    found: Rows, action: do.Action, step: Step, record: CallRecord | None, messages: Messages
) -> None:
    match action:
        case do.ChangeAgent(agent, state):
            found.agent_states.append({"agent": agent, "state": state, "at": step.at})
        case do.SaveAnswer():
            found.answers.append(_answer(action, step))
        case do.SaveSurvey():
            found.surveys.append(_survey(action, step))
            if action.disposition is Disposition.REFUSED:
                found.refused_numbers.append(_refused(action.task, step))
        case do.KeepMessage():
            path = messages(step.subject, action.turn)
            found.messages.append(_message(action, step, record, path))


def _answer(action: do.SaveAnswer, step: Step) -> Row:
    task = action.task
    return {
        "survey": task.id,
        "question": action.question,
        "call": step.subject,
        "questions": task.questions,
        "value": action.value,
        "group": task.group,
        "stage": task.stage,
        "team": task.team,
        "agent": task.agent,
        "level": task.level,
        "at": step.at,
    }


def _survey(action: do.SaveSurvey, step: Step) -> Row:
    row: Row = dict(zip(_task_names, _task_values(action.task), strict=True))
    row["disposition"] = str(action.disposition)
    row["attempts"] = action.attempts
    row["planned"] = action.planned
    row["due"] = action.due
    row["asked_at"] = step.at if action.disposition in ASKED else None
    return row


def _refused(task: SurveyTask, step: Step) -> Row:
    return {"number": task.number, "survey": task.id, "at": step.at}


def _message(action: do.KeepMessage, step: Step, record: CallRecord | None, path: Path) -> Row:
    return {
        "call": step.subject,
        "turn": action.turn,
        "box": action.box,
        "path": str(path),
        "seconds": action.seconds,
        "caller": record.number if record else "",
        "group": record.group if record else "",
        "language": record.language if record else "",
        "at": step.at,
        "state": NEW,
    }
