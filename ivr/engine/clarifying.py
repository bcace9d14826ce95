"""Finds out what a caller wants who did not say it clearly.

    "Hvad drejer din henvendelse sig om?"       the open question, or a menu that listens
    "Mente du rekruttering?"                    when it was heard, but not surely
    "Rekruttering, tast 1. Refusion, tast 2."   when several things were heard, or nothing clear

After the open question one such question at most, then the key menu, and then a person. Every
key does what it always does: words are never the only way.
"""

from ivr.engine import digits, survey
from ivr.engine.actions import Action, Note
from ivr.engine.digits import Again, Done, Heard, Instead
from ivr.engine.grammar import Meant, Several, Understood
from ivr.engine.hearing import MOST_MISHEARD, NO, YES, Hearing, Prompts
from ivr.engine.moments import Facts, Tries
from ivr.engine.offering import (
    again,
    by_keys,
    first_prompts,
    may_be_asked_again,
    short_prompts,
)
from ivr.engine.replacing import replace
from ivr.engine.script import (
    PERSON,
    REPEAT,
    Asked,
    Asking,
    Clarify,
    Confirm,
    Menu,
    OpenQuestion,
    Question,
)

MOST_OPTIONS = 4
"""More than four things to choose from are not remembered."""

Errand = Menu | OpenQuestion
"""Nodes that ask what the caller wants."""


# --- words ----------------------------------------------------------------------------------


def errand_heard(facts: Facts, errand: Errand, understood: Understood, tries: Tries) -> Heard:
    """Take what a caller said he wants."""
    match understood:
        case Meant(meaning) if meaning == REPEAT:
            return Again(first_prompts(errand), tries)
        case Meant(meaning, True):
            return _choose(facts, errand, meaning, "heard")
        case Meant(meaning):
            return _confirm(facts, errand, meaning, tries)
        case Several(meanings):
            wanted = tuple(meaning for meaning in meanings if meaning != REPEAT)
            if len(wanted) == 1:
                return _confirm(facts, errand, wanted[0], tries)
            note = Note("several", errand.name)
            if may_be_asked_again(tries):
                return _clarify(facts, errand, wanted, tries, (note,))
            return unclear(facts, errand, tries, (note,))
    return unclear(facts, errand, tries, (Note("not_understood", errand.name),))


def confirm_heard(facts: Facts, asked: Confirm, understood: Understood, tries: Tries) -> Heard:
    """Take a yes; anything else is a no."""
    match understood:
        case Meant(meaning) if meaning == REPEAT:
            return Again(_did_you_mean(asked.errand, asked.meaning), tries)
        case Meant(meaning, True) if meaning == YES:
            return _choose(facts, asked.errand, asked.meaning, "heard")
        case Meant(meaning, True) if meaning == NO:
            return _denied(facts, asked, tries)
        case Meant(meaning, True):
            return _choose(facts, asked.errand, meaning, "heard")
    return unclear(facts, asked, tries, (Note("not_understood", asked.name),))


def clarify_heard(facts: Facts, asked: Clarify, understood: Understood, tries: Tries) -> Heard:
    """Take one thing that was said surely, offered or not."""
    match understood:
        case Meant(meaning) if meaning == REPEAT:
            return Again(_options(asked), tries)
        case Meant(meaning, True):
            return _choose(facts, asked.errand, meaning, "heard")
    return unclear(facts, asked, tries, (Note("not_understood", asked.name),))


# --- keys -----------------------------------------------------------------------------------


def open_key(facts: Facts, asked: OpenQuestion, key: str, tries: Tries) -> Heard:
    """Go to the key menu, where the key counts; `*` repeats the question."""
    if key == REPEAT:
        return Again(asked.prompts, tries)
    return Done(facts, asked.menu, keys=key)


