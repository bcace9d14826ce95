"""One way of writing each number, and whom a robot may call."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.engine.numbers import e164, is_danish_callable, normal
from tests.engine.generated import promise


@pytest.mark.parametrize(
    "text",
    [
        "33663333",
        "4533663333",
        "004533663333",
        "+4533663333",
        "+45 33 66 33 33",
        "33 66 33 33",
        "(+45) 33-66-33-33",
    ],
)
def test_a_danish_number_is_one_number_however_an_exchange_writes_it(text: str) -> None:
    assert normal(text) == "+4533663333"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("45123456", "+4545123456"),  # begins with 45 and is a whole number all the same
        ("+46701234567", "+46701234567"),
        ("0046701234567", "+46701234567"),
        ("46701234567", "+46701234567"),
        ("111", "111"),
        ("3366", "3366"),
        ("1813", "1813"),
        ("10000000", "10000000"),  # no Danish number begins with 1
        ("", ""),
        ("anonymous", "anonymous"),
        ("+", "+"),
    ],
)
def test_any_other_number_is_international_or_stays_as_it_is(text: str, written: str) -> None:
    assert normal(text) == written
    assert normal(written) == written


@pytest.mark.parametrize("text", ["", "+", "111", "hidden", "33663333x", "٣٣٦٦٣٣٣٣"])
def test_what_is_no_number_has_no_international_form(text: str) -> None:
    assert e164(text) is None


@pytest.mark.parametrize("text", ["20112233", "+4531445566", "33663333", "70123456"])
def test_a_robot_may_call_a_danish_number(text: str) -> None:
    assert is_danish_callable(text)


@pytest.mark.parametrize(
    "text",
    [
        "",  # withheld
        "anonymous",
        "90123456",  # premium
        "+4590901234",
        "112",  # short
        "1813",
        "3366",
        "+46701234567",  # Sweden
        "+298201234",  # the Faroes, though in the kingdom
        "+299321234",  # Greenland
        "37112233445566",  # a machine: twelve digits after 37
        "+4537112233445566",
        "10000000",
    ],
)
def test_a_robot_must_not_call(text: str) -> None:
    assert not is_danish_callable(text)


@promise
@given(
    st.sampled_from(["", "+", "00", "45", "+45", "0045", "+46", "0", "1"]),
    st.text("0123456789", min_size=1, max_size=13) | st.text("0123456789", min_size=8, max_size=8),
)
def test_what_is_a_number_the_library_decides(prefix: str, digits: str) -> None:
    try:
        number = phonenumbers.parse(prefix + digits, "DK")
    except phonenumbers.NumberParseException:
        assert e164(prefix + digits) is None
        return

    is_valid = phonenumbers.is_valid_number(number)
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    assert e164(prefix + digits) == (written if is_valid else None)
