"""Music on hold and the tone before a message, made from sines: nobody's but this project's.

Calm: 24 bars of 3 seconds, a slow round of eight chords played three times. Two kinds of
sound: chords that swell and fade into each other, and plucked single notes above them. All of
it lies between 290 and 3300 Hz, what a telephone carries. It is written onto a ring, so that
whatever rings on past the last bar is heard in the first: the loop has no seam.
"""

import math
from dataclasses import dataclass
from types import MappingProxyType

from ivr.prompts import audio

MUSIC_DECIBELS = -24.0
"""4 dB below speech, so that an announcement stands out."""

TONE_DECIBELS = -18.0
TONE_HERTZ = 1000.0
"""Neither a key's tone, nor the 425 Hz that a Danish exchange says `go on` and `busy` with."""

RINGING_HERTZ = 425.0
"""What a caller hears while a transfer target's telephone rings."""

TONE_SECONDS = 0.4
EDGE_SECONDS = 0.02

BAR_SECONDS = 3.0
HIGHEST_HERTZ = 3300.0

# Notes as semitones above the A of 440 Hz, played a fourth higher: a line begins at 300 Hz.
TRANSPOSED = 5

_CHORDS = (
    (-9, -5, -2, 2),  # C major seventh
    (-12, -9, -5, -2),  # A minor seventh
    (-7, -4, 0, 3),  # D minor seventh
    (-10, -7, -2, 2),  # G major
    (-9, -5, -2, 5),  # C with a ninth
    (-4, 0, 3, 7),  # F major seventh
    (-7, -4, 0, 5),  # D minor
    (-10, -7, -4, -2),  # G seventh, leading home
)

# Each round: per bar, the beats (of four) and the note of the chord, two octaves of it.
_TUNES = (
    (((0, 4), (2, 6)), ((1, 5),), ((0, 6), (2, 5)), ((1, 4),)),
    (((0, 5), (1, 6), (3, 7)), ((2, 5),), ((0, 4), (2, 7)), ((1, 6), (3, 5))),
    (((0, 7), (2, 5)), ((0, 6), (3, 4)), ((1, 5),), ((0, 4),)),
)


@dataclass(frozen=True, slots=True)
class _Partial:
    """One sine of an instrument: times the note's frequency, its share, how fast it dies."""

    times: float
    share: float
    decay: float


# Two sines a third of a hertz apart in the middle of the range beat slowly, like strings.
_CHORD = (_Partial(1, 1.0, 0), _Partial(1.0007, 0.8, 0), _Partial(2, 0.3, 0), _Partial(3, 0.1, 0))
_PLUCK = (_Partial(1, 1.0, 2.2), _Partial(2, 0.5, 3.5), _Partial(3, 0.25, 5), _Partial(4, 0.1, 7))


def calm() -> list[float]:
    """Return 72 seconds that can be played round and round."""
    bars = len(_CHORDS) * len(_TUNES)
    ring = [0.0] * round(bars * BAR_SECONDS * audio.RATE)
    for bar in range(bars):
        notes = _CHORDS[bar % len(_CHORDS)]
        start = round(bar * BAR_SECONDS * audio.RATE)
        # A chord is loudest in the middle of its bar.
        early = start - round(BAR_SECONDS / 2 * audio.RATE)
        for note in notes:
            _add(ring, early, _swell(_hertz(note)), 0.25)
        for beat, voice in _TUNES[bar // len(_CHORDS)][bar % 4]:
            semitones = notes[voice % 4] + 12 * (voice // 4)
            at = start + round(beat * BAR_SECONDS / 4 * audio.RATE)
            _add(ring, at, _sound(_hertz(semitones), _PLUCK, 2.5), 0.3)
    return _at_level(ring, MUSIC_DECIBELS)


def tone() -> list[float]:
    """Return the beep after which a caller speaks his message."""
    return _beep(TONE_HERTZ, TONE_SECONDS)


def ringing() -> list[float]:
    """Return one ring and its pause, as a Danish exchange sends them (ITU-T E.180)."""
    return _beep(RINGING_HERTZ, 1.0) + [0.0] * (4 * audio.RATE)


def _beep(hertz: float, seconds: float) -> list[float]:
    length = round(seconds * audio.RATE)
    edge = round(EDGE_SECONDS * audio.RATE)
    sine = _sound(hertz, (_Partial(1, 1.0, 0),), seconds)
    shape = [min(1.0, n / edge, (length - n) / edge) for n in range(length)]
    soft = [s * math.sin(math.pi / 2 * e) ** 2 for s, e in zip(sine, shape, strict=True)]
    return _at_level(soft, TONE_DECIBELS)


COMPOSED = MappingProxyType({"calm": calm, "tone": tone, "ringing": ringing})
"""What is made here, by the name it is asked for."""


def levelled(samples: list[float]) -> list[float]:
    """Return music of somebody else at the level of ours."""
    return _at_level(samples, MUSIC_DECIBELS)


def _hertz(semitones: int) -> float:
    return 440.0 * 2 ** ((semitones + TRANSPOSED) / 12)


def _swell(hertz: float) -> list[float]:
    """Return a note that comes up over a bar and goes down over the next."""
    seconds = 2 * BAR_SECONDS
    sound = _sound(hertz, _CHORD, seconds)
    turn = math.pi / len(sound)
    return [sample * math.sin(turn * n) ** 2 for n, sample in enumerate(sound)]


def _sound(hertz: float, partials: tuple[_Partial, ...], seconds: float) -> list[float]:
    """Add up the partials below the highest a line carries, from zero and without a click."""
    length = round(seconds * audio.RATE)
    out = [0.0] * length
    for partial in partials:
        if hertz * partial.times > HIGHEST_HERTZ:
            continue
        turn = 2 * math.pi * hertz * partial.times / audio.RATE
        fade = math.exp(-partial.decay / audio.RATE)
        # A sine by recurrence: y[n] = 2 cos(turn) y[n-1] - y[n-2], dying by `fade` each step.
        near, far = 0.0, -partial.share * math.sin(turn) / fade
        twice, squared = 2 * fade * math.cos(turn), fade * fade
        for n in range(length):
            out[n] += near
            near, far = twice * near - squared * far, near
    return out


def _add(ring: list[float], at: int, sound: list[float], gain: float) -> None:
    for n, sample in enumerate(sound, start=at):
        ring[n % len(ring)] += gain * sample


def _at_level(samples: list[float], decibels: float) -> list[float]:
    square = sum(sample * sample for sample in samples) / max(1, len(samples))
    # A peak in G.711's last 3 dB would be harsh.
    loudest = 10 ** (audio.PEAK_DECIBELS / 20) / max(map(abs, samples), default=1.0)
    gain = 10 ** (decibels / 20) / math.sqrt(square) if square else 0.0
    return [min(gain, loudest) * sample for sample in samples]
