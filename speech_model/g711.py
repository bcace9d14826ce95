"""G.711 as ITU-T defines it: what 16-bit samples are after A-law or mu-law and back.

One table of 65,536 entries for each law, so that a whole utterance is one look-up.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int16]
Law = Callable[[Samples], Samples]

_A_ENDS = np.array([0x1F, 0x3F, 0x7F, 0xFF, 0x1FF, 0x3FF, 0x7FF, 0xFFF])
"""The largest 12-bit magnitude of each segment of A-law."""

_MU_ENDS = np.array([0x3F, 0x7F, 0xFF, 0x1FF, 0x3FF, 0x7FF, 0xFFF, 0x1FFF])
"""The same for mu-law: 13 bits, the bias of 33 added."""

_MU_BIAS = 33
_MU_MOST = 8158
"""Louder samples are all the loudest code."""


def a_law(samples: Samples) -> Samples:
    """What is heard at the far end of an A-law line."""
    return _round_trip("a")[samples.view(np.uint16)]


def mu_law(samples: Samples) -> Samples:
    """What is heard at the far end of a mu-law line."""
    return _round_trip("mu")[samples.view(np.uint16)]


def encode_a(samples: Samples) -> NDArray[np.uint8]:
    value = samples.astype(np.int32) >> 3
    negative = value < 0
    magnitude = np.where(negative, -value - 1, value)
    segment = np.searchsorted(_A_ENDS, magnitude)
    step = magnitude >> np.maximum(segment, 1) & 0xF
    mask = np.where(negative, 0x55, 0xD5)
    return np.asarray(((segment << 4) | step) ^ mask, np.uint8)


def decode_a(codes: NDArray[np.uint8]) -> Samples:
    code = codes.astype(np.int32) ^ 0x55
    segment = (code >> 4) & 7
    step = (code & 0xF) << 4
    low = step + 8
    magnitude = np.where(segment == 0, low, (low + 0x100) << np.maximum(segment - 1, 0))
    return np.where(code & 0x80, magnitude, -magnitude).astype(np.int16)


def encode_mu(samples: Samples) -> NDArray[np.uint8]:
    value = samples.astype(np.int32) >> 2
    negative = value < 0
    magnitude = np.minimum(np.abs(value), _MU_MOST) + _MU_BIAS
    segment = np.searchsorted(_MU_ENDS, magnitude)
    step = (magnitude >> (segment + 1)) & 0xF
    mask = np.where(negative, 0x7F, 0xFF)
    return np.asarray(((segment << 4) | step) ^ mask, np.uint8)


def decode_mu(codes: NDArray[np.uint8]) -> Samples:
    code = ~codes.astype(np.int32) & 0xFF
    magnitude = ((((code & 0xF) << 3) + 0x84) << ((code >> 4) & 7)) - 0x84
    return np.where(code & 0x80, -magnitude, magnitude).astype(np.int16)


@cache
def _round_trip(law: str) -> Samples:
    every = np.arange(65536, dtype=np.uint16).view(np.int16)
    return decode_a(encode_a(every)) if law == "a" else decode_mu(encode_mu(every))
