"""speech.yaml: what callers say everywhere, and what they are told when speech fails.

A site whose callers have keys only has no such file.
"""

from typing import Annotated, ClassVar

from pydantic import AfterValidator

from ivr.config.phrases import Phrases
from ivr.config.schema import Section
from ivr.config.values import Language, Prompts, matching
from ivr.config.written import UnfitError
from ivr.engine.grammar import Vocabulary, listed
from ivr.engine.hearing import NO, YES, Manners
from ivr.engine.script import END, PERSON, REPEAT

DIGIT = matching("[0-9]", "a digit")
DIGITS = "0123456789"
YES_NO = "yes_no"
"""The name of the grammar that confirmations listen with."""


def _complete(keys: dict[str, Prompts]) -> dict[str, Prompts]:
    missing = [digit for digit in DIGITS if digit not in keys]
    if missing:
        raise UnfitError(f"needs all digits from 0 to 9; {', '.join(missing)} is missing")
    return keys


class ToldSection(Section):
    what: ClassVar[str] = "prompts of speech"

    not_understood: Prompts
    """what is said before a question is asked again"""
    failed: Prompts
    """what is said when nobody can be heard any more, before the keys are read"""
    did_you_mean: Prompts
    """what stands before the name of what was heard: did you mean"""
    yes_or_no: Prompts
    """what stands after it: say yes or press 1, say no or press 2"""
    which: Prompts
    """what stands before a few things to choose from"""
    person: Prompts
    """what a person is called"""
    keys: Annotated[dict[Annotated[str, DIGIT], Prompts], AfterValidator(_complete)]
    """what stands after each thing: press 1, and so on"""


SPOKEN = ("not_understood", "failed", "did_you_mean", "yes_or_no", "which", "person")
"""The options of `prompts` that are one list each."""


class LanguageSection(Section):
    what: ClassVar[str] = "a spoken language"

    yes: Phrases
    """what means yes"""
    no: Phrases
    """what means no"""
    person: Phrases
    """what asks for a person, as key 0 does"""
    repeat: Phrases
    """what asks to hear it again, as key * does"""
    skip: Phrases
    """what goes on to the next survey question, as key # does"""
    digits: Annotated[dict[Annotated[str, DIGIT], Phrases], AfterValidator(_complete)]
    """how each digit is said"""
    carriers: Phrases
    """what callers say before what they want"""
    fillers: Phrases
    """what callers say that means nothing"""
    prompts: ToldSection
    """what callers are told"""


class SpeechFile(Section):
    what: ClassVar[str] = "speech.yaml"

    languages: dict[Language, LanguageSection]
    """each language that callers may speak"""


def commands(section: LanguageSection) -> dict[str, str]:
    """Return the phrases that work in every menu, and the keys they stand for."""
    return {
        **dict.fromkeys(section.person, PERSON),
        **dict.fromkeys(section.repeat, REPEAT),
    }


def vocabulary(section: LanguageSection, phrases: dict[str, str]) -> Vocabulary:
    """Return what may be said where these phrases mean something."""
    return Vocabulary({**commands(section), **phrases}, section.carriers, section.fillers)


def digits(section: LanguageSection, *, least: int = 0, skip: bool = False) -> Vocabulary:
    """Return what may be said where digits from `least` on are wanted."""
    phrases = {
        phrase: digit
        for digit, phrases in section.digits.items()
        for phrase in phrases
        if int(digit) >= least
    }
    skipped = dict.fromkeys(section.skip, END) if skip else {}
    again = dict.fromkeys(section.repeat, REPEAT)
    return Vocabulary({**again, **skipped, **phrases}, (), section.fillers)


def manners(language: str, section: LanguageSection) -> Manners:
    """Return what all nodes share that listen in a language."""
    told = section.prompts
    answers = Vocabulary(
        {
            **commands(section),
            **dict.fromkeys(section.no, NO),
            **dict.fromkeys(section.yes, YES),
        },
        (),
        section.fillers,
    )
    return Manners(
        language=language,
        answers=answers,
        grammar=listed(YES_NO, language, answers, early=True),
        not_understood=told.not_understood,
        failed=told.failed,
        did_you_mean=told.did_you_mean,
        yes_or_no=told.yes_or_no,
        which=told.which,
        keys=dict(told.keys),
        person=told.person,
    )
