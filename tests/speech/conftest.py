"""The model that comes along, loaded once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ivr.speech import Speech

MODEL = Path("speech_model/da-8k")


@pytest.fixture(scope="session")
def speech() -> Iterator[Speech]:
    speech = Speech.load(MODEL, language="da", workers=2)
    yield speech
    speech.close()
