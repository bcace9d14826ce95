"""Which prompts exist in which language, which of them speak a number, and which music there is.

Only ids are read here; what the words are worth is for `ivr.prompts` to say.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from ivr.config.source import Source, Value
from ivr.config.spelling import listed, unknown
from ivr.errors import Problem

PromptIds = Mapping[str, Mapping[str, frozenset[str]]]
"""By language (or `MUSIC`), then by prompt id: the placeholders in its words."""

TEXTS = "texts.yaml"
MUSIC = "music"
"""The folder beside the languages, for what is the same in all of them."""
COMPOSED = ("calm", "ringing", "tone")
"""What the project makes itself; a site's own recordings come on top."""


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
    if not ids or not readable:
        return {}, problems
    recorded = (file.stem for file in folder.glob(f"{MUSIC}/recordings/*.wav"))
    ids[MUSIC] = dict.fromkeys((*COMPOSED, *recorded), frozenset())
    return ids, problems


def languages(prompts: PromptIds) -> frozenset[str]:
    """Return the languages there are prompts in."""
    return frozenset(prompts) - {MUSIC}


def _placeholders(words: Value) -> frozenset[str]:
    text = words.get("text", "") if isinstance(words, dict) else words
    return frozenset(re.findall(r"\{(\w+)\}", text) if isinstance(text, str) else ())


def faults(
    prompts: PromptIds, spoken: Iterable[str], needed: Iterable[str], filled: str = ""
) -> Iterator[tuple[int, str]]:
    """Yield what is wrong with a list of prompts: the number in the list, and a message.

    `needed` are the languages they are spoken in, `filled` is the placeholder that the engine
    fills in here.
    """
    words = {name: prompts[name] for name in sorted(languages(prompts))}
    for number, id_ in enumerate(spoken):
        having = [name for name, ids in words.items() if id_ in ids]
        lacking = [name for name in words if name in needed and name not in having]
        if not having:
            yield number, unknown("prompt", id_, {id_ for ids in words.values() for id_ in ids})
        elif lacking:
            yield number, f"the prompt `{id_}` has no words in {listed(lacking)}"
        for placeholder in frozenset[str]().union(*(words[name][id_] for name in having)):
            if placeholder != filled:
                message = f"the prompt `{id_}` speaks {{{placeholder}}}, which has no value here"
                yield number, message
