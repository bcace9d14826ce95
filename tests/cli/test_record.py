"""`ivr prompts record` with a sound card that is a file."""

from pathlib import Path

import pytest

from ivr.prompts import audio
from ivr.prompts.texts import TEXTS
from ivr.prompts.voices import Espeak
from tests.cli.alsa import SoundCard, needs_pyaudio, no_card
from tests.cli.command import ivr

WORDS = "Velkommen til Københavns Kommune."
LANGUAGE = "nb"  # which needs no numerals


@pytest.fixture
def prompts(tmp_path: Path) -> Path:
    folder = tmp_path / "prompts"
    (folder / LANGUAGE).mkdir(parents=True)
    (folder / LANGUAGE / TEXTS).write_text(f"greeting: {WORDS}\n", encoding="utf-8")
    return folder


def said(seconds_before: float, gain: float) -> list[float]:
    """Return somebody who says the words after a while."""
    voice = audio.resampled(Espeak("da+m3").speak(WORDS))
    return [0.0] * round(seconds_before * audio.RATE) + [gain * sample for sample in voice]


def test_a_prompt_is_recorded_trimmed_and_levelled(prompts: Path, tmp_path: Path) -> None:
    needs_pyaudio()
    words = said(seconds_before=1.0, gain=0.1)
    card = SoundCard(tmp_path, words)

    told = ivr(
        "prompts", "record", "greeting", "--language", LANGUAGE, "--folder", prompts,
        environment=card.environment,
    )  # fmt: skip

    assert told.status == 0, told.err
    assert f'Say: "{WORDS}"' in told.out
    made = audio.read(prompts / LANGUAGE / "recordings" / "greeting.wav")
    assert made.rate == audio.RATE
    assert abs(audio.speech_level(made.samples) - audio.SPEECH_DECIBELS) < 1
    assert len(made.samples) < len(words) - 0.7 * audio.RATE, "the quiet before it is cut"
    assert len(made.samples) > 1.0 * audio.RATE


def test_silence_is_no_recording(prompts: Path, tmp_path: Path) -> None:
    needs_pyaudio()
    card = SoundCard(tmp_path, [])

    told = ivr(
        "prompts", "record", "greeting", "--language", LANGUAGE, "--folder", prompts,
        keys="\n", environment=card.environment,
    )  # fmt: skip

    assert told.status == 1
    assert "there is nothing to hear" in told.err
    assert not (prompts / LANGUAGE / "recordings").exists()


def test_without_a_sound_card_it_says_so(prompts: Path, tmp_path: Path) -> None:
    needs_pyaudio()

    told = ivr(
        "prompts", "record", "greeting", "--language", LANGUAGE, "--folder", prompts,
        environment=no_card(tmp_path),
    )  # fmt: skip

    assert told.status == 1
    assert "there is no sound card that can be used" in told.err


def test_a_prompt_that_does_not_exist_is_refused_before_anybody_speaks(prompts: Path) -> None:
    told = ivr("prompts", "record", "greet", "--language", LANGUAGE, "--folder", prompts)

    assert told.status == 1
    assert told.err == "ivr: there is no prompt 'greet'; there are ['greeting']\n"
