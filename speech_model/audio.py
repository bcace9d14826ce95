"""Recordings as the model hears them: 8 kHz, one channel, -1 to 1."""

from math import gcd
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.signal import resample_poly

from speech_model.settings import RATE


def read(path: Path) -> NDArray[np.float32]:
    """The samples of a recording of any rate; several channels are mixed."""
    samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    mono = samples.mean(axis=1, dtype=np.float32)
    if rate == RATE:
        return np.asarray(mono, np.float32)
    common = gcd(rate, RATE)
    return np.asarray(resample_poly(mono, RATE // common, rate // common), np.float32)
