"""Sound of any rate becomes what a telephone carries, no more and no less."""

import array
import math
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from ivr.errors import RenderError
from ivr.prompts import audio
from ivr.prompts.audio import Sound

RATES = [8000, 11025, 16000, 22050, 32000, 44100, 48000]


def sine(hertz: float, rate: int, seconds: float = 1.0, amplitude: float = 0.1) -> list[float]:
    step = 2 * math.pi * hertz / rate
    return [amplitude * math.sin(step * n) for n in range(round(seconds * rate))]


def spectrum(samples: list[float]) -> NDArray[np.float64]:
    """Return the amplitude at each whole hertz of one second of sound."""
    return np.abs(np.fft.rfft(np.array(samples[: audio.RATE]))) / (audio.RATE / 2)


def store(file: Path, samples: list[int], *, rate: int, channels: int = 1, width: int = 2) -> Path:
    with wave.open(str(file), "wb") as recording:
        recording.setnchannels(channels)
        recording.setsampwidth(width)
        recording.setframerate(rate)
        recording.writeframes(array.array("h", samples).tobytes())
    return file


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("hertz", [300, 1000, 3400])
def test_what_a_line_carries_passes_unchanged(rate: int, hertz: int) -> None:
    carried = spectrum(audio.resampled(Sound(rate, sine(hertz, rate, 1.5))))

    assert audio.decibels(carried[hertz]) == pytest.approx(-20, abs=0.3)


@pytest.mark.parametrize(
    ("rate", "hertz"),
    [(rate, hertz) for rate in RATES for hertz in (4400, 5000, 7600) if 2 * hertz < rate],
)
def test_what_a_line_cannot_carry_leaves_no_trace(rate: int, hertz: int) -> None:
    carried = spectrum(audio.resampled(Sound(rate, sine(hertz, rate, 1.5))))

    assert audio.decibels(float(carried.max())) < -20 - 45


@pytest.mark.parametrize("rate", RATES)
def test_a_second_stays_a_second(rate: int) -> None:
    assert len(audio.resampled(Sound(rate, [0.0] * rate))) == audio.RATE


def test_an_empty_sound_stays_empty() -> None:
    assert audio.for_telephone(Sound(22050, []), lead=0.02, tail=0.2) == []


def test_the_quiet_around_speech_is_cut_to_measure() -> None:
    speech = [0.0] * 4000 + sine(440, 8000, 0.5) + [0.0] * 9000

    cut = audio.trimmed(speech, lead=0.02, tail=0.06)

    assert len(cut) / audio.RATE == pytest.approx(0.02 + 0.5 + 0.06, abs=0.006)
    assert cut[0] == cut[-1] == 0.0


def test_quiet_that_is_lacking_is_added() -> None:
    cut = audio.trimmed(sine(440, 8000, 0.5), lead=0.1, tail=0.2)

    assert len(cut) / audio.RATE == pytest.approx(0.8, abs=0.006)
    assert max(map(abs, cut[:790])) == max(map(abs, cut[-1590:])) == 0.0


def test_hiss_is_not_taken_for_speech() -> None:
    hiss = [0.0003 * (-1) ** (n // 3) for n in range(8000)]
    speech = hiss + sine(440, 8000, 0.5) + hiss

    assert len(audio.trimmed(speech, lead=0.0, tail=0.0)) / audio.RATE == pytest.approx(
        0.5, abs=0.01
    )


def test_pauses_do_not_count_for_the_level() -> None:
    speech = sine(440, 8000, 1.0, amplitude=math.sqrt(2) / 10)

    assert audio.speech_level(speech) == pytest.approx(-20, abs=0.01)
    assert audio.speech_level(speech + [0.0] * 80000) == pytest.approx(-20, abs=0.1)


@given(st.floats(-50, -1), st.floats(1, 8))
def test_soft_and_loud_speech_come_out_alike(level: float, crest: float) -> None:
    """Syllables of a vowel with a burst in front, as loud as `crest` times the vowel."""
    vowel = 10 ** (level / 20) / crest
    syllable = sine(700, 8000, 0.01, crest * vowel) + sine(300, 8000, 0.19, vowel) + [0.0] * 400

    even = audio.levelled(syllable * 3)

    assert audio.speech_level(even) == pytest.approx(audio.SPEECH_DECIBELS, abs=1.0)
    assert audio.peak(even) <= audio.PEAK_DECIBELS + 0.01


def test_speech_that_has_its_level_already_is_eased_all_the_same() -> None:
    burst = sine(700, 8000, 0.01, 1.0)
    vowel = sine(300, 8000, 0.5, 0.11)
    gain = 10 ** ((audio.SPEECH_DECIBELS - audio.speech_level(burst + vowel)) / 20)

    even = audio.levelled([gain * sample for sample in burst + vowel])

    assert audio.peak([gain * sample for sample in burst]) > audio.PEAK_DECIBELS
    assert audio.peak(even) <= audio.PEAK_DECIBELS + 0.01


def test_both_channels_of_a_stereo_file_are_heard(tmp_path: Path) -> None:
    file = store(tmp_path / "a.wav", [1000, 3000, -1000, -3000], rate=44100, channels=2)

    sound = audio.read(file)

    assert sound == Sound(44100, [2000 / 32768, -2000 / 32768])


@pytest.mark.parametrize(
    ("rate", "channels", "width", "found"),
    [
        (6000, 1, 2, "1 channels of 16 bits at 6000 Hz"),
        (8000, 3, 2, "3 channels of 16 bits at 8000 Hz"),
        (8000, 1, 1, "1 channels of 8 bits at 8000 Hz"),
        (48000, 2, 3, "2 channels of 24 bits at 48000 Hz"),
    ],
)
def test_other_recordings_are_refused_with_advice(
    tmp_path: Path, rate: int, channels: int, width: int, found: str
) -> None:
    file = store(tmp_path / "a.wav", [0] * 6, rate=rate, channels=channels, width=width)

    with pytest.raises(RenderError) as refusal:
        audio.read(file)

    assert str(refusal.value) == (
        f"{file}: has {found}; save it as WAV (PCM) of 16 bits, mono or stereo, at 8000 Hz or more"
    )


def test_a_file_that_is_no_wav_is_refused_with_advice(tmp_path: Path) -> None:
    file = tmp_path / "a.wav"
    file.write_bytes(b"ID3 this is an mp3")

    with pytest.raises(RenderError, match=r"cannot be read \(.*\); save it as WAV \(PCM\)"):
        audio.read(file)


def test_a_recording_cut_off_in_the_middle_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    file = store(tmp_path / "a.wav", [1000] * 100, rate=8000)
    file.write_bytes(file.read_bytes()[:-51])

    assert len(audio.read(file).samples) == 74


def test_a_file_is_written_for_the_line(tmp_path: Path) -> None:
    audio.write(tmp_path / "a.wav", [0.0, 0.5, -1.0, 3.0])

    assert list(tmp_path.iterdir()) == [tmp_path / "a.wav"]
    with wave.open(str(tmp_path / "a.wav")) as recording:
        assert recording.getparams()[:4] == (1, 2, 8000, 4)
        assert array.array("h", recording.readframes(4)).tolist() == [0, 16384, -32768, 32767]