def confirm_key(facts: Facts, asked: Confirm, key: str, tries: Tries) -> Heard:
    """Take 1 for yes and 2 for no; every other key does what it does in the menu."""
    if key == REPEAT:
        return Again(_did_you_mean(asked.errand, asked.meaning), tries)
    if key == YES:
        return _choose(facts, asked.errand, asked.meaning, "key")
    if key == NO:
        return _denied(facts, asked, tries)
    return _errand_key(facts, asked.errand, key, tries)


def clarify_key(facts: Facts, asked: Clarify, key: str, tries: Tries) -> Heard:
    """Take the key of an option; every other key does what it does in the menu."""
    if key == REPEAT:
        return Again(_options(asked), tries)
    if key in asked.options:
        return _choose(facts, asked.errand, asked.options[key], "key")
    return _errand_key(facts, asked.errand, key, tries)


def _errand_key(facts: Facts, errand: Errand, key: str, tries: Tries) -> Heard:
    if isinstance(errand, OpenQuestion):
        return Done(facts, errand.menu, keys=key)
    if key in errand.choices:
        return _choose(facts, errand, key, "key")
    once_more = again(facts, errand, replace(tries, no_match=tries.no_match + 1))
    assert isinstance(once_more, Menu)  # noqa: S101 -- as it was before
    retries = once_more.no_match
    wrong = digits.no_match(facts, errand.name, retries, once_more.short, tries)
    return _asked_by(facts, once_more, wrong)


# --- silence --------------------------------------------------------------------------------


def silence(facts: Facts, asked: OpenQuestion | Confirm | Clarify, tries: Tries) -> Heard:
    """Count silence after the open question like words that mean nothing, else as in the menu."""
    errand = asked if isinstance(asked, OpenQuestion) else asked.errand
    if isinstance(errand, OpenQuestion):
        return _not_clear(facts, asked, tries, (Note("no_input", errand.name),), sorry=())
    once_more = again(facts, errand, replace(tries, no_input=tries.no_input + 1))
    assert isinstance(once_more, Menu)  # noqa: S101 -- as it was before
    return _asked_by(facts, once_more, digits.menu_silence(facts, once_more, "", tries))


def _asked_by(facts: Facts, node: Asked, heard: Heard) -> Heard:
    """Return what an entry came to, asked by this node."""
    if isinstance(heard, Again):
        return Instead(facts, node, heard.prompts, heard.tries, heard.actions)
    return heard


# --- asking back ----------------------------------------------------------------------------


def _choose(facts: Facts, errand: Errand, meaning: str, how: str) -> Done:
    note = Note(how, errand.name, meaning)
    if isinstance(errand, Menu):
        return Done(facts, errand.choices[meaning], (note,))
    to = errand.person if meaning == PERSON else errand.intents[meaning]
    return Done(facts, to, (note,))


def _confirm(facts: Facts, errand: Errand, meaning: str, tries: Tries) -> Heard:
    note = (Note("unclear", errand.name, meaning),)
    if not may_be_asked_again(tries):
        return unclear(facts, errand, tries, note)
    hearing = _hearing(errand)
    manners = hearing.manners
    own = replace(hearing, grammar=manners.grammar, vocabulary=manners.answers)
    prompts = _did_you_mean(errand, meaning)
    return Instead(facts, Confirm(errand, meaning, own), prompts, _retried(tries), note)


def _clarify(
    facts: Facts,
    errand: Errand,
    meanings: tuple[str, ...],
    tries: Tries,
    notes: tuple[Action, ...],
) -> Heard:
    """Ask which of these the caller meant: by the keys of a menu, or numbered."""
    meanings = meanings[:MOST_OPTIONS]
    options = {meaning: meaning for meaning in meanings}
    if isinstance(errand, OpenQuestion):
        intents = [meaning for meaning in meanings if meaning != PERSON]
        person = {PERSON: PERSON} if PERSON in meanings else {}
        options = {str(key): meaning for key, meaning in enumerate(intents, 1)} | person
    asked = Clarify(errand, options, errand.hearing)
    return Instead(facts, asked, _options(asked), _retried(tries), notes)


