"""Numbers from 0 to 999 in words, and as the recordings that speak them.

A number in a prompt is a label ("nummer et", "number one"), so Danish one is the neuter `et`
at the end of a number, and `en` only inside the compounds (`enogtyve`). A sentence about one
of a thing ("en kollega") is a sentence of its own, without a placeholder.

Every number below 100 is one recording, because Danish says the ones before the tens in one
breath; a hundred is another, and `number.and` joins them: 121 is `number.100`, `number.and`,
`number.21`.
"""

from collections.abc import Mapping
from types import MappingProxyType

LARGEST = 999
AND = "number.and"

_DANISH = (
    *("nul", "et", "to", "tre", "fire", "fem", "seks", "syv", "otte", "ni"),
    *("ti", "elleve", "tolv", "tretten", "fjorten"),
    *("femten", "seksten", "sytten", "atten", "nitten"),
)
_DANISH_TENS = (
    *("tyve", "tredive", "fyrre", "halvtreds"),
    *("tres", "halvfjerds", "firs", "halvfems"),
)
_ENGLISH = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    *("ten", "eleven", "twelve", "thirteen", "fourteen"),
    *("fifteen", "sixteen", "seventeen", "eighteen", "nineteen"),
)
_ENGLISH_TENS = (
    *("twenty", "thirty", "forty", "fifty"),
    *("sixty", "seventy", "eighty", "ninety"),
)


def _danish_below_100(number: int) -> str:
    if number < len(_DANISH):
        return _DANISH[number]
    tens, ones = divmod(number, 10)
    ten = _DANISH_TENS[tens - 2]
    match ones:
        case 0:
            return ten
        case 1:
            return f"enog{ten}"
        case _:
            return f"{_DANISH[ones]}og{ten}"


def _english_below_100(number: int) -> str:
    if number < len(_ENGLISH):
        return _ENGLISH[number]
    tens, ones = divmod(number, 10)
    ten = _ENGLISH_TENS[tens - 2]
    return f"{ten}-{_ENGLISH[ones]}" if ones else ten


_BELOW_100 = {"da": _danish_below_100, "en": _english_below_100}
_HUNDRED = {"da": "hundrede", "en": "hundred"}
_AND = {"da": "og", "en": "and"}

LANGUAGES = frozenset(_BELOW_100)


def words(language: str, number: int) -> str:
    """Return the number as it is written in words."""
    _check(language, number)
    below_100 = _BELOW_100[language]
    hundreds, rest = divmod(number, 100)
    if hundreds == 0:
        return below_100(rest)
    hundred = f"{below_100(hundreds)} {_HUNDRED[language]}"
    return f"{hundred} {_AND[language]} {below_100(rest)}" if rest else hundred


def recordings(language: str, number: int) -> tuple[str, ...]:
    """Return the ids of the recordings that speak the number, in order."""
    _check(language, number)
    hundreds, rest = divmod(number, 100)
    if hundreds == 0:
        return (f"number.{rest}",)
    hundred = f"number.{hundreds * 100}"
    return (hundred, AND, f"number.{rest}") if rest else (hundred,)


def texts(language: str) -> Mapping[str, str]:
    """Return what is spoken in each number recording: id to words, digits for whole numbers."""
    below_100 = {f"number.{number}": str(number) for number in range(100)}
    hundreds = {f"number.{n}00": f"{n} {_HUNDRED[language]}" for n in range(1, 10)}
    return MappingProxyType(below_100 | hundreds | {AND: _AND[language]})


def _check(language: str, number: int) -> None:
    if language not in LANGUAGES:
        raise ValueError(f"numbers cannot be spoken in {language!r}, only in {sorted(LANGUAGES)}")
    if not 0 <= number <= LARGEST:
        raise ValueError(f"{number} cannot be spoken, only 0 to {LARGEST}")
