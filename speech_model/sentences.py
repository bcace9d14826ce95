"""What is said in the corpus: sentences to train on, and others to be measured with.

A sentence depends on its seed alone, so a corpus can be continued where it stopped.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from speech_model import menus, numerals, pronunciation, words

CARRIERS_FILE = words.FOLDER / "carriers.txt"

UTTERANCES_IN_A_SET = 520
"""At least 500 for every row of the evaluation, so that a 95 % interval is some points wide."""


@dataclass(frozen=True, slots=True)
class Trial:
    """An utterance of the evaluation: what is said, the grammar that hears it, what it means."""

    set: str
    menu: str
    text: str
    expect: str
    """The phrase of the grammar, or "" for speech that must be rejected."""


def training(rng: np.random.Generator) -> str:
    """One sentence to train on. It shares nothing with the evaluation that could be kept out."""
    while True:
        kind = KINDS[int(rng.choice(len(KINDS), p=WEIGHTS))]
        text = kind(rng)
        if menus.may_be_trained_on(text):
            return text


def trials(rng: np.random.Generator, utterances: int = UTTERANCES_IN_A_SET) -> Iterator[Trial]:
    """Every set of the evaluation: menus, carriers, newwords, yesno, digits, oog."""
    phrases = _every_phrase(menus.MENUS)
    new_words = _every_phrase(menus.new_words())
    for at in range(utterances):
        menu, phrase = phrases[at % len(phrases)]
        yield Trial("menus", menu, phrase, phrase)
        menu, topic = menus.TOPICS[at % len(menus.TOPICS)]
        sentence = _pick(held_out_carriers(), rng).format(topic)
        yield Trial("carriers", menu, sentence, topic)
        menu, word = new_words[at % len(new_words)]
        yield Trial("newwords", menu, word, word)
        answer = menus.YES_OR_NO[at % 2]
        yield Trial("yesno", "yesno", answer, answer)
        digit = menus.DIGITS[at % len(menus.DIGITS)]
        yield Trial("digits", "digits", digit, digit)
        yield Trial("oog", "", _out_of_grammar(rng), "")


def carriers() -> tuple[str, ...]:
    """Templates with one {} that training uses."""
    return _lines("carriers")


def held_out_carriers() -> tuple[str, ...]:
    """Templates with one {} that only the evaluation uses."""
    return _lines("held out carriers")


def _carried(rng: np.random.Generator) -> str:
    return _pick(carriers(), rng).format(_subject(rng))


def _introduced(rng: np.random.Generator) -> str:
    """Goddag, det er Mette Holm fra Byg ApS, jeg ringer angående ..."""
    who = [_pick(_lines("introductions"), rng), _pick(words.section("first names"), rng)]
    if rng.integers(2):
        who.append(_pick(words.section("surnames"), rng))
    if rng.integers(2):
        who += ["fra", _pick(words.section("companies"), rng)]
    return " ".join([*who, _carried(rng)] if rng.integers(2) else who)


def _subject(rng: np.random.Generator) -> str:
    """What somebody rings about: a listed phrase, a menu's word or any word of the language."""
    source = rng.choice(["phrase", "menu", "word", "two"], p=[0.45, 0.25, 0.2, 0.1])
    if source == "phrase":
        return _pick(words.phrases(), rng)
    if source == "menu":
        return _pick(_single_words_of_menus(), rng)
    return _any_words(rng, 1 if source == "word" else 2)


def _phrase(rng: np.random.Generator) -> str:
    """A listed phrase, or some words in a row of it."""
    phrase = _pick(words.phrases(), rng).split()
    if len(phrase) > 1 and rng.integers(3) == 0:
        start = int(rng.integers(len(phrase)))
        phrase = phrase[start : start + int(rng.integers(1, len(phrase) - start + 1))]
    return " ".join(phrase)


def _word(rng: np.random.Generator) -> str:
    return _any_words(rng, 1)


