"""Tells a call in plain words, one line a step: for eyes that know calls and no Python.

    +3.2  the caller presses 7; no such choice in main; says no_match, menu.demo.short

Numbers of people are not told unless asked for.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ivr.engine import actions as do
from ivr.engine import events as on
from ivr.engine.actions import Action, Prompt
from ivr.engine.events import CALLER, Event
from ivr.engine.step import FLOOR, PROGRAMME, Step

HIDDEN = "a hidden number"
HIDDEN_WORDS = "some words"


def told(step: Step, *, numbers: bool = False) -> str:
    """Return one line for a step; "" when it would say nothing.

    `numbers` shows the numbers of people, and the words they said.
    """
    event = _EVENTS.get(type(step.event))
    parts = [event(step.event)] if event else []
    for action in step.actions:
        tell = _ACTIONS.get(type(action))
        if tell is not None and (said := tell(action)):
            parts.append(said)
    line = "; ".join(part for part in parts if part)
    return line if numbers else _without_numbers(line, step)


def who(step: Step) -> str:
    """Return whose step it is: a call's id, the floor, or the survey programme."""
    return {FLOOR: "floor", PROGRAMME: "survey programme"}.get(step.subject, step.subject)


def _without_numbers(line: str, step: Step) -> str:
    if isinstance(step.event, on.SpeechHeard):
        line = line.replace(_words(step.event), HIDDEN_WORDS, 1)
    for number in _numbers(step.event, step.actions):
        line = line.replace(number, HIDDEN)
    return line


def _numbers(event: Event, actions: Sequence[Action]) -> list[str]:
    found: list[str] = []
    match event:
        case on.CallArrived(caller=caller) | on.CallTurnedAway(caller=caller):
            found.append(caller)
        case on.SurveyStarted(task) | on.SurveyProposed(task) | on.SurveyRestored(task=task):
            found.append(task.number)
        case on.NumberAsked(number) | on.NumberRefused(number):
            found.append(number)
    found += [action.target for action in actions if isinstance(action, do.Dial) and action.trunk]
    return [number for number in found if number]


def _person(line: int) -> str:
    return "the caller" if line == CALLER else f"line {line}"


def _spoken(prompts: Sequence[Prompt]) -> str:
    return ", ".join(map(str, prompts))


def _words(event: on.SpeechHeard) -> str:
    return f'"{event.text}"'


def _arrived(event: on.CallArrived) -> str:
    return f"{event.caller or 'a withheld number'} dials {event.dialled}"


def _position(event: on.PositionTold) -> str:
    return f"stands at position {event.position}"


_TELL = Callable[[Any], str]
_EVENTS: Mapping[type, _TELL] = {
    on.CallArrived: _arrived,
    on.CallTurnedAway: lambda e: f"a caller dials {e.dialled} and is turned away: {e.reason}",
    on.KeyPressed: lambda e: f"{_person(e.line)} presses {e.key}",
    on.PromptEnded: lambda _: "it has been said",
    on.PromptFailed: lambda _: "the prompt could not be played",
    on.SpeechStarted: lambda _: "the caller speaks",
    on.SpeechHeard: lambda e: f"the caller says {_words(e)} ({e.confidence:.2f})",
    on.NothingHeard: lambda _: "that was no word",
    on.RecogniserFailed: lambda _: "the recogniser fails",
    on.RecordingEnded: lambda e: f"the recording holds {e.seconds:.1f} s",
    on.LineRang: lambda e: f"line {e.line} rings",
    on.LineAnswered: lambda e: f"{_person(e.line)} answers",
    on.LineFailed: lambda e: (
        f"{_person(e.line)} is not reached: {e.failure} ({e.code or 'no answer'})"
    ),
    on.LineEnded: lambda e: f"{_person(e.line)} is gone: {e.ending}",
    on.DeadlinePassed: lambda _: "time is up",
    on.GatewayStopped: lambda _: "the gateway stops",
    on.GatewayFailed: lambda _: "a fault of the gateway",
    on.PositionTold: _position,
    on.QueueRefused: lambda e: f"the queue is {e.reason}",
    on.AgentOffered: lambda e: f"agent {e.agent} is free",
    on.SurveyStarted: lambda e: f"the robot calls {e.survey.number} about call {e.survey.id}",
    on.CallerJoined: lambda e: f"{e.call} joins {e.queue}",
    on.CallerLeft: lambda e: f"{e.call} leaves",
    on.PositionAsked: lambda e: f"{e.call} asks for its position",
    on.AgentReported: lambda e: f"{e.call}: {e.agent} {e.outcome}",
    on.AgentLoggedIn: lambda e: f"{e.agent} logs in",
    on.AgentLoggedOut: lambda e: f"{e.agent} logs out",
    on.SurveyProposed: lambda e: f"call {e.task.id} may be surveyed",
    on.SurveySaved: lambda e: f"survey {e.survey} is on disk as {e.disposition}",
    on.SurveyReported: lambda e: f"survey {e.survey}: {e.disposition}",
    on.SurveyRestored: lambda e: f"survey {e.task.id} was {e.disposition} before the restart",
    on.TrunksChanged: lambda e: f"trunks up: {', '.join(e.up) or 'none'}",
}

