"""Whether a caller is offered to speak, and how a node is asked of him then.

Speech is a courtesy, keys are the promise: who was misheard twice in a call, or asked three
times at one node, is asked by the key menu.
"""

from ivr.engine.hearing import MOST_MISHEARD, Hearing
from ivr.engine.moments import Facts, Tries, Waiting
from ivr.engine.replacing import replace
from ivr.engine.script import Asked, Collect, Menu, Prompts, Question

MOST_RETRIES = 2
"""No caller is asked again by word more often than this, at one node."""

NONE = Tries()


def offered(facts: Facts, target: Asked, tries: Tries = NONE) -> Asked:
    """Return a node of the script as this caller is asked it: by word and key, or by key only."""
    hearing = target.hearing
    if hearing is None:
        return target
    if not _is_heard(facts, hearing, target) or _retries(tries) > MOST_RETRIES:
        return replace(target, hearing=None)
    if isinstance(target, Menu | Collect):
        long = hearing.long or target.long
        return replace(target, long=long, short=hearing.short or hearing.long or target.short)
    return target


def first_prompts(target: Asked) -> Prompts:
    """Return what a node asks first, or in full."""
    return target.long if isinstance(target, Menu | Collect) else target.prompts


def short_prompts(target: Asked) -> Prompts:
    """Return what a node asks when it asks again."""
    return target.short if isinstance(target, Menu | Collect) else target.prompts


def again(facts: Facts, asked: Asked, tries: Tries) -> Asked:
    """Return a node as it is asked the next time; `asked` is how it was asked before."""
    return offered(facts, _written(facts, asked.name), tries)


def by_keys(facts: Facts, name: str) -> Asked:
    """Return a node as it is asked of a caller who is not heard."""
    return replace(_written(facts, name), hearing=None)


def may_be_asked_again(tries: Tries) -> bool:
    """Return whether one more question by word is not too many."""
    return _retries(tries) < MOST_RETRIES


def on_last_try(state: Waiting) -> Waiting:
    """Return the moment with a node of keys only, if to ask by word once more were too often."""
    node = state.node
    if node.hearing is None or not isinstance(node, Menu | Collect | Question):
        return state
    if may_be_asked_again(state.tries):
        return state
    return replace(state, node=by_keys(state.facts, node.name))


def _written(facts: Facts, name: str) -> Asked:
    target = facts.script.nodes[name]
    assert isinstance(target, Asked)  # noqa: S101 -- it was asked, or is proven to be a menu
    return target


def _is_heard(facts: Facts, hearing: Hearing, target: Asked) -> bool:
    if isinstance(target, Collect) and target.secret:
        return False
    language = hearing.grammar.language
    is_understood = language == facts.language and language in facts.understood
    return is_understood and facts.misheard < MOST_MISHEARD


def _retries(tries: Tries) -> int:
    return tries.no_input + tries.no_match + tries.not_understood
