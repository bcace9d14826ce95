"""Takes a voice message: invitation, tone, recording, and its filing.

Any key ends the recording, so does silence, the longest time, or a hang-up: what was said is
kept in every case, if it is long enough to be something.
"""

from ivr.engine import actions as do
from ivr.engine import events as on
from ivr.engine import moments as at
from ivr.engine.actions import Action, Note, Outcome, Prompt
from ivr.engine.events import CALLER, CallEvent
from ivr.engine.moments import Facts, Go, Next, Settled
from ivr.engine.replacing import replace
from ivr.engine.script import Message
from ivr.engine.site import Site

TONE = Prompt("tone")
"""What a caller waits for before he speaks; found beside the music."""
SECONDS_OF_GRACE = 5.0
"""How much longer a recorder may take than it was told to, before it is stopped."""


def invite(site: Site, go: Go, target: Message, now: float) -> Next:
    """Invite, then the tone."""
    del site, now
    turn = go.turn + 1
    prompts = (*do.spoken(target.prompts), TONE)
    play = do.Play(turn, CALLER, go.facts.language, prompts)
    note = Note("node", target.name)
    return at.Inviting(go.facts, turn, target, only_tone=False), (*go.actions, note, play)


def invited(site: Site, state: at.Inviting, event: CallEvent, now: float) -> Next:
    """Record when the tone is over; a key goes straight to the tone."""
    del site
    match event:
        case on.PromptEnded() | on.PromptFailed():
            return _record(state, now)
        case on.KeyPressed(line=line) if line == CALLER and not state.only_tone:
            turn = state.turn + 1
            play = do.Play(turn, CALLER, state.facts.language, (TONE,))
            return replace(state, turn=turn, only_tone=True), (do.StopPlaying(CALLER), play)
    return state, ()


def _record(state: at.Inviting, now: float) -> Next:
    node = state.node
    turn = state.turn + 1
    order = do.Record(turn, CALLER, node.box, node.seconds, node.seconds_of_silence)
    until = now + node.seconds + SECONDS_OF_GRACE
    return at.Recording(state.facts, turn, node, until), (order,)


def recorded(site: Site, state: at.Recording, event: CallEvent, now: float) -> Next:
    """Stop on any key; file when the recorder has stopped."""
    del site
    match event:
        case on.KeyPressed(line=line) if line == CALLER:
            return _stop(state, None, now, ())
        case on.DeadlinePassed():
            return _stop(state, None, now, ())
        case on.RecordingEnded(seconds=seconds):
            return _file(state.facts, state.turn, state.node, seconds)
    return state, ()


def break_off(
    state: at.Recording, outcome: Outcome | None, now: float, last: tuple[Action, ...]
) -> Settled:
    """Stop recording because the call ends; what was said is filed before it is over."""
    return _stop(state, outcome or Outcome.HUNG_UP, now, last)


def _stop(
    state: at.Recording, gone: Outcome | None, now: float, last: tuple[Action, ...]
) -> Settled:
    until = now + SECONDS_OF_GRACE
    filing = at.Filing(state.facts, state.turn, state.node, gone, until)
    return filing, (do.StopRecording(CALLER), *last)


def filed(site: Site, state: at.Filing, event: CallEvent, now: float) -> Next:
    """File what the recorder holds; a recorder that never answers holds nothing."""
    del site, now
    match event:
        case on.RecordingEnded(seconds=seconds):
            return _file(state.facts, state.turn, state.node, seconds)
        case on.DeadlinePassed():
            return _file(state.facts, state.turn, state.node, 0.0)
    return state, ()


def _file(facts: Facts, turn: int, node: Message, seconds: float) -> Go:
    if seconds < node.shortest:
        return Go(facts, turn, node.empty, (do.DropMessage(turn),))
    facts = replace(facts, came_to=Outcome.MESSAGE)
    return Go(facts, turn, node.then, (do.KeepMessage(turn, node.box, seconds),))
