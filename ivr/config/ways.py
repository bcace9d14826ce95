"""Where a caller can go from a node, and what he hears there: the map of a call flow."""

from collections.abc import Iterator
from dataclasses import dataclass

from ivr.config.nodes import OTHERWISE
from ivr.engine.hearing import Hearing
from ivr.engine.script import (
    PERSON,
    ChooseLanguage,
    Collect,
    Consent,
    Goodbye,
    JoinTeam,
    Menu,
    Message,
    Node,
    OpeningHours,
    OpenQuestion,
    Prompts,
    Question,
    Say,
    SurveyNotice,
    Transfer,
)

TOLD = "speech."
"""How the options of speech.yaml begin, whose prompts all nodes share that listen."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way out of a node: `at` is where it is written, as names of options.

    A way is `idle` when a caller who does nothing right can be sent along it at once: no good
    key, no message left, no time in a queue.
    """

    at: tuple[str, ...]
    to: str
    idle: bool = True


def ways(node: Node) -> Iterator[Way]:
    """Yield every way out of a node."""
    match node:
        case Say(then=then) | ChooseLanguage(then=then) | SurveyNotice(then=then):
            yield Way(("then",), then)
        case Menu() | Collect():
            yield from _out_of_asking(node)
        case OpeningHours(opened=opened, closed=closed, otherwise=otherwise):
            yield Way(("open",), opened)
            for reason, to in (*closed.items(), (OTHERWISE, otherwise)):
                yield Way(("closed", reason), to)
        case JoinTeam(timeout=timeout, full=full, empty=empty, closed=to):
            yield Way(("timeout",), timeout, idle=False)
            yield from (Way(("full",), full), Way(("empty",), empty), Way(("closed",), to))
        case Transfer(busy=busy, no_answer=no_answer, failed=failed):
            yield Way(("busy",), busy)
            yield from (Way(("no_answer",), no_answer), Way(("failed",), failed))
        case Message(then=then, empty=empty):
            yield from (Way(("then",), then, idle=False), Way(("empty",), empty))
        case Consent() | Question() | OpenQuestion():
            yield from _out_of_question(node)


def _out_of_asking(node: Menu | Collect) -> Iterator[Way]:
    if isinstance(node, Collect):
        yield Way(("then",), node.then, idle=False)
    else:
        for key, to in node.choices.items():
            yield Way(("person",) if key == PERSON else ("choices", key), to, idle=False)
        for number, to in node.extensions.nodes.items() if node.extensions else ():
            yield Way(("extensions", "numbers", number), to, idle=False)
    yield Way(("no_input", "then"), node.no_input.then)
    yield Way(("no_match", "then"), node.no_match.then)


def _out_of_question(node: Consent | Question | OpenQuestion) -> Iterator[Way]:
    if isinstance(node, OpenQuestion):
        for intent, to in node.intents.items():
            yield Way(("intents", intent), to, idle=False)
        yield from (Way(("menu",), node.menu), Way(("person",), node.person, idle=False))
    else:
        yield from _out_of_survey(node)


def _out_of_survey(node: Consent | Question) -> Iterator[Way]:
    yield Way(("then",), node.then, idle=isinstance(node, Question))
    if isinstance(node, Consent):
        yield Way(("refused",), node.refused, idle=False)
        yield Way(("silent",), node.silent)
    else:
        yield Way(("stopped",), node.stopped, idle=False)


def spoken(node: Node) -> Iterator[tuple[str, Prompts]]:
    """Yield the options that hold prompts, dotted where they are nested, and the prompts."""
    match node:
        case Say() | SurveyNotice() | Transfer() | Message() | Goodbye() | Consent():
            yield "prompts", node.prompts
        case OpenQuestion(prompts=prompts):
            yield "prompts", prompts
        case Question(prompts=prompts, invalid=invalid, stop=stop):
            yield from (("prompts", prompts), ("invalid", invalid), ("stop", stop))
        case Menu() | Collect():
            yield "long", node.long
            if node.short != node.long:
                yield "short", node.short
            yield "no_input.prompts", node.no_input.prompts
            yield "no_match.prompts", node.no_match.prompts
    if isinstance(node, Menu) and node.extensions:
        yield "extensions.unknown", node.extensions.unknown
    if isinstance(node, Menu | OpenQuestion | Collect | Question) and node.hearing:
        yield from _asked_aloud(node.hearing)


def _asked_aloud(hearing: Hearing) -> Iterator[tuple[str, Prompts]]:
    yield from (("listen.long", hearing.long), ("listen.short", hearing.short))
    for meaning, prompts in hearing.named.items():
        yield f"named.{meaning}", prompts
    manners = hearing.manners
    yield f"{TOLD}not_understood", manners.not_understood
    yield f"{TOLD}failed", manners.failed
    yield f"{TOLD}did_you_mean", manners.did_you_mean
    yield f"{TOLD}yes_or_no", manners.yes_or_no
    yield f"{TOLD}which", manners.which
    yield f"{TOLD}person", manners.person
    for key, prompts in manners.keys.items():
        yield f"{TOLD}keys.{key}", prompts
