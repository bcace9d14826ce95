"""Rings an outside number for the caller, trunk after trunk, and bridges."""

from ivr.engine import actions as do
from ivr.engine import events as on
from ivr.engine import moments as at
from ivr.engine.actions import Note
from ivr.engine.events import CALLER, CallEvent, Failure
from ivr.engine.moments import Facts, Go, Next
from ivr.engine.replacing import replace
from ivr.engine.routing import first_trunk, next_trunk, trunk_fault
from ivr.engine.script import Transfer
from ivr.engine.site import Site

RINGING = "ringing"
"""The ringing tone, found beside the music."""
SECONDS_OF_GRACE = 5.0


def dial(site: Site, go: Go, target: Transfer, now: float) -> Next:
    """Say so, and ring at once: the caller's time is not spent twice."""
    before = (*go.actions, Note("node", target.name))
    trunk = first_trunk(site)
    if not trunk:
        return Go(go.facts, go.turn, target.failed, before)
    turn = go.turn + 1
    play = do.Play(turn, CALLER, go.facts.language, do.spoken(target.prompts))
    state, dial = _ring(go.facts, turn, target, trunk, now)
    return state, (*before, play, dial)


def rang(site: Site, state: at.Transferring, event: CallEvent, now: float) -> Next:
    """Bridge on an answer; on a failure take the next trunk, or the node's way out."""
    match event:
        case on.LineAnswered(line) if line == state.line:
            talking = at.Talking(state.facts, state.turn, line, "", "", "")
            return talking, (do.Bridge(CALLER, line),)
        case on.LineFailed(line, failure) if line == state.line:
            fault = trunk_fault(state.trunk, event)
            trunk = next_trunk(site, state.trunk, event)
            if trunk:
                state, dial = _ring(state.facts, state.turn, state.node, trunk, now)
                return state, (*fault, dial)
            return _go_on(state, failure, fault)
        case on.LineEnded(line) if line == state.line:
            return _go_on(state, Failure.UNREACHABLE, ())
        case on.DeadlinePassed():
            return _go_on(state, Failure.NO_ANSWER, (do.HangUp(state.line),))
        case on.PromptEnded() | on.PromptFailed():
            return state, (do.PlayMusic(CALLER, RINGING),)
    return state, ()


def _ring(
    facts: Facts, turn: int, node: Transfer, trunk: str, now: float
) -> tuple[at.Transferring, do.Dial]:
    facts = replace(facts, lines=facts.lines + 1)
    order = do.Dial(facts.lines, node.number, trunk, facts.number, node.seconds_to_ring)
    until = now + node.seconds_to_ring + SECONDS_OF_GRACE
    return at.Transferring(facts, turn, node, facts.lines, trunk, until), order


def _go_on(state: at.Transferring, failure: Failure, before: tuple[do.Action, ...]) -> Next:
    match failure:
        case Failure.BUSY | Failure.DECLINED:
            to = state.node.busy
        case Failure.NO_ANSWER:
            to = state.node.no_answer
        case _:
            to = state.node.failed
    return Go(state.facts, state.turn, to, (do.StopPlaying(CALLER), *before))
