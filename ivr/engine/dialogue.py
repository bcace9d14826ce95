"""Talks with one caller: says, asks, takes keys, and asks again.

Silence and wrong keys count apart. Each has its own prompt and its own limit; after the last
one the caller goes where the script says, which `ivr check` proves to be a person or a message.
"""

from ivr.engine import actions as do
from ivr.engine import clarifying, digits, hours, survey
from ivr.engine import events as on
from ivr.engine import moments as at
from ivr.engine import script as node
from ivr.engine.events import CALLER, CallEvent
from ivr.engine.moments import Facts, Go, Next, Tries
from ivr.engine.numbers import is_danish_callable
from ivr.engine.offering import first_prompts, offered, on_last_try
from ivr.engine.replacing import replace
from ivr.engine.site import Site

# --- nodes that speak and go on ------------------------------------------------------------------


def say(site: Site, go: Go, target: node.Say, now: float) -> Next:
    """Speak; a key that interrupted an earlier prompt skips this one too, if it is awaited."""
    if go.keys and target.interruptible and _is_asked(site, go, target.then, now):
        return replace(go, to=target.then)
    return _speak(go, target.prompts, target.then, interruptible=target.interruptible)


def _is_asked(site: Site, go: Go, name: str, now: float) -> bool:
    """Return whether the caller comes to a node that takes keys, once all is said."""
    while True:
        target = go.facts.script.nodes[name]
        match target:
            case node.Say() | node.SurveyNotice() | node.ChooseLanguage():
                name = target.then
            case node.OpeningHours():
                name = _way(target, _hours(site, go, target, now))
            case _:
                return isinstance(target, node.Asking)


def give_notice(site: Site, go: Go, target: node.SurveyNotice, now: float) -> Next:
    """Announce the survey call to those who can get one."""
    del site, now
    if not go.facts.questions:
        return replace(go, to=target.then)
    told = replace(go, facts=replace(go.facts, noticed=True))
    if not is_danish_callable(go.facts.number):
        return replace(told, to=target.then)
    return _speak(told, target.prompts, target.then, interruptible=True)


def choose_language(site: Site, go: Go, target: node.ChooseLanguage, now: float) -> Next:
    """Speak `target.language` from here on."""
    del site, now
    facts = replace(go.facts, language=target.language)
    note = do.Note("language", target.name, target.language)
    return replace(go, facts=facts, to=target.then, actions=(*go.actions, note))


def check_hours(site: Site, go: Go, target: node.OpeningHours, now: float) -> Next:
    """Go where the hours say; a special day's own message comes first."""
    decision = _hours(site, go, target, now)
    then = _way(target, decision)
    if decision.is_open:
        return replace(go, to=then)
    note = do.Note("closed", target.name, decision.reason.value)
    closed = replace(go, actions=(*go.actions, note))
    if decision.message:
        return _speak(closed, (decision.message,), then, interruptible=True)
    return replace(closed, to=then)


def _hours(site: Site, go: Go, target: node.OpeningHours, now: float) -> hours.Decision:
    return hours.decide(site.calendars[target.calendar], hours.wall_time(go.facts, now))


def _way(target: node.OpeningHours, decision: hours.Decision) -> str:
    if decision.is_open:
        return target.opened
    return target.closed.get(decision.reason, target.otherwise)


def _speak(go: Go, prompts: node.Prompts, then: str, *, interruptible: bool) -> Next:
    turn = go.turn + 1
    speaking = at.Speaking(go.facts, turn, then, interruptible, go.keys, go.early)
    return speaking, (*go.actions, _play(turn, go.facts, prompts))


def spoke(site: Site, state: at.Speaking, event: CallEvent, now: float) -> Next:
    """Go on when it is said; a key interrupts it, or is kept for later."""
    del site, now
    match event:
        case on.PromptEnded():
            return _go_on(state, ())
        case on.PromptFailed():
            return _go_on(state, (do.Note("prompt_failed", state.then),))
        case on.KeyPressed(key, line) if line == CALLER:
            if state.keys or state.interruptible:
                state = replace(state, keys=state.keys + key)
            else:
                state = replace(state, early=state.early + key)
            return _go_on(state, (do.StopPlaying(CALLER),)) if state.interruptible else (state, ())
    return state, ()


def _go_on(state: at.Speaking, actions: tuple[do.Action, ...]) -> Go:
    return Go(state.facts, state.turn, state.then, actions, state.keys, state.early)


# --- nodes that ask -------------------------------------------------------------------------


def ask_openly(site: Site, go: Go, target: node.OpenQuestion, now: float) -> Next:
    """Ask what it is about whoever can be heard; all others, and keys, go to the key menu."""
    if go.keys or offered(go.facts, target).hearing is None:
        return replace(go, to=target.menu)
    return ask(site, go, target, now)


def ask(site: Site, go: Go, target: node.Asked, now: float) -> Next:
    """Ask; keys already pressed are taken as the answer before anything is said."""
    del site
    target = offered(go.facts, target)
    before = (*go.actions, do.Note("node", target.name))
    keys = go.keys
    if target.early_keys:
        keys = go.early + keys
    elif go.early:
        before = (*before, _late_key(target))
    until = now + target.seconds_to_answer
    state = at.Waiting(go.facts, go.turn, target, Tries(), "", until)
    if keys:
        return take(state, keys, before, now)
    return _ask(state, Tries(), first_prompts(target), before)


