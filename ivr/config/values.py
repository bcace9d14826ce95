"""How words and numbers are written in a site's files."""

import re
from pathlib import Path
from typing import Annotated

from ivr.config.spelling import listed
from ivr.config.written import Shorthand, UnfitError, Written
from ivr.engine.numbers import e164, normal


def as_list(written: object) -> list[object]:
    """Return the list that a single value stands for, or the list itself."""
    if isinstance(written, dict):
        raise UnfitError("must be one value or a list of values")
    if written in ([], ""):
        raise UnfitError("is empty")
    return written if isinstance(written, list) else [written]


ONE_OR_MORE = Shorthand(as_list)


def matching(pattern: str, form: str) -> Written:
    """Return the form of a text that a pattern describes."""

    def read(text: str) -> str:
        if re.fullmatch(pattern, text) is None:
            raise ValueError(text)
        return text

    return Written(form, read, {"type": "string", "pattern": f"^{pattern}$"})


def one_of(*words: str) -> Written:
    """Return the form of a value that is one of a few words."""

    def read(text: str) -> str:
        if text not in words:
            raise ValueError(text)
        return text

    # To an editor `level: 1` is a number.
    numbers = [int(word) for word in words if word.isdigit()]
    return Written(listed(words, "or"), read, {"enum": [*map(str, words), *numbers]})


def whole(least: int, most: int) -> Written:
    """Return the form of a whole number in a range."""

    def read(text: str) -> int:
        if re.fullmatch(r"[0-9]{1,9}", text) is None or not least <= int(text) <= most:
            raise ValueError(text)
        return int(text)

    form = f"a whole number from {least} to {most}"
    return Written(form, read, {"type": "integer", "minimum": least, "maximum": most})


def digit_count(least: int, most: int) -> Written:
    """Return the form of a length, or of a range of lengths: 8, or 4-10."""

    def read(text: str) -> tuple[int, int]:
        shortest, _, longest = text.partition("-")
        span = int(shortest), int(longest or shortest)
        if not least <= span[0] <= span[1] <= most:
            raise ValueError(text)
        return span

    form = f"a number of digits from {least} to {most}, or a range such as 4-10"
    return Written(form, read, {"type": ["string", "integer"]})


def _yes_or_no(text: str) -> bool:
    if text in {"yes", "true"}:
        return True
    if text in {"no", "false"}:
        return False
    raise ValueError(text)


def _line(text: str) -> str:
    if not text.isprintable():
        raise UnfitError("must be a text on one line")
    return text


TEXT = Written("a text", _line)
PATH = Written("a path", lambda text: Path(_line(text)))
NAME = matching("[0-9A-Za-zÆØÅæøå_-]{1,60}", "a name of letters, digits, `_` and `-`")
PROMPT = matching(r"\S{1,100}", "the id of a prompt")
LANGUAGE = matching(r"[a-z]{2,3}", "a language such as da or en")
YES_NO = Written("`yes` or `no`", _yes_or_no, {"enum": ["yes", "no", True, False]})


# --- telephone numbers ----------------------------------------------------------------------


def _number(text: str) -> str:
    number = normal(text)
    if e164(number) != number and re.fullmatch(r"[0-9]{3,6}", number) is None:
        raise ValueError(text)
    return number


def _dialled(text: str) -> str:
    _number(text)
    return text


_NUMBER_FORM = "a telephone number such as +4533663333, or a short number of 3 to 6 digits"
NUMBER = Written(_NUMBER_FORM, _number, {"type": ["string", "integer"]})
DIALLED = Written(_NUMBER_FORM, _dialled)
"""Like NUMBER, but left as it is written."""

Text = Annotated[str, TEXT]
Name = Annotated[str, NAME]
Language = Annotated[str, LANGUAGE]
YesNo = Annotated[bool, YES_NO]
Prompt = Annotated[str, PROMPT]
Prompts = Annotated[tuple[Prompt, ...], ONE_OR_MORE]
Number = Annotated[str, NUMBER]
