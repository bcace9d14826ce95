"""The model that comes along, loaded once: here, and in a process of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.speech import Speech
from ivr.speech.decoder import Decoder
from ivr.speech.serving import tried

MODEL = Path("speech_model/da-8k")


@pytest.fixture(scope="session")
def decoder() -> Iterator[Decoder]:
    warnings: list[str] = []
    decoder = Decoder(tried(MODEL), workers=2, warn=warnings.append)
    yield decoder
    decoder.close()
    assert warnings == []


@pytest.fixture
def speech() -> Iterator[Speech]:
    speech = Speech.load(MODEL, language="da", workers=2)
    yield speech
    speech.close()
