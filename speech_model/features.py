"""What the network hears: 40 cepstra for every 10 ms, exactly as the recogniser computes them.

Every option is written out, because the defaults of Kaldi, of Vosk and of kaldi-native-fbank
differ: `MFCC_CONF` is what the recogniser reads, `_options()` what training uses, and both come
from the same numbers.
"""

from functools import cache

import kaldi_native_fbank
import numpy as np
from numpy.typing import NDArray

from speech_model.settings import (
    CEPSTRA,
    FRAME_LENGTH_MS,
    FRAME_SHIFT_MS,
    HIGH_HZ_BELOW_HALF_RATE,
    LIFTER,
    LOW_HZ,
    PREEMPHASIS,
    RATE,
)

Samples = NDArray[np.int16]
Frames = NDArray[np.float32]

FRAMES_PER_SECOND = 1000 // FRAME_SHIFT_MS


def cepstra(samples: Samples) -> Frames:
    """MFCC of 8 kHz mono sound, shape (frames, 40); fewer than 200 samples give no frame.

    The samples keep their 16-bit scale: Kaldi never divides them by 32768.
    """
    computer = kaldi_native_fbank.OnlineMfcc(_options())
    computer.accept_waveform(RATE, samples.astype(np.float32))
    computer.input_finished()
    count = computer.num_frames_ready
    if not count:
        return np.zeros((0, CEPSTRA), np.float32)
    return np.stack([computer.get_frame(index) for index in range(count)])


@cache
def _options() -> kaldi_native_fbank.MfccOptions:
    options = kaldi_native_fbank.MfccOptions()
    frame = options.frame_opts
    frame.samp_freq = RATE
    frame.frame_shift_ms = FRAME_SHIFT_MS
    frame.frame_length_ms = FRAME_LENGTH_MS
    frame.dither = 0.0
    frame.preemph_coeff = PREEMPHASIS
    frame.remove_dc_offset = True
    frame.window_type = "povey"
    frame.round_to_power_of_two = True
    frame.snip_edges = True
    mel = options.mel_opts
    mel.num_bins = CEPSTRA
    mel.low_freq = LOW_HZ
    mel.high_freq = -HIGH_HZ_BELOW_HALF_RATE
    mel.htk_mode = False
    options.num_ceps = CEPSTRA
    options.use_energy = False
    options.raw_energy = True
    options.cepstral_lifter = LIFTER
    options.htk_compat = False
    return options
