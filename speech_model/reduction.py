"""How people shorten words: rules from the careful form to the forms that are really heard.

A form is a tuple of espeak-ng's Danish sounds with their stress marks, e.g.
("s", "'&", "j", "@-", "n") for "sagen". The rules are the common reductions of spoken Danish:
schwa is dropped, a stop between vowels is unaspirated, g and v between vowels glide or vanish,
-et ends in d, R lowers the vowel after it. Stød would give pairs as well, but neither
espeak-ng's alphabet nor a network that hears 8 kHz needs it: no two words of a menu differ
by stød alone.
"""

from collections.abc import Callable, Iterable

Form = tuple[str, ...]

MOST_FORMS = 4
"""Forms of one word. More would make the graph larger and words more alike."""

FULL_VOWELS = frozenset(
    [
        "A",
        "&",
        "E",
        "e",
        "i",
        "o",
        "O",
        "u",
        "V",
        "W",
        "Y",
        "y",
        "&#",
        "0",
        "W#",
        "a",
        "aI",
        "eI",
        "oU",
    ]
)
SCHWA = "@-"
UNASPIRATED = {"p": "b", "t": "d", "k": "g"}
SYLLABIC = frozenset({"n", "l", "D"})
DROPS_SCHWA_BEFORE_PAUSE = frozenset(
    ["D", "v", "w", "l", "n", "m", "N", "j", "s", "g", "k", "t", "d", "b", "3-"]
)


def sound(symbol: str) -> str:
    """The sound without its marks for stress, length and pause."""
    return symbol.strip("',?:!%=|")


def is_full_vowel(symbols: Form) -> bool:
    """Whether there is a vowel other than schwa among these."""
    return any(sound(symbol) in FULL_VOWELS for symbol in symbols)


def forms(word: str, careful: Form) -> tuple[Form, ...]:
    """The careful form, then the fully reduced one, then those with one reduction each."""
    reduced = [rule(word, careful) for rule in RULES]
    everything = careful
    for rule in RULES:
        everything = rule(word, everything)
    return _different([careful, everything, *reduced])[:MOST_FORMS]


def _different(candidates: Iterable[Form]) -> tuple[Form, ...]:
    found: dict[tuple[str, ...], Form] = {}
    for form in candidates:
        found.setdefault(tuple(map(sound, form)), form)
    return tuple(found.values())


def _unaspirated(_word: str, form: Form) -> Form:
    """Ikke, otte, køkken: p, t, k before schwa are b, d, g."""
    return tuple(
        UNASPIRATED[symbol]
        if symbol in UNASPIRATED and index and _is_schwa_or_er(form, index + 1)
        else symbol
        for index, symbol in enumerate(form)
    )


def _no_last_schwa(_word: str, form: Form) -> Form:
    """Gade, tale, søgte: the last schwa is dropped when a full vowel is left."""
    if sound(form[-1]) != SCHWA or not form[:-2]:
        return form
    if sound(form[-2]) not in DROPS_SCHWA_BEFORE_PAUSE or not is_full_vowel(form[:-1]):
        return form
    return form[:-1]


def _syllabic(_word: str, form: Form) -> Form:
    """Parken, adel, huset: schwa gives way to the sonorant after it."""
    kept = []
    for index, symbol in enumerate(form):
        after = form[index + 1] if index + 1 < len(form) else ""
        before = sound(form[index - 1]) if index else ""
        vanishes = sound(symbol) == SCHWA and sound(after) in SYLLABIC
        if vanishes and before not in FULL_VOWELS and before not in {"", SCHWA}:
            continue
        kept.append(symbol)
    return tuple(kept)


def _glide(word: str, form: Form) -> Form:
    """Bøger, sager, skrive: g and v between vowels are lost or become w."""
    if "gg" in word or "vv" in word:
        return form
    changed = []
    for index, symbol in enumerate(form):
        between = (
            0 < index < len(form) - 1
            and sound(form[index - 1]) in FULL_VOWELS
            and _is_schwa_or_er(form, index + 1)
        )
        if between and symbol == "g" and "k" not in word:
            continue
        changed.append("w" if between and symbol == "v" else symbol)
    return tuple(changed)


def _hard_ending(word: str, form: Form) -> Form:
    """Huset, snakket: -et ends in d for half of the country."""
    if word.endswith("et") and form[-2:] == (SCHWA, "D") and is_full_vowel(form[:-2]):
        return (*form[:-1], "d")
    return form


def _silent_d(word: str, form: Form) -> Form:
    """Tilfreds, besked-sag: no d before s."""
    if "ds" not in word:
        return form
    return tuple(
        symbol
        for index, symbol in enumerate(form)
        if not (symbol == "D" and index + 1 < len(form) and form[index + 1] == "s")
    )


def _weak_prefix(word: str, form: Form) -> Form:
    """Betale, besøg, gebyr: the first vowel is schwa when the stress comes later."""
    if not word.startswith(("be", "ge")) or not is_full_vowel(form[2:]):
        return form
    return (form[0], SCHWA, *form[2:]) if form[1] in {"?e", "e"} else form


def _lowered(_word: str, form: Form) -> Form:
    """Ret, tres, frisk: R pulls the vowel after it down."""
    return tuple(
        symbol.replace("E", "&#")
        if index and form[index - 1] == "R" and sound(symbol) == "E"
        else symbol
        for index, symbol in enumerate(form)
    )


def _is_schwa_or_er(form: Form, index: int) -> bool:
    return index < len(form) and sound(form[index]) in {SCHWA, "V"}


RULES: tuple[Callable[[str, Form], Form], ...] = (
    _unaspirated,
    _glide,
    _no_last_schwa,
    _syllabic,
    _hard_ending,
    _silent_d,
    _weak_prefix,
    _lowered,
)
"""In the order in which they are tried."""
