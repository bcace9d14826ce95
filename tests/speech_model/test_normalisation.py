"""Text as it is said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech_model import numerals
from speech_model.normalisation import WORD, normalise

SAID = {
    "Hvad drejer det sig om?": "hvad drejer det sig om",
    "Klager \N{EN DASH} byliv (fx stilladsreklame)": "klager byliv for eksempel stilladsreklame",
    "§ 19-ansøgninger vedr. jord": "paragraf nitten ansøgninger vedrørende jord",
    "24. december kl. 8": "fireogtyvende december klokken otte",
    "Ring 33663366": "ring tre tre seks seks tre tre seks seks",
    "15.000 kr.": "femten tusind kroner",
    "sag 0074": "sag nul nul syv fire",
    "13-18-årige m.m.": "tretten atten årige med mere",
    "Café & bar, 20 %": "café og bar tyve procent",
    "P-bøde": "p bøde",
    "": "",
    "...": "",
}

NUMBERS = {
    0: "nul",
    1: "en",
    12: "tolv",
    21: "enogtyve",
    50: "halvtreds",
    79: "nioghalvfjerds",
    100: "et hundrede",
    225: "to hundrede og femogtyve",
    300: "tre hundrede",
    1000: "et tusind",
    2007: "to tusind og syv",
    1100: "et tusind et hundrede",
    12345: "tolv tusind tre hundrede og femogfyrre",
}


@pytest.mark.parametrize(("text", "said"), SAID.items())
def test_text_is_written_as_it_is_said(text: str, said: str) -> None:
    assert normalise(text) == said


@pytest.mark.parametrize(("number", "said"), NUMBERS.items())
def test_numbers_are_said_in_danish(number: int, said: str) -> None:
    assert numerals.spoken(number) == said


def test_no_two_numbers_are_said_alike() -> None:
    assert len({numerals.spoken(number) for number in range(10_000)}) == 10_000


@pytest.mark.parametrize("number", [-1, 1_000_000])
def test_other_numbers_are_refused(number: int) -> None:
    with pytest.raises(ValueError, match="is not a number from 0 to 999999"):
        numerals.spoken(number)


@given(st.text())
def test_any_text_becomes_words_and_stays_so(text: str) -> None:
    said = normalise(text)

    assert all(WORD.fullmatch(word) for word in said.split(" ") if said)
    assert normalise(said) == said
