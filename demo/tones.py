"""What a stretch of telephone audio holds: its strongest tone and its level."""

from dataclasses import dataclass

import numpy as np

RATE = 8000
"""Samples per second."""

_SILENCE = -55.0
"""dBFS. G.711 turns digital silence into at most one step, about -78 dBFS."""
_FULL_SCALE = 32768.0


@dataclass(frozen=True)
class Heard:
    """`hz` is 0.0 when it is silent; `level` is the root mean square in dBFS."""

    hz: float
    level: float


def measure(samples: bytes) -> Heard:
    """Measure 16-bit little-endian samples."""
    wave = np.frombuffer(samples[: len(samples) // 2 * 2], dtype="<i2").astype(np.float64)
    if not wave.size:
        return Heard(0.0, -120.0)
    level = round(float(20 * np.log10(max(np.sqrt(np.mean(wave**2)) / _FULL_SCALE, 1e-6))), 1)
    if level < _SILENCE:
        return Heard(0.0, level)
    spectrum = np.abs(np.fft.rfft(wave * np.hanning(wave.size)))
    spectrum[: max(1, int(50 * wave.size / RATE))] = 0
    return Heard(round(float(np.argmax(spectrum)) * RATE / wave.size, 1), level)


def strength(samples: bytes, hz: float) -> float:
    """How strong one tone is, in dBFS of its amplitude's root mean square (Goertzel)."""
    wave = np.frombuffer(samples[: len(samples) // 2 * 2], dtype="<i2").astype(np.float64)
    if not wave.size:
        return -120.0
    turn = np.exp(-2j * np.pi * hz * np.arange(wave.size) / RATE)
    amplitude = 2 * abs(np.dot(wave, turn)) / wave.size / _FULL_SCALE
    return round(float(20 * np.log10(max(amplitude / np.sqrt(2), 1e-6))), 1)