def _ask(
    state: at.Waiting, tries: Tries, prompts: node.Prompts, before: tuple[do.Action, ...]
) -> Next:
    turn = state.turn + 1
    asking = at.Asking(state.facts, turn, state.node, tries)
    return asking, (*before, _play(turn, state.facts, prompts))


def asked(site: Site, state: at.Asking, event: CallEvent, now: float) -> Next:
    """Wait once the prompt is over; a key cuts it short."""
    del site
    match event:
        case on.PromptEnded():
            return take(waiting(state, now), state.keys, (), now)
        case on.PromptFailed():
            note = do.Note("prompt_failed", state.node.name)
            return take(waiting(state, now), state.keys, (note,), now)
        case on.KeyPressed(key, line) if line == CALLER:
            if not state.node.interruptible:
                return _keep(state, key)
            stop = do.StopPlaying(CALLER)
            return take(waiting(state, now), key, (stop,), now)
    return state, ()


def waited(site: Site, state: at.Waiting, event: CallEvent, now: float) -> Next:
    """Take a key, or the caller's silence."""
    del site
    match event:
        case on.KeyPressed(key, line) if line == CALLER:
            return take(state, key, (), now)
        case on.DeadlinePassed():
            state = on_last_try(state)
            return settle(state, _silence(state), (), now)
    return state, ()


def _keep(state: at.Asking, key: str) -> Next:
    if not state.node.early_keys:
        return state, (_late_key(state.node),)
    return replace(state, keys=state.keys + key), ()


def _late_key(target: node.Asking) -> do.Note:
    return do.Note("late_key", target.name)


def waiting(state: at.Asking, now: float) -> at.Waiting:
    """Return the moment after the prompt."""
    until = now + state.node.seconds_to_answer
    return at.Waiting(state.facts, state.turn, state.node, state.tries, "", until)


def take(state: at.Waiting, keys: str, before: tuple[do.Action, ...], now: float) -> Next:
    """Take keys one after the other.

    What is left when the node is done goes on as type-ahead; what is left when it must ask
    again was meant for something that did not happen, and is dropped.
    """
    for number, key in enumerate(keys, 1):
        state = on_last_try(state)
        result = settle(state, _key(state, key), before, now)
        if isinstance(result, Go):
            return _ended_entry(state, result, key, keys[number:], now)
        after, before = result
        if not isinstance(after, at.Waiting):
            dropped = (_late_key(state.node),) if keys[number:] else ()
            return after, (*before, *dropped)
        state = after
    return state, before


def _ended_entry(state: at.Waiting, go: Go, key: str, rest: str, now: float) -> Go:
    """Go on with the keys that are left; a number at its full length may yet get its `#`."""
    if isinstance(state.node, node.Collect) and key != node.END:
        ended = replace(go.facts, entry_until=now + state.node.seconds_between_keys)
        go, rest = replace(go, facts=ended), rest.removeprefix(node.END)
    return replace(go, early=rest) if rest else go


def drop_end(
    site: Site, state: at.State, event: on.KeyPressed, now: float, call: str
) -> Next | None:
    """Take no notice of a `#` after a number that had all its digits: it ends only what is over."""
    del site, call
    if event.key != node.END or event.line != CALLER or isinstance(state, at.Expected | at.Ended):
        return None
    return (state, ()) if now < state.facts.entry_until else None


def settle(
    state: at.Waiting, heard: digits.Heard, before: tuple[do.Action, ...], now: float
) -> Next:
    """Turn what an entry came to into the next state."""
    match heard:
        case digits.Done(facts, to, actions, keys):
            return Go(facts, state.turn, to, (*before, *actions), keys)
        case digits.Instead(facts, other, prompts, tries, actions):
            state = replace(state, facts=facts, node=other)
            return _ask(state, tries, prompts, (*before, *actions))
        case digits.More(keys, seconds):
            return replace(state, digits=keys, deadline=now + seconds), before
    return _ask(state, heard.tries, heard.prompts, (*before, *heard.actions))


def _key(state: at.Waiting, key: str) -> digits.Heard:
    match state.node:
        case node.Menu() as menu:
            return digits.menu_key(state.facts, menu, state.digits, key, state.tries)
        case node.Collect() as collect:
            return digits.collect_key(state.facts, collect, state.digits, key, state.tries)
        case node.Question() as question:
            return survey.question_key(state.facts, question, key, state.tries)
        case node.OpenQuestion() as asked:
            return clarifying.open_key(state.facts, asked, key, state.tries)
        case node.Confirm() as asked:
            return clarifying.confirm_key(state.facts, asked, key, state.tries)
        case node.Clarify() as asked:
            return clarifying.clarify_key(state.facts, asked, key, state.tries)
    return survey.consent_key(state.facts, state.node, key, state.tries)


def _silence(state: at.Waiting) -> digits.Heard:
    match state.node:
        case node.Menu() as menu:
            return digits.menu_silence(state.facts, menu, state.digits, state.tries)
        case node.Collect() as collect:
            return digits.collect_silence(state.facts, collect, state.digits, state.tries)
        case node.Question() as question:
            return survey.question_silence(state.facts, question, state.tries)
        case node.OpenQuestion() | node.Confirm() | node.Clarify() as asked:
            return clarifying.silence(state.facts, asked, state.tries)
    return survey.consent_silence(state.facts, state.node, state.tries)


def _play(turn: int, facts: Facts, prompts: node.Prompts) -> do.Play:
    return do.Play(turn, CALLER, facts.language, do.spoken(prompts))
