"""How a node says that its caller may speak, and what may be said there."""

from collections.abc import Iterator
from typing import Annotated, ClassVar

from ivr.config.phrases import Confidence, Phrases
from ivr.config.schema import Place, Section
from ivr.config.times import duration
from ivr.config.values import NAME, Language, Name, Prompts, YesNo
from ivr.config.written import Shorthand
from ivr.engine.hearing import USUALLY_SURE


class Ear(Section):
    what: ClassVar[str] = "listen"

    language: Language
    """the language that is listened for; callers who are spoken to in another have keys only"""
    confidence: Confidence = USUALLY_SURE
    """how surely an answer must be heard to be taken without asking, from 0 to 1"""
    longest: Annotated[float, duration("2s", "30s")] = 8.0
    """how long one utterance may be"""
    barge_in: YesNo = True
    """whether the first word of a caller cuts the question short, as far as a key would"""


class ErrandEar(Ear):
    early_end: YesNo = True
    """whether to act as soon as it is clear what is said, before the caller falls silent"""


class NumberEar(Ear):
    long: Prompts | None = None
    """what is asked first, when it may be said; the node's own wording if left out"""
    short: Prompts | None = None
    """what is asked again, when it may be said"""


class MenuEar(NumberEar, ErrandEar):
    pass


class Choice(Section):
    what: ClassVar[str] = "a choice"

    then: Name
    """the node it leads to"""
    say: Phrases = ()
    """what callers say for it"""
    named: Prompts | None = None
    """what it is called when the caller is asked whether he meant it"""


def _leads(written: object) -> object:
    return {"then": written} if isinstance(written, str) else written


Spoken = Annotated[Choice, Shorthand(_leads, NAME.json)]
"""A choice; the name of a node alone is one that is not listened for."""


class Intent(Section):
    what: ClassVar[str] = "an intent"

    then: Name
    """the node it leads to"""
    say: Phrases
    """what callers say for it"""
    named: Prompts
    """what it is called when the caller is asked whether he meant it"""


def told(ear: Ear) -> Iterator[tuple[Place, Prompts]]:
    """Yield where an ear has prompts of its own, and which."""
    if isinstance(ear, NumberEar):
        yield from ((("listen", "long"), ear.long or ()), (("listen", "short"), ear.short or ()))