def _did_you_mean(errand: Errand, meaning: str) -> Prompts:
    hearing = _hearing(errand)
    manners = hearing.manners
    return manners.did_you_mean + hearing.name_of(meaning) + manners.yes_or_no


def _options(asked: Clarify) -> Prompts:
    hearing = _hearing(asked)
    prompts = hearing.manners.which
    for key, meaning in asked.options.items():
        prompts += hearing.name_of(meaning) + hearing.manners.keys[key]
    return prompts


def _retried(tries: Tries) -> Tries:
    return replace(tries, not_understood=tries.not_understood + 1)


# --- asking again ---------------------------------------------------------------------------


def unclear(facts: Facts, asked: Asking, tries: Tries, notes: tuple[Action, ...]) -> Heard:
    """Ask again what was not understood; the second time in a call, by keys."""
    facts, notes = _misheard(facts, asked, notes)
    sorry = _hearing(asked).manners.not_understood
    return _not_clear(facts, asked, tries, notes, sorry=sorry)


def question_unclear(facts: Facts, question: Question, tries: Tries) -> Heard:
    """Ask a survey question again, as after a key that is no answer; then go on without one."""
    facts, notes = _misheard(facts, question, ())
    heard = survey.question_unheard(facts, question, tries)
    heard = replace(heard, actions=(*heard.actions, *notes))
    return _asked_by(facts, again(facts, question, _retried(tries)), heard)


def _denied(facts: Facts, asked: Confirm, tries: Tries) -> Heard:
    facts, notes = _misheard(facts, asked, (Note("denied", asked.name, asked.meaning),))
    return _not_clear(facts, asked, tries, notes, sorry=())


def _misheard(
    facts: Facts, asked: Asking, notes: tuple[Action, ...]
) -> tuple[Facts, tuple[Action, ...]]:
    facts = replace(facts, misheard=facts.misheard + 1)
    if facts.misheard == MOST_MISHEARD:
        notes = (*notes, Note("speech_off", asked.name))
    return facts, notes


def _not_clear(
    facts: Facts, asked: Asking, tries: Tries, notes: tuple[Action, ...], *, sorry: Prompts
) -> Heard:
    errand = asked.errand if isinstance(asked, Confirm | Clarify) else asked
    if isinstance(errand, OpenQuestion):
        last = isinstance(asked, Clarify) or facts.misheard >= MOST_MISHEARD
        if last or not errand.clarify or not may_be_asked_again(tries):
            return _to_key_menu(facts, errand, sorry, notes)
        return _clarify(facts, errand, errand.clarify, tries, notes)
    tries = _retried(tries)
    once_more = again(facts, errand, tries)
    prompts = first_prompts(once_more) if once_more.hearing is None else short_prompts(once_more)
    return Instead(facts, once_more, sorry + prompts, tries, notes)


def failed(facts: Facts, asked: Asking, tries: Tries) -> Heard:
    """Say that the caller cannot be heard, and go on by keys for the rest of the call."""
    errand = asked.errand if isinstance(asked, Confirm | Clarify) else asked
    sorry = _hearing(asked).manners.failed
    notes = (Note("recogniser_failed", errand.name),)
    facts = replace(facts, misheard=MOST_MISHEARD)
    if isinstance(errand, OpenQuestion):
        return _to_key_menu(facts, errand, sorry, notes)
    node = by_keys(facts, errand.name)
    return Instead(facts, node, sorry + first_prompts(node), tries, notes)


def _to_key_menu(
    facts: Facts, asked: OpenQuestion, sorry: Prompts, notes: tuple[Action, ...]
) -> Heard:
    menu = by_keys(facts, asked.menu)
    notes = (*notes, Note("node", menu.name))
    return Instead(facts, menu, sorry + first_prompts(menu), Tries(), notes)


def _hearing(asked: Asking) -> Hearing:
    assert asked.hearing is not None  # noqa: S101 -- else nothing would have been heard
    return asked.hearing
