"""Which prompts exist in which language, and which of them speak a number.

Only ids are read here; what the words are worth is for `ivr.prompts` to say.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ivr.config.source import Source, Value
from ivr.config.spelling import listed, unknown
from ivr.errors import Problem

PromptIds = Mapping[str, Mapping[str, frozenset[str]]]
"""By language, then by prompt id: the placeholders in its words."""

TEXTS = "texts.yaml"


def read(folder: Path) -> tuple[PromptIds, list[Problem]]:
    """Return the prompts of every language folder, and the problems of their files.

    No prompts are returned if a file cannot be read: nobody else's fault then.
    """
    ids: dict[str, Mapping[str, frozenset[str]]] = {}
    problems: list[Problem] = []
    readable = True
    for file in sorted(folder.glob(f"*/{TEXTS}")):
        source = Source(file)
        problems += source.problems
        readable = readable and source.is_readable
        ids[file.parent.name] = {id_: _placeholders(words) for id_, words in source.value.items()}
    return ids if readable else {}, problems


def _placeholders(words: Value) -> frozenset[str]:
    text = words.get("text", "") if isinstance(words, dict) else words
    return frozenset(re.findall(r"\{(\w+)\}", text) if isinstance(text, str) else ())


def faults(
    prompts: PromptIds, spoken: Iterable[str], languages: Iterable[str], filled: str = ""
) -> Iterator[tuple[int, str]]:
    """Yield what is wrong with a list of prompts: the number in the list, and a message.

    `filled` is the placeholder that the engine fills in here.
    """
    everywhere = frozenset(id_ for ids in prompts.values() for id_ in ids)
    for number, id_ in enumerate(spoken):
        lacking = [name for name in languages if name in prompts and id_ not in prompts[name]]
        if id_ not in everywhere:
            yield number, unknown("prompt", id_, everywhere)
        elif lacking:
            yield number, f"the prompt `{id_}` has no words in {listed(lacking)}"
        for placeholder in _all_placeholders(prompts, id_) - {filled}:
            message = f"the prompt `{id_}` speaks {{{placeholder}}}, which has no value here"
            yield number, message


def _all_placeholders(prompts: PromptIds, id_: str) -> frozenset[str]:
    return frozenset[str]().union(*(ids.get(id_, frozenset()) for ids in prompts.values()))
