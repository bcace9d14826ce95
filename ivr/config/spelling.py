"""Guesses what a misspelt name was meant to be."""

from collections.abc import Iterable
from difflib import get_close_matches

# A longer list of names is no help in an error message.
MOST_LISTED = 6


def unknown(what: str, name: str, names: Iterable[str]) -> str:
    """Return a sentence about a name that nothing has."""
    return f"there is no {what} `{name}`{meant(name, names)}"


def meant(word: str, words: Iterable[str]) -> str:
    """Return the end of a sentence that says what `word` could have been, or nothing."""
    known = sorted(set(words))
    near = nearest(word, known)
    if near:
        return f"; did you mean `{near}`?"
    if 0 < len(known) <= MOST_LISTED:
        return f"; there {'is' if len(known) == 1 else 'are'} only {listed(known)}"
    return ""


def nearest(word: str, words: Iterable[str]) -> str:
    """Return the one of `words` that looks most like `word`, or nothing."""
    folded = {name.casefold(): name for name in words}
    near = get_close_matches(word.casefold(), folded, n=1)
    return folded[near[0]] if near else ""


def listed(words: Iterable[str], link: str = "and") -> str:
    """Return the words as prose: `a`, `b` and `c`."""
    *most, last = [f"`{word}`" for word in words]
    return f"{', '.join(most)} {link} {last}" if most else last
