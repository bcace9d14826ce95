"""Turns sound of any rate into what a telephone line carries, in plain Python.

A voice or a studio gives 16-44 kHz; a line carries 8 kHz, about 300-3400 Hz, and the ear hears
a menu as one voice only if every recording is equally loud. So a recording is resampled
behind a steep low-pass, freed of rumble, cut to its speech, and set to one level.
No numpy: the gateway has none, and 8 kHz speech is little.
"""

import array
import math
import os
import sys
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from operator import mul
from pathlib import Path

from ivr.errors import RenderError

RATE = 8000
FULL = 32768.0
HEADER = 44
"""The octets of a WAV file before its samples."""

SAMPLE_OCTETS = 2
OCTETS_PER_SECOND = SAMPLE_OCTETS * RATE
STEREO = 2

PASS_HERTZ = 3450.0
"""The codec passes 3400 Hz; what is above only costs level."""

STOP_HERTZ = 4400.0
"""What lies between 4000 and this folds back to 3600 and above, where nobody hears it."""

STOP_DECIBELS = 50.0
"""G.711 itself adds noise 38 dB below the speech."""

RUMBLE_HERTZ = 200.0
"""A telephone does not carry what is lower, but it would count as loudness."""

TREBLE_HERTZ = 1200.0
TREBLE_DECIBELS = 6.0
"""Measured: raises the intelligibility index of espeak-ng by 0.03; 8 dB adds nothing more."""

SPEECH_DECIBELS = -20.0
"""The level of speech, as a rule of ITU-T P.56 measures it; the usual one of test recordings."""

LEVEL_TOLERANCE = 0.3
"""Nobody hears less."""

PEAK_DECIBELS = -3.0
"""Leaves G.711 and a mixer room above."""

_ADVICE = f"save it as WAV (PCM) of 16 bits, mono or stereo, at {RATE} Hz or more"
_FRAME = RATE // 50
_BLOCK = 20


@dataclass(frozen=True, slots=True)
class Sound:
    """Samples between -1 and 1, at a rate."""

    rate: int
    samples: list[float]


def read(file: Path) -> Sound:
    """Read a mono or stereo WAV file of 16 bits, at 8 kHz or more."""
    try:
        with wave.open(str(file)) as recording:
            channels, width = recording.getnchannels(), recording.getsampwidth()
            rate = recording.getframerate()
            octets = recording.readframes(recording.getnframes())
    except (OSError, EOFError, wave.Error) as error:
        raise RenderError(f"{file}: cannot be read ({error}); {_ADVICE}") from error
    if width != SAMPLE_OCTETS or channels not in {1, STEREO} or rate < RATE:
        found = f"{channels} channels of {8 * width} bits at {rate} Hz"
        raise RenderError(f"{file}: has {found}; {_ADVICE}")
    whole = len(octets) // (width * channels) * width * channels
    values = array.array("h", octets[:whole])
    if sys.byteorder == "big":
        values.byteswap()
    if channels == STEREO:
        pairs = zip(values[::2], values[1::2], strict=True)
        return Sound(rate, [(left + right) / (2 * FULL) for left, right in pairs])
    return Sound(rate, [value / FULL for value in values])


def write(file: Path, samples: Sequence[float]) -> None:
    """Write 8 kHz mono 16-bit; the file is there whole or not at all."""
    values = array.array("h", [max(-32768, min(32767, round(FULL * s))) for s in samples])
    if sys.byteorder == "big":
        values.byteswap()
    unfinished = file.with_name(f".{file.name}.{os.getpid()}.tmp")
    with wave.open(str(unfinished), "wb") as recording:
        recording.setnchannels(1)
        recording.setsampwidth(SAMPLE_OCTETS)
        recording.setframerate(RATE)
        recording.writeframes(values.tobytes())
    unfinished.replace(file)


def for_telephone(sound: Sound, *, lead: float, tail: float, bright: bool = False) -> list[float]:
    """Return speech as the line carries it, with `lead` and `tail` seconds of quiet."""
    samples = _without_rumble(resampled(sound))
    if bright:
        samples = _brightened(samples)
    return levelled(trimmed(samples, lead=lead, tail=tail))


