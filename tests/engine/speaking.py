"""Words to make the nodes of small sites listen, in Danish."""

from collections.abc import Mapping

from ivr.engine.grammar import Vocabulary, listed, spelling
from ivr.engine.hearing import NO, YES, Hearing, Manners
from ivr.engine.script import PERSON, REPEAT

COMMANDS = {"medarbejder": PERSON, "en medarbejder": PERSON, "gentag": REPEAT}
CARRIERS = ("jeg ringer om", "det drejer sig om")
FILLERS = ("øh", "goddag", "tak")
ANSWERS = Vocabulary({"ja": YES, "ja tak": YES, "nej": NO, **COMMANDS}, (), FILLERS)
MANNERS = Manners(
    language="da",
    answers=ANSWERS,
    grammar=listed("yes_no", "da", ANSWERS, early=True),
    not_understood=("not_understood",),
    failed=("cannot_hear",),
    did_you_mean=("did_you_mean",),
    yes_or_no=("yes_or_no",),
    which=("which",),
    keys={key: (f"press_{key}",) for key in "1234567890"},
    person=("a_person",),
)
NUMERALS = {
    word: str(digit)
    for digit, word in enumerate(
        ("nul", "en", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni")
    )
}


def hearing(node: str, phrases: Mapping[str, str], *, early: bool = True) -> Hearing:
    """Listen for phrases; each meaning is named by a prompt, and asked for by `<node>.say`."""
    vocabulary = Vocabulary({**phrases, **COMMANDS}, CARRIERS, FILLERS)
    return Hearing(
        grammar=listed(node, "da", vocabulary, early=early),
        vocabulary=vocabulary,
        manners=MANNERS,
        long=(f"{node}.say",),
        short=(f"{node}.say.short",),
        named={meaning: (f"name.{meaning}",) for meaning in phrases.values()},
        seconds=6,
    )


def counting(node: str, least: int = 0) -> Hearing:
    """Listen for digits from `least` on, said one after the other."""
    digits = {word: digit for word, digit in NUMERALS.items() if int(digit) >= least}
    vocabulary = Vocabulary({**digits, "gentag": REPEAT}, (), FILLERS)
    return Hearing(spelling(node, "da", vocabulary), vocabulary, MANNERS, seconds=6)
