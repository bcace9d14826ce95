"""What the telephone does to speech."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech_model import g711, telephone
from speech_model.noise import RATE, Noises, dtmf
from tests.speech_model.sounds import hum_of_a_voice

VOICE = hum_of_a_voice(1.5)
SEEDS = range(40)


@pytest.fixture(scope="module")
def noises() -> Noises:
    return Noises.of([VOICE])


def power_db(samples: np.ndarray) -> float:
    return float(10 * np.log10(np.mean(samples.astype(float) ** 2) + 1e-9))


def test_the_same_seed_gives_the_same_bytes_and_another_seed_others(noises: Noises) -> None:
    first, again, other = (
        telephone.augment(VOICE, np.random.default_rng(seed), noises=noises).tobytes()
        for seed in (5, 5, 6)
    )

    assert first == again
    assert first != other


@settings(max_examples=60, deadline=None)
@given(length=st.integers(0, 5000), seed=st.integers(0, 2**32 - 1), snr=st.sampled_from([None, 5]))
def test_any_length_comes_out_as_whole_samples_of_that_length(
    length: int, seed: int, snr: int | None
) -> None:
    heard = telephone.degrade(VOICE[:length], np.random.default_rng(seed), snr, warp=False)

    assert heard.dtype == np.int16
    assert len(heard) == length


def test_silence_stays_silence() -> None:
    silence = np.zeros(RATE, np.float32)

    for seed in SEEDS:
        heard = telephone.degrade(silence, np.random.default_rng(seed), None)

        assert np.isfinite(heard).all()


def test_the_warp_makes_speech_up_to_16_percent_faster_or_slower() -> None:
    lengths = [len(telephone.degrade(VOICE, np.random.default_rng(seed), None)) for seed in SEEDS]

    assert min(lengths) >= len(VOICE) / 1.16 - 1
    assert max(lengths) <= len(VOICE) / 0.86 + 1
    assert max(lengths) > 1.2 * min(lengths)


def test_noise_is_as_far_below_the_speech_as_was_asked(noises: Noises) -> None:
    """Before the speech there is only noise; there it can be measured."""
    padded = np.concatenate([np.zeros(RATE, np.float32), VOICE])
    distances = []
    for seed in range(120):
        heard = telephone.degrade(padded, np.random.default_rng(seed), 10, noises=noises)
        before, speech = heard[: RATE // 2], heard[-RATE:]
        distances.append(power_db(speech) - power_db(before))

    # Syllables are half silence, and the line takes rumble more than speech: some dB of play.
    assert 6 < np.median(distances) < 15


def test_callers_are_neither_too_loud_for_the_codec_nor_inaudible() -> None:
    for seed in SEEDS:
        level = power_db(telephone.degrade(VOICE, np.random.default_rng(seed), None)) - 90.3

        assert -48 < level < -8


def test_a_telephone_takes_the_bass() -> None:
    """100 Hz and below is at least 10 dB weaker than before, for most callers."""

    def share_of_bass(samples: np.ndarray) -> float:
        spectrum = np.abs(np.fft.rfft(samples.astype(float))) ** 2
        return float(spectrum[: int(110 * len(samples) / RATE)].sum() / spectrum.sum())

    bass = np.sin(2 * np.pi * 80 * np.arange(len(VOICE)) / RATE).astype(np.float32) * 0.2 + VOICE
    shares = [
        share_of_bass(telephone.degrade(bass, np.random.default_rng(seed), None, warp=False))
        for seed in SEEDS
    ]

    assert np.median(shares) < share_of_bass(bass) / 10


def test_a_lost_packet_is_filled_with_what_came_before() -> None:
    """A tone goes on through single losses; nothing jumps and nothing is silent."""
    time = np.arange(8 * RATE) / RATE
    tone = (8000 * np.sin(2 * np.pi * 125 * time)).astype(np.float32)
    changed = 0
    for seed in SEEDS:
        heard = telephone._lose_packets(tone.copy(), np.random.default_rng(seed))
        packets = heard.reshape(-1, telephone.PACKET)
        lost = np.any(packets != tone.reshape(-1, telephone.PACKET), axis=1)
        changed += int(lost.sum())
        first = lost & ~np.roll(lost, 1)

        assert np.all(np.sqrt(np.mean(packets[first] ** 2, axis=1)) > 5000)

    assert changed > 0


def test_what_arrives_has_been_through_a_codec() -> None:
    """Two thirds are A-law; a few lines have no codec at all."""
    by_law = {"A": 0, "mu": 0}
    for seed in range(200):
        heard = telephone.degrade(VOICE, np.random.default_rng(seed), 20)
        by_law["A"] += np.array_equal(g711.a_law(heard), heard)
        by_law["mu"] += np.array_equal(g711.mu_law(heard), heard)

    assert 110 < by_law["A"] < 170
    assert 20 < by_law["mu"] < 70


def test_a_key_is_its_two_tones() -> None:
    spectrum = np.abs(np.fft.rfft(dtmf(4, RATE)))

    assert sorted(np.argsort(spectrum)[-2:].tolist()) == [770, 1209]
