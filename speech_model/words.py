"""The words and phrases the model is made for: `lexicon/words.txt` and `lexicon/phrases.txt`."""

from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "lexicon"
WORDS = FOLDER / "words.txt"
PHRASES = FOLDER / "phrases.txt"

HELD_OUT = "held out"
"""The section whose words are in the lexicon and never in a training text."""

CONFIGURED = "configured"
"""The section of words that only the example configurations say."""


@cache
def words() -> tuple[str, ...]:
    """Every word of the lexicon, sorted."""
    found = {word for section in sections(WORDS).values() for line in section for word in line}
    found |= {word for section in sections(PHRASES).values() for line in section for word in line}
    return tuple(sorted(found))


@cache
def section(name: str) -> tuple[str, ...]:
    """The words of one section of words.txt, in the order of the file."""
    return tuple(word for line in sections(WORDS)[name] for word in line)


@cache
def held_out() -> frozenset[str]:
    return frozenset(section(HELD_OUT))


@cache
def drawn() -> tuple[str, ...]:
    """The words from which training sentences are made, sorted."""
    left_out = held_out() | set(section(CONFIGURED))
    return tuple(word for word in words() if word not in left_out)


@cache
def phrases() -> tuple[str, ...]:
    """What callers ring about, as said; each once, sorted."""
    return tuple(sorted({" ".join(line) for lines in sections(PHRASES).values() for line in lines}))


@cache
def sections(path: Path) -> dict[str, tuple[tuple[str, ...], ...]]:
    """A file of `[section]` headings: the words of every line below each. `#` begins a comment."""
    found: dict[str, list[tuple[str, ...]]] = {}
    lines: list[tuple[str, ...]] = []
    for text in path.read_text(encoding="utf-8").splitlines():
        line = text.partition("#")[0].strip()
        if line.startswith("["):
            lines = found.setdefault(line.strip("[]"), [])
        elif line:
            lines.append(tuple(line.split()))
    return {name: tuple(lines) for name, lines in found.items()}
