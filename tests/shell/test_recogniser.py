"""What the gateway says of its recogniser, and which words its menus need."""

from pathlib import Path

import pytest

from ivr import recogniser
from ivr.config import load
from ivr.engine import events as on
from ivr.gateway import SpeechModel

DEMO = Path("firmware_config/demo")
MODEL = Path("speech_model/da-8k")


@pytest.mark.parametrize(
    ("event", "told"),
    [
        (on.RecogniserFailed(1), True),
        (on.SpeechHeard(1, "ja", 1.0), False),
        (on.NothingHeard(1), None),
        (on.KeyPressed("1"), None),
    ],
)
def test_the_alarm_goes_up_with_a_failure_and_down_with_the_next_who_is_heard(
    event: on.Event, *, told: bool | None
) -> None:
    assert recogniser.trouble(event) is told


def test_a_box_without_speech_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert recogniser.loaded(None) is None
    assert capsys.readouterr().out == ""


def test_a_model_that_cannot_be_loaded_leaves_the_keys(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert recogniser.loaded(SpeechModel(tmp_path / "none", "da", 1)) is None

    said = capsys.readouterr().out
    assert "callers have keys only" in said
    assert "there is no speech model in" in said


def test_the_log_says_which_model_listens_and_which_words_it_lacks(
    capsys: pytest.CaptureFixture[str],
) -> None:
    speech = recogniser.loaded(SpeechModel(MODEL, "da", 1))
    assert speech is not None
    try:
        assert f"words={len(speech.folder.words)}" in capsys.readouterr().out
        recogniser.say_missing(speech, load(DEMO).site)
        assert capsys.readouterr().out == "", "the demo is recognised whole"
    finally:
        speech.close()


def test_every_word_of_every_listening_node_is_looked_for() -> None:
    site = load(DEMO).site

    words = recogniser.words_of(site, "da")

    assert {"byggetilladelse", "rekruttering", "angående", "korrekt"} <= words
    assert recogniser.words_of(site, "en") == frozenset()
