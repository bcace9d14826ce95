"""The model that comes along: small enough, honest about itself, and with all its words."""

import json
from pathlib import Path

import pytest

from ivr.speech.folder import ModelFolder
from speech_model import words
from speech_model.pronunciation import read_lexicon, read_phones

MODEL = Path("speech_model/da-8k")


def test_it_is_small() -> None:
    size = sum(path.stat().st_size for path in MODEL.rglob("*") if path.is_file())

    assert size <= 10_000_000


def test_it_knows_every_word_of_the_lexicon() -> None:
    known = ModelFolder.read(MODEL).words

    assert len(known) >= 5000
    assert set(words.words()) <= known


def test_its_graph_is_made_of_the_lexicon_beside_it() -> None:
    lexicon = read_lexicon(MODEL / "lexicon.tsv")

    assert ModelFolder.read(MODEL).words == {*lexicon, "[unk]"}


def test_its_network_tells_apart_the_phones_of_the_lexicon() -> None:
    assert read_phones(MODEL / "phones.txt") == read_phones()


@pytest.mark.parametrize(
    "claim",
    [
        "trained and measured on synthetic speech only",
        "## Made of",
        "## Measured",
        "## Limits",
        "## Licence",
        "## How made",
    ],
)
def test_its_card_tells_what_it_is(claim: str) -> None:
    assert claim in (MODEL / "MODEL_CARD.md").read_text(encoding="utf-8")


def test_its_card_has_the_numbers_that_were_measured() -> None:
    measured = json.loads((MODEL / "measured.json").read_text())
    card = (MODEL / "MODEL_CARD.md").read_text(encoding="utf-8")

    for row in {cell["row"] for cell in measured["cells"]}:
        assert f"| {row} | " in card
    assert measured["delays"]["both"]["count"] > 1000
