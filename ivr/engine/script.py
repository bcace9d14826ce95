"""A compiled call flow: every name in it is known to resolve, every branch to end.

A node is one moment of a call as its author thinks of it. `then`, `closed` and the like hold
names of nodes of the same script. Prompts are ids from prompts/<language>/texts.yaml.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ivr.engine import hearing
from ivr.engine.hearing import Hearing

Prompts = hearing.Prompts

REPEAT = "*"
END = "#"
PERSON = "0"


@dataclass(frozen=True, slots=True)
class Retries:
    """What is said after silence or a wrong key, how often, and where that ends."""

    limit: int
    prompts: Prompts
    then: str


@dataclass(frozen=True, slots=True)
class Extensions:
    """Numbers that may be keyed in a menu besides its choices."""

    nodes: Mapping[str, str]
    seconds_between_keys: float
    unknown: Prompts


@dataclass(frozen=True, slots=True)
class Say:
    """Speaks, and goes on. A key cuts it short and counts for the menu that follows."""

    name: str
    prompts: Prompts
    then: str
    interruptible: bool = True


@dataclass(frozen=True, slots=True)
class Menu:
    """Asks for one of the choices by key, or in words. `short` is asked when it asks again."""

    name: str
    long: Prompts
    short: Prompts
    choices: Mapping[str, str]
    no_input: Retries
    no_match: Retries
    seconds_to_answer: float = 5.0
    interruptible: bool = True
    early_keys: bool = False
    extensions: Extensions | None = None
    hearing: Hearing | None = None


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """Asks what the call is about. Any key leads to the key menu `menu`, and counts there.

    `intents` says where each leads. An answer that is not clear is followed by one question
    between the intents of `clarify`, or between those that were heard; then by `menu`.
    """

    name: str
    prompts: Prompts
    intents: Mapping[str, str]
    clarify: tuple[str, ...]
    menu: str
    person: str
    hearing: Hearing | None
    """None only for a caller who cannot be heard: he goes to `menu` at once."""
    seconds_to_answer: float = 5.0
    interruptible: bool = True
    early_keys: bool = False


@dataclass(frozen=True, slots=True)
class Confirm:
    """Asks whether the caller meant `meaning`, which `errand` heard without being sure."""

    errand: Menu | OpenQuestion
    meaning: str
    hearing: Hearing | None
    early_keys: bool = False
    interruptible: bool = True

    @property
    def name(self) -> str:
        return self.errand.name

    @property
    def seconds_to_answer(self) -> float:
        return self.errand.seconds_to_answer


@dataclass(frozen=True, slots=True)
class Clarify:
    """Asks which of two to four things the caller meant; `options` maps keys to meanings."""

    errand: Menu | OpenQuestion
    options: Mapping[str, str]
    hearing: Hearing | None
    early_keys: bool = False
    interruptible: bool = True

    @property
    def name(self) -> str:
        return self.errand.name

    @property
    def seconds_to_answer(self) -> float:
        return self.errand.seconds_to_answer


@dataclass(frozen=True, slots=True)
class Collect:
    """Gathers digits; `#` ends early. `stores` names what they are; secret ones are masked.

    Digits may be said as well, unless they are secret.
    """

    name: str
    long: Prompts
    short: Prompts
    stores: str
    least: int
    most: int
    then: str
    no_input: Retries
    no_match: Retries
    seconds_to_answer: float = 7.0
    seconds_between_keys: float = 3.0
    secret: bool = False
    interruptible: bool = True
    early_keys: bool = False
    hearing: Hearing | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A survey question: 1-9 is the answer, `*` repeats, `#` skips, `0` twice stops for ever.

    The first `0` is answered with `stop` ("press 0 again to stop"), because people who are
    very dissatisfied press it meaning a mark. After `attempts` invalid keys or silences the
    survey goes on without an answer.
    """

    name: str
    question: str
    prompts: Prompts
    invalid: Prompts
    stop: Prompts
    attempts: int
    then: str
    stopped: str
    seconds_to_answer: float = 6.0
    interruptible: bool = True
    early_keys: bool = False
    hearing: Hearing | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """Says who calls and why; only key 1 begins, `0` means never again, `*` repeats."""

    name: str
    prompts: Prompts
    attempts: int
    then: str
    refused: str
    silent: str
    seconds_to_answer: float = 6.0
    interruptible: bool = True
    early_keys: bool = False
    hearing: None = None
    """An answering machine says a lot: only a key begins."""


@dataclass(frozen=True, slots=True)
class ChooseLanguage:
    """From here on the caller is spoken to in `language`."""

    name: str
    language: str
    then: str


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """Goes one way when the calendar says open, others when closed, by reason.

    `closed` maps reasons (`hours.Reason`) to nodes; a reason that is missing goes to
    `otherwise`. A special day's own message is spoken first.
    """

    name: str
    calendar: str
    opened: str
    closed: Mapping[str, str]
    otherwise: str


@dataclass(frozen=True, slots=True)
class SurveyNotice:
    """Tells a caller who can be surveyed that he will be; says nothing to the others."""

    name: str
    prompts: Prompts
    then: str


@dataclass(frozen=True, slots=True)
class JoinTeam:
    """Waits in a queue for an agent. Each way out without one has its node."""

    name: str
    queue: str
    level: str
    timeout: str
    full: str
    empty: str
    closed: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """Rings an outside number over the trunks in order of preference."""

    name: str
    number: str
    prompts: Prompts
    seconds_to_ring: float
    busy: str
    no_answer: str
    failed: str


@dataclass(frozen=True, slots=True)
class Message:
    """Takes a voice message: the prompts, a tone, the recording; any key ends it."""

    name: str
    box: str
    prompts: Prompts
    seconds: float
    seconds_of_silence: float
    shortest: float
    then: str
    empty: str


@dataclass(frozen=True, slots=True)
class Goodbye:
    """Speaks and hangs up."""

    name: str
    prompts: Prompts


Asked = Menu | OpenQuestion | Collect | Question | Consent
"""Nodes that want keys, and perhaps words."""

Asking = Asked | Confirm | Clarify
"""What a caller can be asked: a node, or one of the questions that are no nodes."""

Node = (
    Say
    | Menu
    | OpenQuestion
    | Collect
    | Question
    | Consent
    | ChooseLanguage
    | OpeningHours
    | SurveyNotice
    | JoinTeam
    | Transfer
    | Message
    | Goodbye
)


@dataclass(frozen=True, slots=True)
class Script:
    """The call flow of one service group in one stage, or of one question set."""

    nodes: Mapping[str, Node]
    start: str


@dataclass(frozen=True, slots=True)
class Stage:
    """One rollout stage of a service group, in force from the start of `since`."""

    name: str
    since: date
    script: Script
    questions: str = ""
    """The question set asked after calls of this stage; empty for none."""
