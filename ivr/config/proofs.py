"""What is proven about a call flow before a caller meets it.

Every way leads to a node; every node can be reached; a caller who does nothing right never
goes round in circles; he always ends with a person or with a message, never with a hang-up.

That no flow is without an end follows: from any node the idle ways lead on, never back, so
they come to a goodbye, a queue, a transfer or a message.
"""

from collections.abc import Collection, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from ivr.config.schema import Place
from ivr.config.spelling import unknown
from ivr.config.ways import ways
from ivr.engine.script import (
    ChooseLanguage,
    Collect,
    Goodbye,
    Menu,
    Node,
    OpeningHours,
    OpenQuestion,
    Say,
    Script,
    SurveyNotice,
)

Finding = tuple[Place, str]
"""A place in a stage's file, and what is wrong there."""

MUST_HELP = {
    "person": "key 0 must lead to",
    "no_input": "after the last silence a caller must come to",
    "no_match": "after the last wrong key a caller must come to",
}
"""The options of a menu that must end with a person, and how a message about them begins."""


def findings(script: Script, declared: Collection[str]) -> Iterator[Finding]:
    """Yield what is wrong with a call flow; `declared` also holds the names of faulty nodes."""
    wrong = [*_lost(script, declared), *_circles(script)]
    yield from wrong
    yield from _left_alone(script)
    # A way that leads to the wrong node leaves its true target unreached: say what is sure.
    if not wrong and len(script.nodes) == len(declared):
        yield from _unreached(script)


def _lost(script: Script, declared: Collection[str]) -> Iterator[Finding]:
    if script.start not in declared:
        yield ("start",), unknown("node", script.start, declared)
    for name, node in script.nodes.items():
        for way in ways(node):
            if way.to not in declared:
                yield ("nodes", name, *way.at), unknown("node", way.to, declared)


def _unreached(script: Script) -> Iterator[Finding]:
    reached: set[str] = set()
    ahead = [script.start]
    while ahead:
        name = ahead.pop()
        if name not in reached:
            reached.add(name)
            ahead += [way.to for way in ways(script.nodes[name])]
    for name in script.nodes:
        if name not in reached:
            yield ("nodes", name), f"no way leads to the node `{name}`; remove it or link to it"


def _circles(script: Script) -> Iterator[Finding]:
    """Yield circles of idle ways until none is left."""
    ahead = {
        name: [way.to for way in ways(node) if way.idle] for name, node in script.nodes.items()
    }
    while circle := _circle(ahead):
        first = min(circle, key=list(ahead).index)
        turn = circle.index(first)
        shown = " -> ".join([*circle[turn:], *circle[:turn], first])
        yield ("nodes", first), f"a caller who presses no key can go round for ever: {shown}"
        cut = circle[1 % len(circle)]
        ahead[circle[0]] = [name for name in ahead[circle[0]] if name != cut]


def _circle(ahead: Mapping[str, list[str]]) -> list[str]:
    try:
        TopologicalSorter(ahead).prepare()
    except CycleError as error:
        return list(reversed(error.args[1][1:]))
    return []


def _left_alone(script: Script) -> Iterator[Finding]:
    """Yield the ways of a menu on which a caller who needs a person does not get one."""
    for name, node in script.nodes.items():
        if isinstance(node, Menu | Collect | OpenQuestion):
            for way in ways(node):
                end = _dead_end(script.nodes, way.to) if way.at[0] in MUST_HELP else ""
                if end:
                    but = "not to" if f"`{way.to}`" in end else f"but `{way.to}` leads to"
                    message = f"{MUST_HELP[way.at[0]]} a person or a message, {but} {end}"
                    yield ("nodes", name, *way.at), message


def _dead_end(nodes: Mapping[str, Node], start: str) -> str:
    """Return what ends a way on which no person or message stands."""
    passed: set[str] = set()
    ahead = [start]
    while ahead:
        name = ahead.pop()
        node = nodes.get(name)
        match node:
            case Goodbye():
                return f"the goodbye `{name}`"
            case Menu() | Collect() | OpenQuestion():
                return f"`{name}`, which asks again"
            case Say() | ChooseLanguage() | OpeningHours() | SurveyNotice() if name not in passed:
                passed.add(name)
                ahead += [way.to for way in ways(node)]
    return ""
