"""Words to phones: espeak-ng's Danish rules, corrections by hand, and the reductions of speech.

A *form* is what espeak-ng can say (sounds with stress, see `reduction`); *phones* are what the
network tells apart (stress and length dropped, rare sounds merged). Every form has phones.
"""

import re
import subprocess
from collections.abc import Iterable, Sequence
from itertools import product
from pathlib import Path

from speech_model import numerals, reduction, words
from speech_model.reduction import Form

Phones = tuple[str, ...]

LEXICON = words.FOLDER / "da.tsv"
PHONES = words.FOLDER / "phones.txt"
BY_HAND = words.FOLDER / "spoken.txt"

MERGED: dict[str, Phones] = {
    "r": ("3",), "3-": ("3",), "@-": ("@",), "j-": ("j",), "&#": ("A",), "0": ("O",),
    "W#": ("W",), "Y": ("W",), "a": ("&",), "I": ("i",), "x": ("k",), "C": ("S",), "z": ("s",),
    "aI": ("A", "j"), "eI": ("E", "j"), "oU": ("o",), "dZ": ("d", "j"), "tS": ("t", "S"),
    "OI": ("O", "j"), "aU": ("&", "w"), "I2": ("i",), "I#": ("i",), "U": ("u",), "Z": ("S",),
    "T": ("t",), "3:": ("W",), "a#": ("@",), "@L": ("@", "l"), "r-": ("3",), "VR": ("V",),
}  # fmt: skip
"""Sounds too rare or too close to others to be learned apart, and the sounds of an English word."""

SILENT = frozenset({"", "(en)", "(da)", "_", "!", ":", "|", "||"})

_NUMBER = re.compile(rf"({'|'.join(numerals.ONES[1:])})og({'|'.join(numerals.TENS)})(nde)?")


class PronunciationError(Exception):
    """A word cannot be turned into phones; the message says which and what to do."""


def pronounce(wanted: Iterable[str]) -> dict[str, tuple[Phones, ...]]:
    """Phones of each word in lower case, usual form first; needs espeak-ng.

    Raises PronunciationError for a word that has no sound.
    """
    return {
        word: tuple(dict.fromkeys(phones(form) for form in forms))
        for word, forms in spoken(wanted).items()
    }


def spoken(wanted: Iterable[str]) -> dict[str, tuple[Form, ...]]:
    """The forms of each word, usual one first, as espeak-ng can say them."""
    ordered = list(dict.fromkeys(wanted))
    by_hand = _by_hand()
    numbers = {word: _number(word, by_hand) for word in ordered if _NUMBER.fullmatch(word)}
    unknown = [word for word in ordered if word not in by_hand and word not in numbers]
    by_rule = {
        word: reduction.forms(word, form)
        for word, form in zip(unknown, _espeak(unknown), strict=True)
    }
    return {word: by_hand.get(word) or numbers.get(word) or by_rule[word] for word in ordered}


def phones(form: Form) -> Phones:
    found: list[str] = []
    for symbol in form:
        sound = reduction.sound(symbol)
        found += MERGED.get(sound, (sound,)) if sound not in SILENT else ()
    return tuple(found)


def write_lexicon(lexicon: Path = LEXICON, inventory: Path = PHONES) -> None:
    """Write the pronunciations of every listed word, and the phones that occur in them."""
    pronounced = pronounce(words.words())
    rows = [
        f"{word}\t{' '.join(variant)}\n"
        for word, variants in pronounced.items()
        for variant in variants
    ]
    lexicon.write_text("".join(rows), encoding="utf-8")
    used = sorted({phone for row in rows for phone in row.rstrip("\n").split("\t")[1].split()})
    inventory.write_text("".join(f"{phone}\n" for phone in used), encoding="utf-8")


def read_lexicon(path: Path = LEXICON) -> dict[str, tuple[Phones, ...]]:
    """Word to its pronunciations, usual one first."""
    found: dict[str, tuple[Phones, ...]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        word, _tab, said = line.partition("\t")
        found[word] = (*found.get(word, ()), tuple(said.split()))
    return found


def read_phones(path: Path = PHONES) -> Phones:
    return tuple(path.read_text(encoding="utf-8").split())


def _espeak(wanted: Sequence[str]) -> list[Form]:
    """The careful form of each word. A blank line between words makes each its own sentence."""
    if not wanted:
        return []
    try:
        answer = subprocess.run(
            ["espeak-ng", "-v", "da", "-q", "-x", "--sep=_", "--stdin"],
            input="\n\n".join(wanted) + "\n",
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    except FileNotFoundError as error:
        raise PronunciationError(
            "espeak-ng is missing: install it with `apt-get install espeak-ng`"
        ) from error
    lines = [line for line in answer.splitlines() if line.strip()]
    if len(lines) != len(wanted):
        raise PronunciationError(_silent_word(wanted))
    forms = [_with_r(tuple(_sounds(line))) for line in lines]
    for word, form in zip(wanted, forms, strict=True):
        if not phones(form):
            raise PronunciationError(f"{word!r} has no sound: write it as it is said")
    return forms


def _sounds(line: str) -> list[str]:
    """Sounds of one word; pauses and the marks of a change of language fall away."""
    return [
        symbol
        for symbol in re.split(r"[_\s]+", line.strip())
        if reduction.sound(symbol) not in SILENT
    ]


def _with_r(form: Form) -> Form:
    """Rotte, brand: espeak-ng takes some R at the beginning of a syllable for a vowel."""
    return tuple(
        "R"
        if symbol == "3-"
        and reduction.is_full_vowel(form[index + 1 : index + 2])
        and not reduction.is_full_vowel(form[max(0, index - 1) : index])
        else symbol
        for index, symbol in enumerate(form)
    )


def _silent_word(wanted: Sequence[str]) -> str:
    if len(wanted) == 1:
        return f"{wanted[0]!r} has no sound: write it as it is said"
    for word in wanted:
        _espeak([word])
    return "espeak-ng did not answer word by word"


def _by_hand(path: Path = BY_HAND) -> dict[str, tuple[Form, ...]]:
    found = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            word, *forms = line.split("\t")
            found[word] = tuple(tuple(form.split("_")) for form in forms)
    return found


def _number(word: str, by_hand: dict[str, tuple[Form, ...]]) -> tuple[Form, ...]:
    """Femogtyve: the ones, a short "og", the tens with the second stress."""
    parts = _NUMBER.fullmatch(word)
    if parts is None:
        raise PronunciationError(f"{word!r} is not a number")
    tens = [tuple(symbol.replace("'", ",") for symbol in form) for form in by_hand[parts[2]]]
    ending = ("n", "@-") if parts[3] else ()
    forms = [
        (*ones, between, *ten, *ending)
        for ten, ones, between in product(tens[:2], by_hand[parts[1]][:2], ("?V",))
    ]
    return tuple(forms[: reduction.MOST_FORMS])
