"""Numbers are said as a Dane and a Briton say them."""

import pytest

from ivr.prompts import numerals

EVERY = range(numerals.LARGEST + 1)
BOTH = sorted(numerals.LANGUAGES)


@pytest.mark.parametrize(
    ("number", "danish", "english"),
    [
        (0, "nul", "zero"),
        (1, "et", "one"),
        (8, "otte", "eight"),
        (12, "tolv", "twelve"),
        (13, "tretten", "thirteen"),
        (16, "seksten", "sixteen"),
        (17, "sytten", "seventeen"),
        (20, "tyve", "twenty"),
        (21, "enogtyve", "twenty-one"),
        (28, "otteogtyve", "twenty-eight"),
        (30, "tredive", "thirty"),
        (40, "fyrre", "forty"),
        (44, "fireogfyrre", "forty-four"),
        (50, "halvtreds", "fifty"),
        (51, "enoghalvtreds", "fifty-one"),
        (60, "tres", "sixty"),
        (67, "syvogtres", "sixty-seven"),
        (70, "halvfjerds", "seventy"),
        (72, "tooghalvfjerds", "seventy-two"),
        (80, "firs", "eighty"),
        (83, "treogfirs", "eighty-three"),
        (90, "halvfems", "ninety"),
        (99, "nioghalvfems", "ninety-nine"),
        (100, "et hundrede", "one hundred"),
        (101, "et hundrede og et", "one hundred and one"),
        (121, "et hundrede og enogtyve", "one hundred and twenty-one"),
        (200, "to hundrede", "two hundred"),
        (350, "tre hundrede og halvtreds", "three hundred and fifty"),
        (777, "syv hundrede og syvoghalvfjerds", "seven hundred and seventy-seven"),
        (999, "ni hundrede og nioghalvfems", "nine hundred and ninety-nine"),
    ],
)
def test_the_hard_numbers(number: int, danish: str, english: str) -> None:
    assert numerals.words("da", number) == danish
    assert numerals.words("en", number) == english


@pytest.mark.parametrize("language", BOTH)
def test_no_two_numbers_are_said_alike(language: str) -> None:
    assert len({numerals.words(language, number) for number in EVERY}) == len(EVERY)
    assert len({numerals.recordings(language, number) for number in EVERY}) == len(EVERY)


@pytest.mark.parametrize("language", BOTH)
def test_the_recordings_of_a_number_say_its_words(language: str) -> None:
    said = numerals.texts(language)

    for number in EVERY:
        fragments = [said[name].split() for name in numerals.recordings(language, number)]
        words = [
            numerals.words(language, int(word)) if word.isdecimal() else word
            for fragment in fragments
            for word in fragment
        ]
        assert " ".join(words) == numerals.words(language, number)


@pytest.mark.parametrize("language", BOTH)
def test_every_number_recording_is_used(language: str) -> None:
    used = {name for number in EVERY for name in numerals.recordings(language, number)}

    assert used == numerals.texts(language).keys()


def test_a_danish_number_below_a_hundred_is_one_breath() -> None:
    assert numerals.recordings("da", 21) == ("number.21",)
    assert numerals.recordings("da", 121) == ("number.100", "number.and", "number.21")
    assert numerals.recordings("da", 300) == ("number.300",)


def test_danish_ones_stand_before_the_tens() -> None:
    """The words are taken apart again by the rule a child learns."""
    ones = {numerals.words("da", n): n for n in range(2, 10)} | {"en": 1}
    tens = {numerals.words("da", n): n for n in range(20, 100, 10)}

    for number in range(21, 100):
        if number % 10:
            one, _, ten = numerals.words("da", number).partition("og")
            assert ones[one] + tens[ten] == number


@pytest.mark.parametrize("number", [-1, 1000, 10**9])
def test_a_number_that_is_not_recorded_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match=rf"^{number} cannot be spoken, only 0 to 999$"):
        numerals.words("da", number)
    with pytest.raises(ValueError, match="cannot be spoken"):
        numerals.recordings("en", number)


def test_a_language_without_numerals_is_refused() -> None:
    expected = r"^numbers cannot be spoken in 'nb', only in \['da', 'en'\]$"

    with pytest.raises(ValueError, match=expected):
        numerals.words("nb", 1)
