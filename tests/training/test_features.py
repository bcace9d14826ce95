"""The features are Kaldi's: an MFCC written here from its definition gives the same numbers."""

import numpy as np
import pytest
from numpy.typing import NDArray

from speech_model.features import cepstra

pytestmark = pytest.mark.training

RATE, WINDOW, SHIFT, POINTS, COUNT = 8000, 200, 80, 256, 40
LOW, HIGH = 40.0, 3800.0


def mfcc(samples: NDArray[np.int16]) -> NDArray[np.float64]:
    """Kaldi's MFCC: Povey's window, power spectrum, mel triangles, logarithm, DCT, lifter."""
    count = 1 + (len(samples) - WINDOW) // SHIFT
    places = np.arange(WINDOW) + SHIFT * np.arange(count)[:, None]
    frames = samples.astype(float)[places]
    frames -= frames.mean(axis=1, keepdims=True)
    before = np.concatenate([frames[:, :1], frames[:, :-1]], axis=1)
    frames -= 0.97 * before
    frames *= (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW) / (WINDOW - 1))) ** 0.85
    power = np.abs(np.fft.rfft(frames, POINTS)) ** 2
    mel_power = power[:, : POINTS // 2] @ triangles().T
    logarithms = np.log(np.maximum(mel_power, np.finfo(np.float32).eps))
    rows = np.arange(COUNT)[:, None]
    dct = np.sqrt(2 / COUNT) * np.cos(np.pi / COUNT * (np.arange(COUNT) + 0.5) * rows)
    dct[0] = np.sqrt(1 / COUNT)
    lifter = 1 + 11 * np.sin(np.pi * np.arange(COUNT) / 22)
    return np.asarray(logarithms @ dct.T * lifter)


def triangles() -> NDArray[np.float64]:
    """The mel filters, one row each, over the lower half of the spectrum."""

    def mel(hertz: NDArray[np.float64]) -> NDArray[np.float64]:
        return 1127 * np.log(1 + hertz / 700)

    low, high = mel(np.array([LOW, HIGH]))
    edges = np.linspace(float(low), float(high), COUNT + 2)
    bins = mel(np.arange(POINTS // 2) * RATE / POINTS)
    rising = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    return np.asarray(np.maximum(0, np.minimum(rising, falling)))


def test_features_equal_kaldis_definition() -> None:
    rng = np.random.default_rng(3)
    tone = np.sin(2 * np.pi * 440 * np.arange(RATE) / RATE)
    samples = (8000 * tone + 300 * rng.standard_normal(RATE)).astype(np.int16)

    expected = mfcc(samples)

    assert cepstra(samples).shape == expected.shape
    np.testing.assert_allclose(cepstra(samples), expected, atol=0.05)


def test_digital_silence_has_features_too() -> None:
    silence = np.zeros(RATE, np.int16)

    np.testing.assert_allclose(cepstra(silence), mfcc(silence), atol=0.05)


def test_what_is_shorter_than_a_window_has_none() -> None:
    assert cepstra(np.zeros(WINDOW - 1, np.int16)).shape == (0, COUNT)
