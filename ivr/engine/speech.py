"""Hears one caller: opens the recogniser's ear, takes what it heard, and closes it again.

Whether the recogniser runs is not decided anywhere else: a moment in which a node with
`hearing` asks or waits is one of `Listening`, and no other is. So nothing can be heard in a
queue, in a talk or after the end, and no call flow needs to think of stopping it.

Speech and keys are two ways to the same answer. What was said in a menu is judged in
`clarifying`; spoken digits are taken as if they had been keyed.
"""

from ivr.engine import actions as do
from ivr.engine import clarifying, dialogue
from ivr.engine import events as on
from ivr.engine import moments as at
from ivr.engine import script as node
from ivr.engine.digits import Heard
from ivr.engine.events import CALLER, CallEvent
from ivr.engine.grammar import Meant, Understood, parse, spelt
from ivr.engine.hearing import Hearing
from ivr.engine.moments import Next, Settled, State
from ivr.engine.replacing import replace
from ivr.engine.site import Site

SECONDS_OF_GRACE = 2.0
"""How much longer than the longest utterance its result may take."""

# --- the ear --------------------------------------------------------------------------------


def attended(before: State, event: CallEvent, settled: Settled) -> Settled:
    """Return what a turn came to, with the recogniser started or stopped as that needs it."""
    after, actions = settled
    runs = isinstance(before, at.Listening) and not isinstance(event, _ENDINGS)
    hearing = _heard_in(after)
    if runs and hearing and after.turn == before.turn:
        return _listening(after), actions
    if runs:
        actions = (do.StopListening(CALLER), *actions)
    if hearing is None:
        return after, actions
    order = do.Listen(after.turn, CALLER, hearing.grammar, hearing.seconds)
    return _listening(after), (*actions, order)


_ENDINGS = on.SpeechHeard | on.RecogniserFailed
"""What the recogniser says when it has stopped by itself."""


def _heard_in(state: State) -> Hearing | None:
    """Return what is listened for in a moment; None when words mean nothing in it."""
    match state:
        case at.Listening(during=during):
            return during.node.hearing
        case at.Asking(node=asked) if asked.hearing and asked.hearing.barge_in:
            return asked.hearing if asked.interruptible else None
        case at.Waiting(node=asked, digits=""):
            return asked.hearing
    return None


def _listening(state: State) -> State:
    return at.Listening(state) if isinstance(state, at.Asking | at.Waiting) else state


# --- what it hears --------------------------------------------------------------------------


def listened(site: Site, state: at.Listening, event: CallEvent, now: float) -> Next:
    """Take words; everything else means what it means to one who is not heard."""
    match event:
        case on.SpeechStarted():
            return _let_speak(state, now)
        case on.NothingHeard():
            return _nothing_said(state, now)
        case on.SpeechHeard():
            return _take(state, event, now)
        case on.RecogniserFailed():
            waiting, before = _waiting(state, now)
            heard = clarifying.failed(waiting.facts, waiting.node, waiting.tries)
            return dialogue.settle(waiting, heard, before, now)
    during = state.during
    if isinstance(during, at.Asking):
        return dialogue.asked(site, during, event, now)
    return dialogue.waited(site, during, event, now)


def _let_speak(state: at.Listening, now: float) -> Next:
    """Fall silent: the caller speaks, and may take his time."""
    waiting, before = _waiting(state, now)
    longest = now + _hearing(waiting).seconds + SECONDS_OF_GRACE
    return at.Listening(replace(waiting, deadline=max(waiting.deadline, longest))), before


def _nothing_said(state: at.Listening, now: float) -> Next:
    """Take back the time that was given to somebody who then said nothing."""
    during = state.during
    if isinstance(during, at.Asking):
        return state, ()
    soonest = min(during.deadline, now + during.node.seconds_to_answer)
    return at.Listening(replace(during, deadline=soonest)), ()


def _take(state: at.Listening, event: on.SpeechHeard, now: float) -> Next:
    waiting, before = _waiting(state, now)
    asked = waiting.node
    hearing = _hearing(waiting)
    if isinstance(asked, node.Collect | node.Question):
        keys = _keys(hearing, event) if event.confidence >= hearing.confidence else ""
        if keys and (len(keys) == 1 or isinstance(asked, node.Collect)):
            notes = () if keys == node.REPEAT else (do.Note("heard", asked.name),)
            return _go_on(dialogue.take(waiting, keys, (*before, *notes), now))
    heard = _judged(waiting, _understood(hearing, event))
    return dialogue.settle(waiting, heard, before, now)


def _keys(hearing: Hearing, event: on.SpeechHeard) -> str:
    """Return the keys that words stand for: digits, or one of `*` and `#`."""
    digits = spelt(hearing.vocabulary, event.text)
    match parse(hearing.vocabulary, event.text):
        case Meant(meaning, True) if not digits:
            return meaning
    return digits


def _go_on(result: Next) -> Next:
    """Listen on while digits are missing: numbers are said with pauses."""
    match result:
        case at.Waiting(turn=turn) as waiting, actions:
            return at.Listening(replace(waiting, turn=turn + 1)), actions
    return result


def _understood(hearing: Hearing, event: on.SpeechHeard) -> Understood:
    understood = parse(hearing.vocabulary, event.text)
    if isinstance(understood, Meant) and event.confidence < hearing.confidence:
        return Meant(understood.meaning, sure=False)
    return understood


def _judged(waiting: at.Waiting, understood: Understood) -> Heard:
    facts, tries = waiting.facts, waiting.tries
    match waiting.node:
        case node.Menu() | node.OpenQuestion() as errand:
            return clarifying.errand_heard(facts, errand, understood, tries)
        case node.Confirm() as asked:
            return clarifying.confirm_heard(facts, asked, understood, tries)
        case node.Clarify() as asked:
            return clarifying.clarify_heard(facts, asked, understood, tries)
        case node.Question() as question:
            return clarifying.question_unclear(facts, question, tries)
    note = (do.Note("not_understood", waiting.node.name),)
    return clarifying.unclear(facts, waiting.node, tries, note)


def _waiting(state: at.Listening, now: float) -> tuple[at.Waiting, tuple[do.Action, ...]]:
    """Return the moment as one that waits, and what silences the prompt that still plays."""
    if isinstance(state.during, at.Asking):
        return dialogue.waiting(state.during, now), (do.StopPlaying(CALLER),)
    return state.during, ()


def _hearing(waiting: at.Waiting) -> Hearing:
    hearing = waiting.node.hearing
    assert hearing is not None  # noqa: S101 -- nobody listens without
    return hearing
