"""Telephone numbers: one way of writing each, and which of them a robot may call.

The one user of phonenumbers. The Danish plan is closed: eight digits, no area codes; 90 is
premium, three to six digits are short numbers, twelve are machines. See ITU-T E.164 and the
Danish numbering plan.
"""

import re
from functools import lru_cache
from typing import NamedTuple

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

HOME = "DK"
_DENMARK = 45
_DANISH_NUMBER = re.compile(r"(?:\+45|0045|45)?([0-9]{8})")
_DIGITS_OF_A_DANISH_NUMBER = 8
_PUNCTUATION = frozenset(" -().")
_SIGNS = _PUNCTUATION | frozenset("+0123456789")


class _Number(NamedTuple):
    e164: str | None
    is_danish_callable: bool


def e164(text: str) -> str | None:
    """Return `text` as +<country><number>, Danish unless it says otherwise; None if invalid."""
    return _looked_up(text).e164


@lru_cache(maxsize=8192)
def normal(text: str) -> str:
    """Return E.164 where that is possible, else the text without spaces and dashes.

    An exchange sends the same number as 33663333, 4533663333, 004533663333 or +4533663333;
    a short number (111, 3366) stays what it is.
    """
    plain = "".join(sign for sign in text if sign not in _PUNCTUATION)
    foreign = "+" + plain if len(plain) > _DIGITS_OF_A_DANISH_NUMBER else ""
    return e164(plain) or e164(foreign) or plain


@lru_cache(maxsize=8192)
def is_danish_callable(text: str) -> bool:
    """Return whether a robot may call this: a Danish number, not premium, not short."""
    return _looked_up(text).is_danish_callable


@lru_cache(maxsize=8192)
def _looked_up(text: str) -> _Number:
    number = _parsed(text)
    kind = PhoneNumberType.UNKNOWN if number is None else phonenumbers.number_type(number)
    if number is None or kind == PhoneNumberType.UNKNOWN:  # which is what makes it invalid
        return _Number(None, is_danish_callable=False)
    written = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    is_danish = _DANISH_NUMBER.fullmatch(written) is not None
    return _Number(written, is_danish and kind != PhoneNumberType.PREMIUM_RATE)


def _parsed(text: str) -> PhoneNumber | None:
    danish = _DANISH_NUMBER.fullmatch(text)
    if danish:  # nearly all of them, and these need no grammar of the whole world
        return PhoneNumber(_DENMARK, int(danish[1]))
    if not text or not _SIGNS.issuperset(text):
        return None
    try:
        return phonenumbers.parse(text, HOME)
    except phonenumbers.NumberParseException:
        return None