_NOTES: Mapping[str, str] = {
    "node": "comes to {node}",
    "key": "chooses {value} in {node}",
    "heard": "is understood in {node}: {value}",
    "unclear": "may have meant {value} in {node}",
    "several": "said several things in {node}",
    "denied": "did not mean {value} in {node}",
    "not_understood": "was not understood in {node}",
    "recogniser_failed": "cannot be heard in {node}",
    "speech_off": "is asked by keys only from now on",
    "no_input": "was silent in {node}",
    "no_match": "no such choice in {node}",
    "late_key": "the key came too early for {node}",
    "collected": "has keyed in {value}",
    "language": "is spoken to in {value} from now on",
    "closed": "{node} is closed: {value}",
    "prompt_failed": "goes on without the prompt",
    "trunk_failed": "trunk {node} failed ({value})",
    "skipped": "skips {node}",
    "invalid_answer": "that is no answer to {node}",
}


def _note(action: do.Note) -> str:
    told = _NOTES.get(action.kind, action.kind)
    return told.format(node=action.node, value=action.value).removesuffix(": ")


def _survey(action: do.SaveSurvey) -> str:
    when = f", due {action.due.astimezone():%H:%M:%S}" if action.disposition == "planned" else ""
    return f"survey {action.task.id}: {action.disposition}{when}"


_ACTIONS: Mapping[type, _TELL] = {
    do.Answer: lambda _: "answers",
    do.Reject: lambda a: f"refuses with {a.code}",
    do.Play: lambda a: f"says {_spoken(a.prompts)}",
    do.PlayMusic: lambda a: f"plays music: {a.music}",
    do.Listen: lambda a: f"listens in {a.grammar.name}",
    do.Dial: lambda a: f"rings {a.target}" + (f" over {a.trunk}" if a.trunk else ""),
    do.Bridge: lambda a: f"connects {_person(a.line)} with {_person(a.other)}",
    do.HangUp: lambda a: f"hangs up {_person(a.line)}",
    do.Record: lambda a: f"records for box {a.box}",
    do.StopRecording: lambda _: "stops recording",
    do.Admit: lambda a: f"service group {a.group}, stage {a.stage}",
    do.KeepMessage: lambda a: f"files a message of {a.seconds:.1f} s in {a.box}",
    do.DropMessage: lambda _: "nothing to file",
    do.SaveAnswer: lambda a: f"stores {a.question} = {a.value}",
    do.SaveSurvey: _survey,
    do.Note: _note,
    do.Conclude: lambda a: f"the call is over: {a.outcome}",
    do.ChangeAgent: lambda a: f"{a.agent} is {a.state.replace('_', ' ')}",
    do.JoinQueue: lambda a: f"joins queue {a.queue}",
    do.LeaveQueue: lambda a: f"leaves queue {a.queue} after {a.seconds:.1f} s: {a.reason}",
}
