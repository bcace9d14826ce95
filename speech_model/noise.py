"""What else is on a telephone line: noises, tones, music and other people.

Noises of half a minute are made once and cut at random, so that adding one costs nothing.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from speech_model import g711

Signal = NDArray[np.float32]

RATE = 8000
BANK_SECONDS = 30
LOWEST_HZ = 60.0
"""Coloured noise is flat below: a telephone does not carry it, and 1/f would be all rumble."""

DTMF_ROWS = (697.0, 770.0, 852.0, 941.0)
DTMF_COLUMNS = (1209.0, 1336.0, 1477.0, 1633.0)
RINGING_HZ = 425.0
"""The ringing and busy tone of Danish exchanges."""

BEHIND_SPEECH = ("white", "pink", "brown", "hum", "traffic", "babble", "music")
"""Noises that a caller talks over; the others come between words or alone."""

CHANCE_OF_MUSIC = 0.03


@dataclass(frozen=True, slots=True)
class Noises:
    """Half a minute or more of each kind of noise, each with a power of 1."""

    banks: dict[str, Signal]

    @staticmethod
    def of(babble: Sequence[Signal] = ()) -> "Noises":
        """Make the banks; babble is mixed from these clips (8 kHz), and lacks without them."""
        banks = {
            name: _unit_power(make(_generator(name), BANK_SECONDS * RATE))
            for name, make in MAKERS.items()
        }
        if babble:
            banks["babble"] = _babble(babble)
        return Noises(banks)

    def behind_speech(self, length: int, rng: np.random.Generator) -> Signal:
        """`length` samples of some noise that a caller may talk over; power about 1."""
        if chance(rng, CHANCE_OF_MUSIC):
            return self.cut("music", length, rng)
        kinds = [kind for kind in BEHIND_SPEECH if kind in self.banks and kind != "music"]
        return self.cut(kinds[rng.integers(len(kinds))], length, rng)

    def cut(self, kind: str, length: int, rng: np.random.Generator) -> Signal:
        """Somewhere out of one bank."""
        bank = self.banks[kind]
        start = int(rng.integers(len(bank)))
        return np.take(bank, np.arange(start, start + length), mode="wrap")


def chance(rng: np.random.Generator, probability: float) -> bool:
    return bool(rng.random() < probability)


@cache
def without_babble() -> Noises:
    return Noises.of()


def clip(noises: Noises, rng: np.random.Generator) -> tuple[str, NDArray[np.int16]]:
    """A clip without speech: the name of its noise, and 0.5 to 3 s at 8 kHz after the codec."""
    length = int(RATE * rng.uniform(0.5, 3.0))
    kinds = (*(kind for kind in noises.banks if kind != "babble"), "zero", "events")
    kind = kinds[rng.integers(len(kinds))]
    if kind == "zero":
        hiss = rng.standard_normal(length) * rng.choice([0.0, rng.uniform(0.0, 3.0)])
        return kind, g711.a_law(np.round(hiss).astype(np.int16))
    signal = events(length, rng, most=6) if kind == "events" else noises.cut(kind, length, rng)
    if kind != "events" and chance(rng, 0.3):
        signal = signal + events(length, rng)
    level = 10 ** (rng.uniform(-60, -12) / 20) * 32768
    samples = np.clip(np.round(signal * level), -32768, 32767).astype(np.int16)
    return kind, g711.a_law(samples) if chance(rng, 0.7) else g711.mu_law(samples)


def events(length: int, rng: np.random.Generator, most: int = 2) -> Signal:
    """Breaths, clicks and knocks on the handset, at random places; against speech of power 1."""
    signal = np.zeros(length, np.float32)
    for _ in range(int(rng.integers(1, most + 1))):
        sound = _breath(rng) if chance(rng, 0.5) else _click(rng)
        start = int(rng.integers(max(1, length - len(sound))))
        piece = sound[: length - start]
        signal[start : start + len(piece)] += piece
    return signal


def dtmf(key: int, length: int) -> Signal:
    """The two tones of a key (0 to 15, row by row), each with an amplitude of 1/2."""
    time = np.arange(length, dtype=np.float32) / RATE
    row, column = divmod(key, 4)
    tone = np.sin(2 * np.pi * DTMF_ROWS[row] * time) + np.sin(
        2 * np.pi * DTMF_COLUMNS[column] * time
    )
    return (tone / 2).astype(np.float32)


def _breath(rng: np.random.Generator) -> Signal:
    length = int(RATE * rng.uniform(0.15, 0.6))
    swell = np.sin(np.pi * np.arange(length) / length) ** 2
    hiss = rng.standard_normal(length).astype(np.float32)
    smooth = np.convolve(hiss, np.ones(3, np.float32) / 3, mode="same")
    return np.asarray(smooth * swell * rng.uniform(0.05, 0.4), np.float32)


def _click(rng: np.random.Generator) -> Signal:
    length = int(RATE * rng.uniform(0.001, 0.03))
    decay = np.exp(-5.0 * np.arange(length) / length)
    return (rng.standard_normal(length) * decay * rng.uniform(0.3, 4.0)).astype(np.float32)


def _coloured(slope: float) -> Callable[[np.random.Generator, int], Signal]:
    """Noise whose amplitude falls with frequency to the power of `slope`."""

    def make(rng: np.random.Generator, length: int) -> Signal:
        spectrum = np.fft.rfft(rng.standard_normal(length))
        hertz = np.maximum(np.fft.rfftfreq(length, 1 / RATE), LOWEST_HZ)
        noise = np.fft.irfft(spectrum / hertz**slope, length)
        return np.asarray(noise, np.float32)

    return make


def _hum(rng: np.random.Generator, length: int) -> Signal:
    time = np.arange(length) / RATE
    mains = sum(
        float(rng.uniform(0.1, 1.0)) / order * np.sin(2 * np.pi * 50 * order * time)
        for order in (1, 2, 3, 5, 7, 9, 13)
    )
    return (mains + 0.1 * rng.standard_normal(length)).astype(np.float32)


def _traffic(rng: np.random.Generator, length: int) -> Signal:
    """Cars that pass: low noise, its loudness wandering over seconds."""
    rumble = _coloured(0.8)(rng, length)
    time = np.arange(length) / RATE
    passing = sum(
        np.sin(2 * np.pi * rng.uniform(0.05, 1.0) * time + rng.uniform(0, 2 * np.pi))
        for _ in range(4)
    )
    return (rumble * 10 ** (passing * 0.2)).astype(np.float32)


def _music(rng: np.random.Generator, length: int) -> Signal:
    """Hold music: broken chords with overtones that die away."""
    signal = np.zeros(length + 2 * RATE, np.float32)
    chords = ((0, 4, 7), (9, 12, 16), (5, 9, 12), (7, 11, 14))
    beat = RATE // 4
    for number, start in enumerate(range(0, length, beat)):
        chord = chords[number // 8 % len(chords)]
        note = 220.0 * 2 ** ((chord[int(rng.integers(3))] + 12 * int(rng.integers(2))) / 12)
        time = np.arange(RATE) / RATE
        tone = sum(np.sin(2 * np.pi * note * order * time) / order**2 for order in (1, 2, 3, 4))
        signal[start : start + RATE] += (tone * np.exp(-3 * time)).astype(np.float32)
    return signal[:length]


def _ringing(rng: np.random.Generator, length: int) -> Signal:
    """Ringing tone (1 s on, 4 s off) and busy tone (1/4 s on, 1/4 s off), in turns."""
    time = np.arange(length) / RATE
    tone = np.sin(2 * np.pi * RINGING_HZ * time)
    rings = time % 5.0 < 1.0
    busy = time % 0.5 < 0.5 / 2
    on = np.where(time % 20.0 < 20.0 / 2, rings, busy)
    return (tone * on + 0.003 * rng.standard_normal(length)).astype(np.float32)


def _keys(rng: np.random.Generator, length: int) -> Signal:
    """Keys pressed one after the other."""
    signal = (0.003 * rng.standard_normal(length)).astype(np.float32)
    at = 0
    while at < length - RATE:
        tone = dtmf(int(rng.integers(16)), int(RATE * rng.uniform(0.06, 0.35)))
        signal[at : at + len(tone)] += tone
        at += len(tone) + int(RATE * rng.uniform(0.05, 0.6))
    return signal


def _babble(clips: Sequence[Signal], voices: int = 4) -> Signal:
    """Several voices at once, as in a canteen. Two to five: each bank second has its own mix."""
    length = 2 * BANK_SECONDS * RATE
    rng = _generator("babble")
    signal = np.zeros(length, np.float32)
    for _ in range(voices):
        track: list[Signal] = []
        while sum(map(len, track)) < length:
            track.append(_unit_power(clips[int(rng.integers(len(clips)))]))
        signal += np.concatenate(track)[:length] * np.float32(rng.uniform(0.4, 1.0))
    return _unit_power(signal)


def _unit_power(signal: Signal) -> Signal:
    return np.asarray(signal / np.sqrt(np.mean(signal**2) + 1e-12), np.float32)


def _generator(name: str) -> np.random.Generator:
    return np.random.default_rng(crc32(name.encode()))


MAKERS: dict[str, Callable[[np.random.Generator, int], Signal]] = {
    "white": _coloured(0.0),
    "pink": _coloured(0.5),
    "brown": _coloured(1.0),
    "hum": _hum,
    "traffic": _traffic,
    "music": _music,
    "ringing": _ringing,
    "keys": _keys,
}
