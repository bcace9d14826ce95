"""What is on a line when nobody speaks."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from speech_model import noise
from speech_model.noise import RATE, Noises
from tests.speech_model.sounds import hum_of_a_voice

REPOSITORY = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def noises() -> Noises:
    return Noises.of([hum_of_a_voice(1.0), hum_of_a_voice(2.0)])


def test_every_noise_is_equally_loud(noises: Noises) -> None:
    for kind, bank in noises.banks.items():
        assert np.mean(bank.astype(float) ** 2) == pytest.approx(1, abs=0.01), kind


CHECKSUMS = """
from zlib import crc32
from speech_model.noise import Noises
print({kind: crc32(bank.tobytes()) for kind, bank in Noises.of().banks.items()})
"""


def test_the_banks_are_the_same_in_every_process() -> None:
    """Python seeds the hashes of strings anew in every process: nothing may depend on them."""
    printed = [
        subprocess.run(
            [sys.executable, "-c", CHECKSUMS],
            cwd=REPOSITORY,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]

    assert printed[0] == printed[1]
    assert "pink" in printed[0]


def test_without_clips_of_speech_there_is_no_babble() -> None:
    quiet = Noises.of()

    assert "babble" not in quiet.banks
    for seed in range(50):
        assert len(quiet.behind_speech(100, np.random.default_rng(seed))) == 100


def test_a_cut_may_be_longer_than_the_bank(noises: Noises) -> None:
    cut = noises.cut("pink", 70 * RATE, np.random.default_rng(1))

    assert len(cut) == 70 * RATE


def test_clips_without_speech_hold_every_kind_but_babble(noises: Noises) -> None:
    kinds = set()
    for seed in range(300):
        kind, samples = noise.clip(noises, np.random.default_rng(seed))
        kinds.add(kind)

        assert samples.dtype == np.int16
        assert 0.5 * RATE <= len(samples) <= 3 * RATE

    assert kinds == (set(noises.banks) - {"babble"}) | {"zero", "events"}


def test_music_is_not_a_steady_tone(noises: Noises) -> None:
    music = noises.banks["music"][: 8 * RATE].reshape(-1, RATE // 4)
    loudest = [int(np.argmax(np.abs(np.fft.rfft(beat)))) for beat in music]

    assert len(set(loudest)) > 5