def resampled(sound: Sound) -> list[float]:
    """Return the sound at 8 kHz, without what 8 kHz cannot hold: a windowed sinc, polyphase."""
    if sound.rate == RATE or not sound.samples:
        return list(sound.samples)
    common = math.gcd(RATE, sound.rate)
    up, down = RATE // common, sound.rate // common
    phases = _phases(sound.rate, up)
    taps = len(phases[0])
    quiet = [0.0] * (taps // 2)
    padded = [*quiet, *sound.samples, *quiet]
    length = len(sound.samples) * up // down
    places = (divmod(n * down, up) for n in range(length))
    return [sum(map(mul, phases[phase], padded[at : at + taps])) for at, phase in places]


@cache
def _phases(rate: int, up: int) -> list[list[float]]:
    """Return the filter's taps for every place between two samples where one is wanted."""
    width = (STOP_HERTZ - PASS_HERTZ) / rate
    half = math.ceil((STOP_DECIBELS - 8) / (2.285 * 2 * math.pi * width) / 2)
    beta = 0.1102 * (STOP_DECIBELS - 8.7)
    cut = (PASS_HERTZ + STOP_HERTZ) / rate
    phases = []
    for phase in range(up):
        places = [k - half - phase / up for k in range(2 * half + 1)]
        taps = [_sinc(cut * place) * _kaiser(place / (half + 1), beta) for place in places]
        whole = sum(taps)
        phases.append([tap / whole for tap in taps])
    return phases


def _sinc(x: float) -> float:
    return math.sin(math.pi * x) / (math.pi * x) if x else 1.0


def _kaiser(x: float, beta: float) -> float:
    return _bessel(beta * math.sqrt(max(0.0, 1 - x * x))) / _bessel(beta)


def _bessel(x: float) -> float:
    """Return the modified Bessel function of order zero."""
    term = whole = 1.0
    for k in range(1, 30):
        term *= (x / (2 * k)) ** 2
        whole += term
    return whole


def _without_rumble(samples: Sequence[float]) -> list[float]:
    omega = 2 * math.pi * RUMBLE_HERTZ / RATE
    cosine, alpha = math.cos(omega), math.sin(omega) / math.sqrt(2)
    # The high-pass of the same cookbook, flat up to its corner.
    after = ((1 + cosine) / 2, -(1 + cosine), (1 + cosine) / 2)
    return _filtered(samples, after, (1 + alpha, -2 * cosine, 1 - alpha))


def _brightened(samples: Sequence[float]) -> list[float]:
    """Raise the treble, which carries the consonants and which espeak-ng has too little of."""
    gain = 10 ** (TREBLE_DECIBELS / 40)
    omega = 2 * math.pi * TREBLE_HERTZ / RATE
    cosine, alpha = math.cos(omega), math.sin(omega) / math.sqrt(2)
    slope = 2 * math.sqrt(gain) * alpha
    plus, minus = gain + 1, gain - 1
    # The high shelf of R. Bristow-Johnson's cookbook.
    after = (
        gain * (plus + minus * cosine + slope),
        -2 * gain * (minus + plus * cosine),
        gain * (plus + minus * cosine - slope),
    )
    before = (
        plus - minus * cosine + slope,
        2 * (minus - plus * cosine),
        plus - minus * cosine - slope,
    )
    return _filtered(samples, after, before)


def _filtered(
    samples: Sequence[float],
    after: tuple[float, float, float],
    before: tuple[float, float, float],
) -> list[float]:
    """Return the samples behind a filter of second order."""
    b0, b1, b2 = (value / before[0] for value in after)
    a1, a2 = before[1] / before[0], before[2] / before[0]
    x1 = x2 = y1 = y2 = 0.0
    out = []
    for x in samples:
        y = b0 * x + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2
        x2, x1, y2, y1 = x1, x, y1, y
        out.append(y)
    return out


def trimmed(samples: Sequence[float], *, lead: float, tail: float) -> list[float]:
    """Return the speech with so many seconds of quiet around it, and edges that do not click."""
    # 40 dB below the speech lies above the hiss of a room and below the weakest f.
    threshold = 10 ** ((speech_level(samples) - 40) / 20)
    block = RATE // 200
    heard = [
        at
        for at in range(0, len(samples), block)
        if max(map(abs, samples[at : at + block])) > threshold
    ]
    if not heard:
        return []
    first, last = heard[0] - round(lead * RATE), heard[-1] + block + round(tail * RATE)
    before, after = max(0, -first), max(0, last - len(samples))
    cut = samples[max(0, first) : min(last, len(samples))]
    return _faded([0.0] * before + list(cut) + [0.0] * after)


def _faded(samples: list[float]) -> list[float]:
    length = min(RATE // 200, len(samples) // 2)
    for n in range(length):
        samples[n] *= n / length
        samples[-1 - n] *= n / length
    return samples


def speech_level(samples: Sequence[float]) -> float:
    """Return the level in decibels of what is speech: pauses do not count."""
    powers = [
        sum(map(mul, frame, frame)) / len(frame)
        for at in range(0, len(samples), _FRAME)
        if (frame := samples[at : at + _FRAME])
    ]
    # 30 dB below the loudest syllable, nothing is a syllable.
    speech = [power for power in powers if power > max(powers) / 1000]
    return decibels(math.sqrt(sum(speech) / len(speech))) if speech else -120.0


def peak(samples: Sequence[float]) -> float:
    """Return the highest peak in decibels."""
    return decibels(max(map(abs, samples), default=0.0))


def decibels(amplitude: float) -> float:
    return 20 * math.log10(max(amplitude, 1e-6))


def levelled(samples: Sequence[float], level: float = SPEECH_DECIBELS) -> list[float]:
    """Return the speech at the level, its few higher peaks eased down."""
    out = list(samples)
    lacking = level - speech_level(out)
    # Easing peaks costs a little level, so it is raised again; a click alone never gets there.
    for _ in range(5):
        gain = 10 ** (lacking / 20)
        out = _eased([gain * sample for sample in out])
        lacking = level - speech_level(out)
        if abs(lacking) < LEVEL_TOLERANCE:
            break
    return out


def _eased(samples: list[float]) -> list[float]:
    """Turn down what would pass the peak level, from a few ms before to a few ms after."""
    ceiling = 10 ** (PEAK_DECIBELS / 20)
    peaks = [
        max(map(abs, samples[at : at + _BLOCK]), default=0.0)
        for at in range(0, len(samples), _BLOCK)
    ]
    if max(peaks, default=0.0) <= ceiling:
        return samples
    gains = [min(1.0, ceiling / max(peak, ceiling)) for peak in peaks]
    low = [min(gains[max(0, n - 2) : n + 3]) for n in range(len(gains))]
    out = []
    # The gain moves in a straight line from one block's start to the next one's.
    for n, gain in enumerate(low):
        start = min(gain, low[n - 1]) if n else gain
        end = min(gain, low[n + 1]) if n + 1 < len(low) else gain
        step = (end - start) / _BLOCK
        block = samples[n * _BLOCK : (n + 1) * _BLOCK]
        out += [sample * (start + step * k) for k, sample in enumerate(block)]
    return out
