"""A little speech-like sound, so that tests need no voice."""

import numpy as np

from speech_model.noise import RATE, Signal


def hum_of_a_voice(seconds: float) -> Signal:
    """Syllables of 200 ms: a pitch of 120 Hz and its overtones, louder and softer."""
    time = np.arange(int(RATE * seconds)) / RATE
    voice = sum(np.sin(2 * np.pi * 120 * order * time) / order for order in range(1, 25))
    return np.asarray(0.2 * voice * np.sin(2 * np.pi * 2.5 * time) ** 2, np.float32)
