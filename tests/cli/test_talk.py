"""`ivr talk`: a whole call from this machine, by recordings, by keys, and by a sound card."""

import wave
from array import array
from datetime import UTC, datetime
from pathlib import Path

import pytest

from demo.tones import measure
from ivr.prompts import audio
from ivr.prompts.voices import Espeak
from tests.cli.alsa import SoundCard, needs_pyaudio, no_card
from tests.cli.command import ivr
from tests.cli.conftest import DEMO

OPEN = ("--at", "2026-11-23 11:00")
"""A Monday."""


@pytest.fixture
def hum(tmp_path: Path) -> Path:
    """A recording of one second of nothing."""
    file = tmp_path / "hum.wav"
    audio.write(file, [0.0] * audio.RATE)
    return file


def sides(file: Path) -> tuple[bytes, bytes]:
    """Return what was said and what was heard."""
    with wave.open(str(file)) as both:
        assert (both.getnchannels(), both.getframerate(), both.getsampwidth()) == (2, 8000, 2)
        samples = array("h", both.readframes(both.getnframes()))
    return samples[::2].tobytes(), samples[1::2].tobytes()


def test_keys_lead_through_the_menu_to_an_agent(hum: Path, tmp_path: Path) -> None:
    both = tmp_path / "both.wav"

    told = ivr("talk", DEMO, *OPEN, "--wav", hum, "--save", both, keys="1")

    assert told.status == 0, told.err
    assert "chooses 1 in hovedmenu" in told.out
    assert "connects the caller with line 2" in told.out
    assert "the call is over: talked\n" in told.out
    said, heard = sides(both)
    assert len(said) == len(heard)
    assert measure(said).level < -60
    assert measure(heard[: 2 * 8000]).level > -40, "a second of speech"


def test_it_is_as_if_it_were_another_time(hum: Path) -> None:
    told = ivr("talk", DEMO, "--at", "1999-12-31T22:59:57+00:00", "--wav", hum, keys="q")

    there = datetime(1999, 12, 31, 22, 59, 57, tzinfo=UTC).astimezone()
    assert told.status == 0, told.err
    assert f"\n{there:%H:%M:%S}.0  talk  a withheld number dials" in told.out


def test_whoever_stays_silent_is_not_kept_for_ever(hum: Path) -> None:
    told = ivr("talk", DEMO, *OPEN, "--wav", hum)

    assert told.status == 0, told.err
    assert "the call is over" in told.out


def test_who_says_his_errand_is_understood(tmp_path: Path) -> None:
    """The recogniser hears at its own pace, and the clock waits for it."""
    errand = tmp_path / "errand.wav"
    audio.write(errand, audio.resampled(Espeak("da+f4").speak("byggetilladelse")))

    told = ivr("talk", DEMO, *OPEN, "--wav", errand)

    assert told.status == 0, told.err
    assert "is understood in hovedmenu: 2" in told.out
    assert "connects the caller with line 2" in told.out
    assert 'says "byggetilladelse" (' in told.out, "he who talks may read what was heard"


def test_q_hangs_up(hum: Path) -> None:
    told = ivr("talk", DEMO, *OPEN, "--wav", hum, keys="q")

    assert told.status == 0, told.err
    assert "the caller is gone" in told.out


def test_a_call_by_sound_card_is_heard_from_the_loudspeaker(tmp_path: Path) -> None:
    needs_pyaudio()
    card = SoundCard(tmp_path, [0.1, -0.1] * 4000)
    both = tmp_path / "both.wav"

    told = ivr(
        "talk", DEMO, *OPEN, "--save", both, keys="8", environment=card.environment,
    )  # fmt: skip

    assert told.status == 0, told.err
    said, heard = sides(both)
    assert measure(said[:8000]).level > -25, "the microphone"
    assert card.loudspeaker.read_bytes()[:64_000] == heard[:64_000]


def test_without_a_sound_card_it_says_what_else_can_be_done(tmp_path: Path) -> None:
    needs_pyaudio()

    told = ivr("talk", DEMO, environment=no_card(tmp_path))

    assert told.status == 1
    assert "there is no sound card that can be used" in told.err
    assert told.err.endswith("with `--wav FILE` no sound card is needed\n")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--dialled", "12345678"), "nobody answers 12345678; there are +4533663333"),
        (("--at", "tomorrow"), "'tomorrow' is no time"),
        (("--save", "/nowhere/both.wav"), "/nowhere/both.wav: cannot be written"),
    ],
)
def test_what_cannot_be_done_is_said(hum: Path, options: tuple[str, ...], said: str) -> None:
    told = ivr("talk", DEMO, "--wav", hum, *options)

    assert told.status == 1
    assert said in told.err


def test_a_recording_that_is_none_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "no.wav"
    file.write_text("no sound")

    told = ivr("talk", DEMO, "--wav", file)

    assert told.status == 1
    assert f"{file}: cannot be read" in told.err
