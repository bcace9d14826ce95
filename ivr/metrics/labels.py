"""Which values a label may have: closed lists, from the compiled site and the engine's words.

A counter lives as long as the process, one per combination of label values. A value that a
caller or a stranger could choose would fill the memory, and might be personal data; so what
is not on its list is counted as `other`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ivr.engine.actions import LeaveReason, Outcome
from ivr.engine.events import Disposition, Failure, Refusal
from ivr.engine.floor import Manner
from ivr.engine.script import (
    PERSON,
    Menu,
    Message,
    Node,
    OpenQuestion,
    Question,
    Script,
    Transfer,
)
from ivr.engine.site import Site

OTHER = "other"
"""What a value is counted as that is not on its list."""
NONE = "none"
"""The group of a call that never came to one."""
EXTENSION = "extension"
"""The choice of everybody who keys an extension in a menu."""

INPUTS = ("dtmf", "speech")
NOTES = (
    "language",
    "closed",
    "late_key",
    "collected",
    "invalid_answer",
    "skipped",
    "several",
    "denied",
    "speech_off",
)
TROUBLED = ("prompt_failed", "trunk_failed")
HEARD = {
    "key": "dtmf",
    "heard": "speech",
    "no_input": "noinput",
    "no_match": "nomatch",
    "not_understood": "nomatch",
    "unclear": "lowconf",
    "recogniser_failed": "asr_error",
}
NOT_UNDERSTOOD = "not_understood"
CHOSEN = ("key", "heard")
"""Notes that name the choice that was made."""
HUNG_UP = "hangup"
WAITED = {LeaveReason.ANSWERED: "answered", LeaveReason.ABANDONED: "abandoned"}
SENT_ON = "sent_on"
REACHED = "answered"
GAVE_UP = "abandoned"
SIP_CODES = (0, 200, 401, 403, 404, 408, 480, 484, 486, 487, 488, 500, 502, 503, 504, 600, 603)
METHODS = ("rfc4733", "info", "inband")
REJECTED = (*Refusal, "unknown_number", "not_a_trunk", "refer", "replaces", "subscribe")
DEGRADED = ("fault", "journal", "prompts", "speech")
"""What nothing else shows; clock, configuration and trunks have metrics of their own."""


@dataclass(frozen=True, slots=True)
class Labels:
    """What each label may be; `destinations` names a group's transfer targets by number."""

    allowed: Mapping[str, frozenset[str]]
    destinations: Mapping[tuple[str, str], str]

    def __or__(self, older: "Labels") -> "Labels":
        """Return what either allows: calls that began before a reload are still counted."""
        allowed = {name: values | older.allowed[name] for name, values in self.allowed.items()}
        return Labels(allowed, {**older.destinations, **self.destinations})


def labels(site: Site) -> Labels:
    destinations = dict(_destinations(site))
    lists: dict[str, Iterable[str]] = {
        "group": (NONE, *site.groups),
        "stage": (NONE, *(stage.name for group in site.groups.values() for stage in group.stages)),
        "queue": site.queues,
        "choice": (EXTENSION, *_choices(site)),
        "question": _questions(site),
        "box": (node.box for node in _nodes(site) if isinstance(node, Message)),
        "destination": destinations.values(),
        "direction": ("in", "out"),
        "result": (*Outcome, *Failure, REACHED, GAVE_UP),
        "outcome": (*HEARD.values(), HUNG_UP, *WAITED.values(), SENT_ON),
        "reason": (*LeaveReason, *REJECTED, *DEGRADED),
        "disposition": Disposition,
        "sip_code": map(str, SIP_CODES),
        "input": INPUTS,
        "method": METHODS,
        "kind": (*NOTES, *TROUBLED),
        "state": Manner,
    }
    return Labels({name: frozenset(map(str, list_)) for name, list_ in lists.items()}, destinations)


def choice(menu: str, key: str) -> str:
    return f"{menu}:{key}"


def _scripts(site: Site) -> Iterator[tuple[str, Script]]:
    for name, group in site.groups.items():
        for stage in group.stages:
            yield name, stage.script


def _nodes(site: Site) -> Iterator[Node]:
    for _, script in _scripts(site):
        yield from script.nodes.values()


def _choices(site: Site) -> Iterator[str]:
    for node in _nodes(site):
        if isinstance(node, Menu):
            yield from (choice(node.name, key) for key in node.choices)
        if isinstance(node, OpenQuestion):
            yield from (choice(node.name, intent) for intent in (*node.intents, PERSON))


def _questions(site: Site) -> Iterator[str]:
    for questions in site.questions.values():
        for node in questions.script.nodes.values():
            if isinstance(node, Question):
                yield node.question


def _destinations(site: Site) -> Iterator[tuple[tuple[str, str], str]]:
    for group, script in _scripts(site):
        for node in script.nodes.values():
            if isinstance(node, Transfer):
                yield (group, node.number), f"{group}/{node.name}"
