"""What is computed from what was measured. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil

from bench.pulse import Interval

_SEQUENCES = 1 << 16
_HALF = _SEQUENCES // 2
MS_OF_GAP = 25.0
"""A packet comes every 20 ms."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `met` is None where there is no goal."""

    what: str
    goal: str
    measured: str
    met: bool | None


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the smallest value that `percent` of all values do not exceed."""
    if not values:
        raise ValueError("there is no percentile of nothing")
    rank = ceil(len(values) * percent / 100)
    return sorted(values)[max(rank, 1) - 1]


@dataclass(frozen=True, slots=True)
class Heard:
    """What arrived of one RTP stream: packets, packets missing, seconds, and the long silences."""

    packets: int
    lost: int
    seconds: float
    gaps: Sequence[Interval] = ()
    """Each longer than `MS_OF_GAP`, and the longest in any case."""


def heard(arrivals: Sequence[int], sequences: Sequence[int]) -> Heard:
    """Return what a stream came to, from arrival times in ns and RTP sequence numbers."""
    if not arrivals:
        return Heard(0, 0, 0.0)
    between = [Interval(earlier, later) for earlier, later in pairwise(arrivals)]
    longest = max(between, key=lambda gap: gap.ms, default=None)
    return Heard(
        packets=len(arrivals),
        lost=lost(sequences),
        seconds=(arrivals[-1] - arrivals[0]) / 1e9,
        gaps=[gap for gap in between if gap is longest or gap.ms > MS_OF_GAP],
    )


def lost(sequences: Sequence[int]) -> int:
    """Return how many packets are missing between the first and the last."""
    if not sequences:
        return 0
    place = first = latest = sequences[0]
    places = {place}
    for sequence in sequences[1:]:
        step = (sequence - place) % _SEQUENCES
        place += step if step < _HALF else step - _SEQUENCES
        places.add(place)
        latest = max(latest, place)
        first = min(first, place)
    return latest - first + 1 - len(places)
