"""Music on hold is calm, goes round for ever, and leaves room for an announcement."""

import numpy as np
import pytest
from numpy.typing import NDArray

from ivr.prompts import audio, music


@pytest.fixture(scope="module")
def calm() -> NDArray[np.float64]:
    return np.array(music.calm())


def loudness(samples: NDArray[np.float64]) -> float:
    return audio.decibels(float(np.sqrt(np.mean(samples**2))))


def test_it_lasts_over_a_minute(calm: NDArray[np.float64]) -> None:
    assert 60 <= len(calm) / audio.RATE <= 90


def test_an_announcement_stands_out(calm: NDArray[np.float64]) -> None:
    assert loudness(calm) == pytest.approx(-24, abs=0.1)
    assert audio.decibels(float(np.abs(calm).max())) < -9


def test_it_is_never_silent(calm: NDArray[np.float64]) -> None:
    """A caller who hears nothing thinks he was cut off."""
    tenths = calm[: len(calm) // 800 * 800].reshape(-1, 800)

    assert min(loudness(tenth) for tenth in tenths) > -36


def test_the_loop_has_no_seam(calm: NDArray[np.float64]) -> None:
    """Where the end meets the beginning, it moves and bends as it does everywhere else."""
    round_and_round = np.concatenate([calm, calm[:400]])
    seam = slice(len(calm) - 3, len(calm) + 3)

    for order in (1, 2, 3):
        bends = np.abs(np.diff(round_and_round, order))
        assert bends[seam].max() <= np.quantile(bends[: len(calm) - 10], 0.999)


def test_the_seam_is_as_loud_as_the_rest(calm: NDArray[np.float64]) -> None:
    around = np.concatenate([calm[-4000:], calm[:4000]])

    assert loudness(around) == pytest.approx(-24, abs=4)


def test_a_line_carries_all_of_it(calm: NDArray[np.float64]) -> None:
    power = np.abs(np.fft.rfft(calm)) ** 2
    hertz = np.fft.rfftfreq(len(calm), 1 / audio.RATE)
    carried = power[(hertz > 250) & (hertz < 3400)].sum()

    assert carried / power.sum() > 0.999


def test_the_tone_before_a_message_is_short_and_soft_edged() -> None:
    tone = np.array(music.tone())

    assert len(tone) / audio.RATE == pytest.approx(0.4)
    assert np.abs(tone[:8]).max() < 0.01
    assert np.abs(tone[-8:]).max() < 0.01
    assert np.abs(np.fft.rfft(tone)).argmax() / 0.4 == pytest.approx(music.TONE_HERTZ)
