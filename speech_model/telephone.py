"""Clean speech to what a gateway hears: a room, a handset, a line and a codec.

    speech ─ warp ─ room, echo ─┬─ band, tilt ─ level ─ lost packets ─ codec ─▶ int16
    breaths, clicks, keys, noise┘

Filters are applied as spectra, codecs as tables: some hundred times faster than real time.
"""

import numpy as np
from numpy.typing import NDArray

from speech_model import g711, noise
from speech_model.noise import RATE, Noises, Signal, chance

Samples = NDArray[np.int16]

PACKET = RATE // 50
"""Samples in one RTP packet of 20 ms."""

FASTEST_WARP = 1.16
SLOWEST_WARP = 0.86
LOUDEST = 32_700.0

CHANCE_OF_NEXT_LOST = 0.3
"""Packets are lost in bursts."""


def augment(samples: Signal, rng: np.random.Generator, *, noises: Noises | None = None) -> Samples:
    """One training example: some silence around it, any noise or none, the telephone chain."""
    before, after = (int(RATE * seconds) for seconds in rng.uniform((0.05, 0.1), (0.6, 0.7)))
    snr_db = None if chance(rng, 0.15) else float(rng.uniform(3, 30))
    padded = np.concatenate([np.zeros(before, np.float32), samples, np.zeros(after, np.float32)])
    return degrade(padded, rng, snr_db, noises=noises)


def degrade(
    samples: Signal,
    rng: np.random.Generator,
    snr_db: float | None,
    *,
    noises: Noises | None = None,
    warp: bool = True,
) -> Samples:
    """Speech (8 kHz, -1..1) after the telephone chain, noise `snr_db` below it or none added.

    The length stays but for the warp of speed and formants (0.86 to 1.16). The same generator
    state gives the same bytes.
    """
    if not len(samples):
        return np.zeros(0, np.int16)
    length = max(1, round(len(samples) / rng.uniform(SLOWEST_WARP, FASTEST_WARP)))
    speech = _in_a_room(samples, length if warp else len(samples), rng)
    if chance(rng, 0.2):
        speech += noise.events(len(speech), rng)
    if chance(rng, 0.04):
        _leak_a_key(speech, rng)
    if snr_db is not None:
        bank = noises or noise.without_babble()
        speech += bank.behind_speech(len(speech), rng) * np.float32(10 ** (-snr_db / 20))
    return _codec(_lose_packets(_at_a_level(_through_a_line(speech, rng), rng), rng), rng)


