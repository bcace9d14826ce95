"""Telephone numbers: one way of writing each, and which of them a robot may call.

The one user of phonenumbers. The Danish plan is closed: eight digits, no area codes; 90 is
premium, three to six digits are short numbers, twelve are machines. See ITU-T E.164 and the
Danish numbering plan.
"""

from functools import lru_cache

import phonenumbers

HOME = "DK"
_PUNCTUATION = frozenset(" -().")
_SIGNS = _PUNCTUATION | frozenset("+0123456789")
_DANISH = 45
_DIGITS_OF_A_DANISH_NUMBER = 8


def e164(text: str) -> str | None:
    """Return `text` as +<country><number>, Danish unless it says otherwise; None if invalid."""
    number = _parsed(text)
    if number is None:
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@lru_cache(maxsize=4096)
def normal(text: str) -> str:
    """Return E.164 where that is possible, else the text without spaces and dashes.

    An exchange sends the same number as 33663333, 4533663333, 004533663333 or +4533663333;
    a short number (111, 3366) stays what it is.
    """
    plain = "".join(sign for sign in text if sign not in _PUNCTUATION)
    foreign = "+" + plain if len(plain) > _DIGITS_OF_A_DANISH_NUMBER else ""
    return e164(plain) or e164(foreign) or plain


@lru_cache(maxsize=4096)
def is_danish_callable(text: str) -> bool:
    """Return whether a robot may call this: a Danish number, not premium, not short."""
    number = _parsed(text)
    return (
        number is not None
        and number.country_code == _DANISH
        and len(str(number.national_number)) == _DIGITS_OF_A_DANISH_NUMBER
        and phonenumbers.number_type(number) != phonenumbers.PhoneNumberType.PREMIUM_RATE
    )


def _parsed(text: str) -> phonenumbers.PhoneNumber | None:
    if not text or not _SIGNS.issuperset(text):
        return None
    try:
        number = phonenumbers.parse(text, HOME)
    except phonenumbers.NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) else None
