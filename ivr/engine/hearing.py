"""How a node hears its caller: what may be said there, and what is asked when that is not clear.

A node of a script says how it would listen; `offered` gives the node as this caller meets it,
which listens only if he can be understood: his language can be recognised on this gateway, and
he was not misheard too often. Without `hearing` a node is a node of keys.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ivr.engine.grammar import Grammar, Vocabulary

Prompts = tuple[str, ...]

MOST_MISHEARD = 2
"""After so many failures of speech in a call, the rest of it goes by keys."""
USUALLY_SURE = 0.6
"""What is heard with less is asked about, unless a site wants it otherwise."""
YES = "1"
NO = "2"
"""ISO/IEC 13714: yes is key 1, no is key 2."""


@dataclass(frozen=True, slots=True)
class Manners:
    """What all nodes share that listen in one language.

    `answers` means `YES`, `NO`, `PERSON` or `REPEAT`. `keys` says each key: "press 1".
    """

    language: str
    answers: Vocabulary
    grammar: Grammar
    not_understood: Prompts
    failed: Prompts
    did_you_mean: Prompts
    yes_or_no: Prompts
    which: Prompts
    keys: Mapping[str, Prompts]
    person: Prompts
    """How key 0 is named: "an employee"."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """What a node listens for.

    `long` and `short` are asked instead of the node's own when it listens; empty for the same.
    `named` says how each meaning is called when the caller is asked whether he meant it. An
    answer heard with less than `confidence` is asked about. One utterance may last `seconds`.
    With `barge_in` the caller may speak while he is asked, and his first word ends the prompt.
    """

    grammar: Grammar
    vocabulary: Vocabulary
    manners: Manners
    long: Prompts = ()
    short: Prompts = ()
    named: Mapping[str, Prompts] = field(default_factory=dict)
    confidence: float = USUALLY_SURE
    seconds: float = 8.0
    barge_in: bool = True

    def name_of(self, meaning: str) -> Prompts:
        """Return the prompts that name a meaning; command words are named for all nodes."""
        return self.named.get(meaning, self.manners.person)