def _in_a_room(samples: Signal, length: int, rng: np.random.Generator) -> Signal:
    """Warped to `length` samples, with reverberation and an echo; power of the speech is 1."""
    padded_length = _fast(length + RATE // 2)
    source = _fast(round(padded_length * len(samples) / length))
    spectrum = np.fft.rfft(samples, source)
    bins = padded_length // 2 + 1
    warped = np.zeros(bins, np.complex64)
    shared = min(bins, len(spectrum))
    warped[:shared] = spectrum[:shared]
    response = _room(rng)
    if response is not None:
        warped *= np.fft.rfft(response, padded_length)
    heard = np.fft.irfft(warped, padded_length)[:length].astype(np.float32)
    return heard / np.float32(_power_of_speech(heard) + 1e-9)


def _room(rng: np.random.Generator) -> Signal | None:
    """The impulse response of a room (reverberation 50 to 350 ms) and of a line with echo."""
    reverberates, echoes = rng.random(2) < (0.35, 0.15)
    if not reverberates and not echoes:
        return None
    response = np.zeros(RATE // 2, np.float32)
    response[0] = 1.0
    if reverberates:
        length = int(RATE * rng.uniform(0.05, 0.35))
        decay = np.exp(-6.9 * np.arange(length) / length)
        tail = rng.standard_normal(length) * decay
        tail *= rng.uniform(0.05, 0.5) / np.sqrt(np.sum(tail**2) + 1e-9)
        response[1:length] += tail[1:].astype(np.float32)
    if echoes:
        response[int(RATE * rng.uniform(0.02, 0.3))] += 10 ** (rng.uniform(-35, -15) / 20)
    return response


def _power_of_speech(signal: Signal) -> float:
    """Root mean square over the parts where somebody speaks, so that silence counts nothing."""
    whole = len(signal) // PACKET * PACKET
    if whole == 0:
        return float(np.sqrt(np.mean(signal**2))) if len(signal) else 0.0
    powers = np.mean(signal[:whole].reshape(-1, PACKET) ** 2, axis=1)
    loud = powers[powers > powers.max() * 1e-3]  # within 30 dB of the loudest
    return float(np.sqrt(loud.mean())) if len(loud) else 0.0


def _leak_a_key(signal: Signal, rng: np.random.Generator) -> None:
    """A key that the line did not take out: tones over the speech for a moment."""
    tone = noise.dtmf(int(rng.integers(16)), int(RATE * rng.uniform(0.04, 0.15)))
    start = int(rng.integers(max(1, len(signal) - len(tone))))
    piece = tone[: len(signal) - start]
    signal[start : start + len(piece)] += piece * np.float32(rng.uniform(0.3, 2.0))


def _through_a_line(signal: Signal, rng: np.random.Generator) -> Signal:
    """The band of a telephone (about 300 to 3400 Hz, softer or harder), and a handset's tilt."""
    length = _fast(len(signal))
    hertz = np.fft.rfftfreq(length, 1 / RATE).astype(np.float32)
    gain = np.ones(len(hertz), np.float32)
    kind = rng.choice(["GSM", "handset", "flat"], p=[0.2, 0.6, 0.2])
    if kind == "GSM":  # narrow and steep
        gain = _band(hertz, rng.uniform(200, 300), rng.uniform(3300, 3450), 8)
    elif kind == "handset":
        gain = _band(hertz, rng.uniform(100, 350), rng.uniform(3000, 3800), rng.uniform(2, 5))
    if chance(rng, 0.5):
        gain *= (np.maximum(hertz, 100) / 1000) ** np.float32(rng.uniform(-0.6, 0.6))
    filtered = np.fft.irfft(np.fft.rfft(signal, length) * gain, length)
    return filtered[: len(signal)].astype(np.float32)


def _band(hertz: Signal, low: float, high: float, order: float) -> Signal:
    """The amplitude of a Butterworth band-pass of this order."""
    below = (low / np.maximum(hertz, 10)) ** (2 * order)  # all below 10 Hz is alike, and gone
    above = (hertz / high) ** (2 * order)
    gain = 1 / np.sqrt((1 + below) * (1 + above))
    return np.asarray(gain, np.float32)


def _at_a_level(signal: Signal, rng: np.random.Generator) -> Signal:
    """Speech at -36 to -12 dBFS; for some callers the level changes on the way."""
    level = 10 ** (rng.uniform(-36, -12) / 20) * 32768
    scaled = signal * np.float32(level / (_power_of_speech(signal) + 1e-9))
    if chance(rng, 0.2):
        changes = 10 ** (np.cumsum(rng.uniform(-4, 4, 4)) / 20)
        places = np.linspace(0, len(signal), 4)
        scaled *= np.interp(np.arange(len(signal)), places, changes).astype(np.float32)
    return np.asarray(np.clip(scaled, -LOUDEST, LOUDEST), np.float32)


def _lose_packets(signal: Signal, rng: np.random.Generator) -> Signal:
    """Packets lost in bursts and concealed: the last pitch period goes on, silence after 60 ms."""
    if not chance(rng, 0.12):
        return signal
    lost = rng.random(len(signal) // PACKET) < rng.uniform(0.005, 0.04)
    lost[1:] |= lost[:-1] & (rng.random(len(lost[1:])) < CHANCE_OF_NEXT_LOST)
    concealed = 0
    for packet in np.flatnonzero(lost):
        start = int(packet) * PACKET
        concealed = concealed + 1 if packet and lost[packet - 1] else 0
        history = signal[max(0, start - 2 * PACKET) : start]
        signal[start : start + PACKET] = _continued(history, max(0.0, 1.0 - 0.33 * concealed))
    return signal


def _continued(history: Signal, gain: float) -> Signal:
    """The next packet after `history`, made of its last pitch period."""
    if len(history) < 2 * PACKET or not history.any():
        return np.zeros(PACKET, np.float32)
    recent = history[-PACKET:]
    likeness = np.correlate(history, recent, mode="valid")[: PACKET - 39]
    period = PACKET - int(np.argmax(likeness))  # 40 to 160 samples: 50 to 200 Hz
    repeated = np.resize(history[-period:], PACKET)
    return (repeated * np.float32(gain)).astype(np.float32)


def _codec(signal: Signal, rng: np.random.Generator) -> Samples:
    samples = np.round(signal).astype(np.int16)
    law = rng.choice(["A", "mu", "none"], p=[0.7, 0.2, 0.1])  # a European line, mostly
    if law == "A":
        return g711.a_law(samples)
    return g711.mu_law(samples) if law == "mu" else samples


def _fast(length: int) -> int:
    """The next length whose transform is fast: a multiple of 320."""
    return -(-length // (2 * PACKET)) * 2 * PACKET