def _word_string(rng: np.random.Generator) -> str:
    return _any_words(rng, int(rng.integers(2, 7)))


def _small_talk(rng: np.random.Generator) -> str:
    """Function words and commands in any order: what everything else is embedded in."""
    small = words.section("function words") + words.section("carriers")
    small += words.section("commands") + words.section("fillers")
    return " ".join(_pick(small, rng) for _ in range(int(rng.integers(1, 6))))


def _digits(rng: np.random.Generator) -> str:
    count = int(rng.choice([1, 1, 1, 2, 3, 4, 6, 8]))
    return " ".join(_pick(numerals.ONES, rng) for _ in range(count))


def _number(rng: np.random.Generator) -> str:
    kind = rng.choice(["small", "large", "date", "clock", "year"])
    if kind == "small":
        return numerals.spoken(int(rng.integers(100)))
    if kind == "large":
        return numerals.spoken(int(rng.integers(100, 10_000)))
    if kind == "date":
        month = _pick(words.section("days and months")[-12:], rng)
        return f"den {_pick(numerals.ORDINALS[1:], rng)} {month}"
    if kind == "clock":
        return f"klokken {numerals.spoken(int(rng.integers(24)))}"
    return f"to tusind og {numerals.spoken(int(rng.integers(1, 40)))}"


def _yes_or_no(rng: np.random.Generator) -> str:
    if rng.integers(2):
        return _pick(menus.YES_OR_NO, rng)
    return _pick(_lines("yes") + _lines("no"), rng)


def _command(rng: np.random.Generator) -> str:
    return _pick(_lines("commands"), rng)


def _out_of_grammar(rng: np.random.Generator) -> str:
    """Words and sentences in which nothing of any grammar occurs, nor what sounds like it."""
    while True:
        kind = (_word, _word_string, _carried, _phrase)[int(rng.integers(4))]
        text = kind(rng)
        in_a_grammar = any(f" {phrase} " in f" {text} " for phrase in _phrases_of_several_words())
        if not in_a_grammar and _sounds_of_grammars().isdisjoint(text.split()):
            return text


def _any_words(rng: np.random.Generator, count: int) -> str:
    return " ".join(_pick(words.drawn(), rng) for _ in range(count))


def _pick(things: tuple[str, ...], rng: np.random.Generator) -> str:
    return things[int(rng.integers(len(things)))]


@cache
def _phrases_of_several_words() -> tuple[str, ...]:
    return tuple(
        phrase for phrases in menus.grammars().values() for phrase in phrases if " " in phrase
    )


@cache
def _sounds_of_grammars() -> frozenset[str]:
    """The single words of grammars, and every word that has a pronunciation of one of them."""
    lexicon = pronunciation.read_lexicon()
    heard = {
        said
        for phrases in menus.grammars().values()
        for phrase in (*phrases, "nul", "et", "jo")
        for said in lexicon.get(phrase, ())
    }
    return frozenset(word for word, said in lexicon.items() if not heard.isdisjoint(said))


@cache
def _lines(section: str) -> tuple[str, ...]:
    return tuple(" ".join(line) for line in words.sections(CARRIERS_FILE)[section])


@cache
def _single_words_of_menus() -> tuple[str, ...]:
    return tuple(sorted(phrase for phrase in menus.held_out_phrases() if " " not in phrase))


def _every_phrase(grammars: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    return [(menu, phrase) for menu, phrases in grammars.items() for phrase in phrases]


KINDS: tuple[Callable[[np.random.Generator], str], ...] = (
    _carried, _introduced, _phrase, _word, _word_string, _small_talk, _digits, _number,
    _yes_or_no, _command,
)  # fmt: skip
WEIGHTS = (0.22, 0.02, 0.08, 0.12, 0.18, 0.06, 0.14, 0.05, 0.10, 0.03)
"""How often each kind is said. Short words are hardest in noise: they are said more often."""
