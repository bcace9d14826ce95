"""Warns of phrases that sound alike and lead to different places.

Nothing is wrong with them in the files, so these are no problems: a caller who says one is
now and then taken for one who says the other. `lexicons` are files by language, with one
pronunciation a line: a word, a tab, and its phones with blanks between.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, islice, product
from pathlib import Path

from ivr.config import asking, nodes
from ivr.config.folder import SiteFolder, read_folder
from ivr.config.grammars import CARRIERS, Owner, owners
from ivr.errors import Problem

Phones = tuple[str, ...]
Pronunciations = Mapping[str, Sequence[Phones]]
"""How each word is said: every way to say it, the usual one first."""

NEAR = 0.2
"""Phrases that differ in less than a fifth of their phones are confused on the telephone."""
MOST_WAYS = 8
"""In how many ways a phrase of several words is said, for our purpose."""


def sound_alikes(folder: Path, lexicons: Mapping[str, Path]) -> list[Problem]:
    """Return where a site has phrases that sound alike; nothing for a language without lexicon.

    Raises OSError for a lexicon that cannot be read.
    """
    return sorted(set(_of_site(read_folder(folder), lexicons)))


def pronunciations(file: Path) -> Pronunciations:
    """Return how the words of a lexicon are said. Raises OSError."""
    ways: defaultdict[str, list[Phones]] = defaultdict(list)
    for line in file.read_text(encoding="utf-8").splitlines():
        word, _, phones = line.partition("\t")
        ways[word].append(tuple(phones.split()))
    return dict(ways)


def are_alike(one: str, other: str, said: Pronunciations) -> bool:
    """Return whether two phrases differ in one phone only, or in few of many.

    A word that is not in the lexicon sounds like nothing.
    """
    return any(
        _are_near(first, second) for first in _ways(one, said) for second in _ways(other, said)
    )


def _are_near(one: Phones, other: Phones) -> bool:
    most = max(1, int(NEAR * max(len(one), len(other))))
    return abs(len(one) - len(other)) <= most and _distance(one, other) <= most


def _ways(phrase: str, said: Pronunciations) -> list[Phones]:
    spoken = product(*(said.get(word, ()) for word in phrase.split()))
    return [tuple(phone for word in words for phone in word) for words in islice(spoken, MOST_WAYS)]


def _distance(one: Phones, other: Phones) -> int:
    """Return how many phones must be put in, left out or changed to get from one to the other."""
    costs = list(range(len(other) + 1))
    for row, phone in enumerate(one, 1):
        before, costs[0] = costs[0], row
        for column, other_phone in enumerate(other, 1):
            changed = before + (phone != other_phone)
            before = costs[column]
            costs[column] = min(changed, before + 1, costs[column - 1] + 1)
    return costs[-1]


def _of_site(site: SiteFolder, lexicons: Mapping[str, Path]) -> Iterator[Problem]:
    said = {language: pronunciations(file) for language, file in lexicons.items()}
    for _, _, page in site.stages:
        for name, section in page.content.nodes.items() if page.content else ():
            if not isinstance(section, asking.Menu | nodes.OpenQuestion) or not section.listen:
                continue
            taken = owners(site, page, name, section)
            yield from _alike(taken, said.get(section.listen.language, {}))


def _alike(taken: Mapping[str, Owner], said: Pronunciations) -> Iterator[Problem]:
    meant = {phrase: owner for phrase, owner in taken.items() if owner.what != CARRIERS}
    for (one, first), (other, second) in combinations(meant.items(), 2):
        if first.what != second.what and are_alike(one, other, said):
            yield second.problem(f"`{other}` sounds like `{one}`, which is said for {first}")
