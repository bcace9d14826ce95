"""G.711 against the values that ITU-T's tables give."""

import warnings

import numpy as np
import pytest

from speech_model import g711

EVERY = np.arange(-32768, 32768).astype(np.int16)

# Recommendation G.711, tables 1a and 2a: for the first interval of each segment the decision
# value at which it begins and the value that is heard, in steps of 1/4096 and of 1/8192.
A_LAW = {0: 1, 32: 33, 64: 66, 128: 132, 256: 264, 512: 528, 1024: 1056, 2048: 2112, 4095: 4032}
MU_LAW = {0: 0, 31: 33, 95: 99, 223: 231, 479: 495, 991: 1023, 2015: 2079, 4063: 4191, 8158: 8031}


@pytest.mark.parametrize(("magnitude", "heard"), A_LAW.items())
def test_a_law_gives_the_value_of_each_interval(magnitude: int, heard: int) -> None:
    # 12 bits are the upper ones of 16; a negative 16-bit number is one step further down.
    samples = np.array([magnitude * 8, -magnitude * 8 - 1], np.int16)

    assert g711.a_law(samples).tolist() == [heard * 8, -heard * 8]


@pytest.mark.parametrize(("magnitude", "heard"), MU_LAW.items())
def test_mu_law_gives_the_value_of_each_interval(magnitude: int, heard: int) -> None:
    samples = np.array([magnitude * 4, -magnitude * 4], np.int16)

    assert g711.mu_law(samples).tolist() == [heard * 4, -heard * 4]


@pytest.mark.parametrize("law", [g711.a_law, g711.mu_law])
def test_what_was_coded_once_is_not_changed_by_coding_it_again(law: g711.Law) -> None:
    once = law(EVERY)

    assert np.array_equal(law(once), once)
    assert len(np.unique(once)) in (255, 256)  # mu-law has two codes for zero
    assert np.all(np.diff(once.astype(int)) >= 0)


def test_samples_of_a_whole_utterance_keep_their_places() -> None:
    assert g711.a_law(np.array([[0, 1000], [-1000, 32767]], np.int16)).tolist() == [
        [8, 1008],
        [-1008, 32256],
    ]


def test_the_standard_library_agrees_where_it_still_has_g711() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        audioop = pytest.importorskip("audioop")
    samples = EVERY.tobytes()

    assert audioop.alaw2lin(audioop.lin2alaw(samples, 2), 2) == g711.a_law(EVERY).tobytes()
    assert audioop.ulaw2lin(audioop.lin2ulaw(samples, 2), 2) == g711.mu_law(EVERY).tobytes()
