"""A whole call: from the first ring, or the first dial, to its one outcome.

    state, actions = advance(site, state, event, now)

Pure: time enters only as `now` (steady seconds) and as the wall time in the first event.
Handlers live beside what they decide - dialogue (menus, digits), speech, queueing (teams, agents),
transfer, message, survey - and answer with a new state, or with `Go`: on to another node.
This module begins calls, walks nodes, and ends calls, because those are the same everywhere.

An event that means nothing in a state changes nothing: a key may be pressed, a prompt may
end and an agent may answer after the call has moved on. `_is_late` says so once, for all.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ivr.engine import actions as do
from ivr.engine import dialogue, message, queueing, speech, survey, transfer
from ivr.engine import events as on
from ivr.engine import moments as at
from ivr.engine import script as node
from ivr.engine.actions import Action, Outcome
from ivr.engine.events import CALLER, CallEvent
from ivr.engine.moments import Facts, Go, Next, Settled, State
from ivr.engine.numbers import normal
from ivr.engine.replacing import replace
from ivr.engine.site import Group, Site

NOT_FOUND = 404  # RFC 3261 section 21.4.5
UNAVAILABLE = 503  # RFC 3261 section 21.5.4


def advance(
    site: Site, state: State, event: CallEvent, now: float, *, call: str = ""
) -> tuple[State, tuple[Action, ...]]:
    """Return the state after `event`, and the actions it calls for.

    `call` is the call's id, read only by the first event.
    """
    if _is_late(state, event, now):
        return state, ()
    everywhere = _EVERYWHERE.get(type(event))
    result = everywhere(site, state, event, now, call) if everywhere else None
    if result is None:
        result = _HANDLERS[type(state)](site, state, event, now)
    while isinstance(result, Go):
        result = _enter(site, result, now)
    return speech.attended(state, event, result)


def is_secret(site: Site, state: State, now: float) -> bool:
    """Return whether a digit pressed now must not be written down.

    A key pressed during a prompt may count for a node that comes later, so the prompts on the
    way are taken as heard.
    """
    while isinstance(state, at.Speaking) or (isinstance(state, at.Asking) and state.keys):
        state, _ = advance(site, state, on.PromptEnded(state.turn), now)
    match state:  # digits that may be said are no secret, so nobody is heard here
        case at.Asking(node=node.Collect(secret=True)):
            return True
        case at.Waiting(node=node.Collect(secret=True)):
            return True
    return False


def _is_late(state: State, event: CallEvent, now: float) -> bool:
    match event:
        case (
            on.PromptEnded(turn=turn)
            | on.PromptFailed(turn=turn)
            | on.RecordingEnded(turn=turn)
            | on.SpeechStarted(turn=turn)
            | on.SpeechHeard(turn=turn)
            | on.NothingHeard(turn=turn)
            | on.RecogniserFailed(turn=turn)
        ):
            return turn != state.turn or isinstance(state, at.Ended)
        case on.DeadlinePassed():
            due = at.deadline(state)
            return due is None or now < due
    return isinstance(state, at.Ended)


# --- beginning ------------------------------------------------------------------------------


def _arrive(site: Site, state: State, event: on.CallArrived, now: float, call: str) -> Next | None:
    if not isinstance(state, at.Expected):
        return None
    dialled = normal(event.dialled)
    entrance = site.entrances.get(dialled)
    if entrance is None:
        actions = (do.Reject(NOT_FOUND, config=site.hash), do.Conclude(Outcome.UNKNOWN_NUMBER))
        return at.Ended(0, Outcome.UNKNOWN_NUMBER), actions
    stage = _stage_in_force(site, site.groups[entrance.group], event)
    facts = Facts(
        id=call,
        number=normal(event.caller),
        dialled=dialled,
        at=event.at,
        began=now,
        cut_off=now + site.limits.seconds,
        group=entrance.group,
        stage=stage.name,
        questions=stage.questions,
        language=entrance.language,
        script=stage.script,
        understood=event.understood,
    )
    admit = do.Admit(entrance.group, stage.name, entrance.language, site.hash)
    return Go(facts, 0, stage.script.start, (do.Answer(), admit))


def _stage_in_force(site: Site, group: Group, event: on.CallArrived) -> node.Stage:
    today = event.at.astimezone(site.zone).date()
    in_force = group.stages[0]
    for stage in group.stages:
        if stage.since <= today:
            in_force = stage
    return in_force


def _turn_away(
    site: Site, state: State, event: on.CallTurnedAway, now: float, call: str
) -> Next | None:
    del event, now, call
    if not isinstance(state, at.Expected):
        return None
    actions = (
        do.Reject(UNAVAILABLE, site.limits.retry_after, site.hash),
        do.Conclude(Outcome.TURNED_AWAY),
    )
    return at.Ended(0, Outcome.TURNED_AWAY), actions


def _call_back(
    site: Site, state: State, event: on.SurveyStarted, now: float, call: str
) -> Next | None:
    if not isinstance(state, at.Expected):
        return None
    return survey.start(site, event, now, call)


# --- walking --------------------------------------------------------------------------------


def _enter(site: Site, go: Go, now: float) -> Next:
    target = go.facts.script.nodes[go.to]
    return _ENTRIES[type(target)](site, go, target, now)


def _leave(site: Site, go: Go, target: node.Goodbye, now: float) -> Next:
    del site, now
    facts = survey.closing(go.facts)
    turn = go.turn + 1
    outcome = Outcome.SURVEYED if facts.task else facts.came_to or Outcome.GOODBYE
    play = do.Play(turn, CALLER, facts.language, do.spoken(target.prompts))
    return at.Leaving(facts, turn, outcome), (*go.actions, play)


def _left(site: Site, state: at.Leaving, event: CallEvent, now: float) -> Next:
    del site
    match event:
        case on.PromptEnded() | on.PromptFailed():
            return _end(state, now, None, hang_up=True)
    return state, ()


# --- ending ---------------------------------------------------------------------------------


def _lose(site: Site, state: State, event: on.LineEnded, now: float, call: str) -> Next | None:
    del site, call
    if event.line != CALLER:
        return None
    outcome = Outcome.NO_AUDIO if event.ending is on.Ending.NO_AUDIO else None
    return _end(state, now, outcome, hang_up=False)


def _cut_off(
    site: Site, state: State, event: on.DeadlinePassed, now: float, call: str
) -> Next | None:
    del site, event, call
    if isinstance(state, at.Expected | at.Ended | at.Filing) or now < state.facts.cut_off:
        return None
    return _end(state, now, Outcome.TOO_LONG, hang_up=True)


def _stop(site: Site, state: State, event: on.GatewayStopped, now: float, call: str) -> Next:
    del site, event, call
    return _end(state, now, Outcome.STOPPED, hang_up=True)


def _apologise(site: Site, state: State, event: on.GatewayFailed, now: float, call: str) -> Next:
    """Let go of everything, say that it was our fault, and hang up."""
    del event, call
    if not isinstance(state, _APOLOGISED_TO) or state.facts.task is not None:
        return _end(state, now, Outcome.FAILED, hang_up=True)
    _, (*held, _conclude) = _end(state, now, Outcome.FAILED, hang_up=False)
    turn = state.turn + 1
    play = do.Play(turn, CALLER, state.facts.language, do.spoken(site.apology))
    return at.Leaving(state.facts, turn, Outcome.FAILED), (*held, play)


_APOLOGISED_TO = (
    at.Speaking
    | at.Asking
    | at.Waiting
    | at.Listening
    | at.Queued
    | at.Offered
    | at.Transferring
    | at.Inviting
)


def _end(state: State, now: float, outcome: Outcome | None, *, hang_up: bool) -> Settled:
    """End the call: let go of everything the moment holds, and say what it came to."""
    last: tuple[Action, ...] = (do.HangUp(CALLER),) if hang_up else ()
    match state:
        case at.Expected() | at.Ended():
            return state, ()
        case at.Filing():
            gone = replace(state, gone=outcome or state.gone or Outcome.HUNG_UP)
            return gone, last
        case at.Recording():
            return message.break_off(state, outcome, now, last)
        case at.Leaving():
            came_to = outcome or state.outcome
            return _ended(state, came_to, last)
        case at.Queued() | at.Offered():
            last = (*queueing.give_up(state, outcome, now), *last)
            return _ended(state, outcome or Outcome.ABANDONED, last)
        case at.Talking():
            last = (do.HangUp(state.line), *last, *queueing.release(state))
            return _ended(state, outcome or queueing.came_to(state), last)
        case at.Transferring():
            last = (do.HangUp(state.line), *last)
    return _ended(state, outcome or state.facts.came_to or Outcome.HUNG_UP, last)


def _ended(state: at.Running | Go, outcome: Outcome, last: tuple[Action, ...]) -> Settled:
    if state.facts.task is not None:
        outcome = Outcome.SURVEYED
        last = (*last, survey.report(state.facts))
    return at.Ended(state.turn, outcome), (*last, do.Conclude(outcome))


def _talked(site: Site, state: at.Talking, event: CallEvent, now: float) -> Next:
    del site, now
    match event:
        case on.LineEnded(line=line) if line == state.line:
            actions = (do.HangUp(CALLER), *queueing.release(state))
            return _ended(state, queueing.came_to(state), actions)
    return state, ()


def _nothing(site: Site, state: State, event: CallEvent, now: float) -> Next:
    del site, event, now
    return state, ()


def _filed(site: Site, state: at.Filing, event: CallEvent, now: float) -> Next:
    result = message.filed(site, state, event, now)
    if not isinstance(result, Go) or state.gone is None:
        return result
    return _ended(result, result.facts.came_to or state.gone, result.actions)


_Everywhere = Callable[[Site, State, Any, float, str], Next | None]
_EVERYWHERE: Mapping[type, _Everywhere] = {
    on.CallArrived: _arrive,
    on.CallTurnedAway: _turn_away,
    on.SurveyStarted: _call_back,
    on.KeyPressed: dialogue.drop_end,
    on.LineEnded: _lose,
    on.DeadlinePassed: _cut_off,
    on.GatewayStopped: _stop,
    on.GatewayFailed: _apologise,
}
"""What is decided alike in every moment; None leaves it to the moment."""

_Handler = Callable[[Site, Any, CallEvent, float], Next]
_HANDLERS: Mapping[type, _Handler] = {
    at.Expected: _nothing,
    at.Speaking: dialogue.spoke,
    at.Asking: dialogue.asked,
    at.Waiting: dialogue.waited,
    at.Listening: speech.listened,
    at.Queued: queueing.queued,
    at.Offered: queueing.offered,
    at.Talking: _talked,
    at.Transferring: transfer.rang,
    at.Inviting: message.invited,
    at.Recording: message.recorded,
    at.Filing: _filed,
    at.Calling: survey.called,
    at.Leaving: _left,
    at.Ended: _nothing,
}

_Entry = Callable[[Site, Go, Any, float], Next]
_ENTRIES: Mapping[type, _Entry] = {
    node.Say: dialogue.say,
    node.Menu: dialogue.ask,
    node.OpenQuestion: dialogue.ask_openly,
    node.Collect: dialogue.ask,
    node.Question: dialogue.ask,
    node.Consent: dialogue.ask,
    node.ChooseLanguage: dialogue.choose_language,
    node.OpeningHours: dialogue.check_hours,
    node.SurveyNotice: dialogue.give_notice,
    node.JoinTeam: queueing.join,
    node.Transfer: transfer.dial,
    node.Message: message.invite,
    node.Goodbye: _leave,
}
