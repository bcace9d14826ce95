"""What callers hear is short, equally loud, and complete."""

from pathlib import Path

import pytest

from ivr.prompts import Recordings, audio, catalogue, texts

SECONDS = 12
SECONDS_OF_A_MENU = 20
SECONDS_OF_THE_NOTICE = 14
"""Its words are the sources' own."""


@pytest.fixture(scope="module")
def recordings(shipped: Path) -> Recordings:
    return Recordings(shipped, ["da", "en"])


def test_every_prompt_can_be_played(shipped: Path, recordings: Recordings) -> None:
    assert recordings.missing(texts.load(shipped).ids | {"tone"}) == []
    assert recordings.music("calm").exists()


def test_no_prompt_tries_a_callers_patience(shipped: Path) -> None:
    longest = {"survey.notice": SECONDS_OF_THE_NOTICE}

    for line in catalogue.lines(shipped):
        limit = SECONDS_OF_A_MENU if line.id.startswith("menu.") else SECONDS
        assert line.seconds is not None
        assert 0.3 < line.seconds < longest.get(line.id, limit), (line.language, line.id)


def test_the_survey_says_who_calls_and_why_in_12_seconds(recordings: Recordings) -> None:
    assert recordings.find("da", "survey.intro").seconds < 12
    assert recordings.find("en", "survey.intro").seconds < 12


def test_the_longest_number_is_spoken_without_dawdling(recordings: Recordings) -> None:
    """999: ni hundrede og nioghalvfems."""
    for language in ("da", "en"):
        numbered = recordings.find(language, "queue.position", {"position": 999})
        assert numbered.seconds < 6


def test_every_recording_is_as_loud_as_the_next(shipped: Path) -> None:
    for file in [*shipped.glob("da/rendered/*.wav"), *shipped.glob("en/rendered/*.wav")]:
        samples = audio.read(file).samples

        assert audio.speech_level(samples) == pytest.approx(audio.SPEECH_DECIBELS, abs=1), file
        assert audio.peak(samples) <= audio.PEAK_DECIBELS + 0.1, file
