"""The bench computes what it says it measures."""

import pytest

from bench.figures import heard, lost, percentile
from bench.pulse import Interval

MS = 1_000_000


@pytest.mark.parametrize(
    ("percent", "value"), [(50, 50.0), (99, 99.0), (100, 100.0), (1, 1.0), (0, 1.0)]
)
def test_a_percentile_is_the_value_that_so_many_do_not_exceed(percent: float, value: float) -> None:
    values = [float(number) for number in range(100, 0, -1)]

    assert percentile(values, percent) == value


def test_of_few_values_the_99th_percentile_is_the_worst() -> None:
    assert percentile([1.0, 30.0, 2.0], 99) == 30.0


def test_nothing_has_no_percentile() -> None:
    with pytest.raises(ValueError, match="nothing"):
        percentile([], 99)


def test_the_longest_gap_is_between_two_arrivals() -> None:
    stream = heard([0, 20 * MS, 63 * MS, 80 * MS], [7, 8, 9, 10])

    assert [gap.ms for gap in stream.gaps] == [43.0]
    assert stream.seconds == pytest.approx(0.08)
    assert (stream.packets, stream.lost) == (4, 0)


def test_the_longest_gap_is_told_also_when_it_is_short() -> None:
    assert [gap.ms for gap in heard([0, 20 * MS, 41 * MS], [1, 2, 3]).gaps] == [21.0]


@pytest.mark.parametrize(
    ("stalls", "left"),
    [
        ([], 40.0),
        ([(90, 100)], 40.0),  # before it
        ([(110, 120)], 30.0),
        ([(110, 120), (115, 130)], 20.0),  # two cores at the same time
        ([(130, 150), (95, 105)], 25.0),  # over its ends
        ([(0, 1000)], 0.0),
    ],
)
def test_a_stall_of_the_machine_is_not_ours(stalls: list[tuple[int, int]], left: float) -> None:
    found = [Interval(began * MS, ended * MS) for began, ended in stalls]

    assert Interval(100 * MS, 140 * MS).without(found) == left


def test_nothing_heard_is_nothing_lost() -> None:
    assert heard([], []).packets == 0
    assert lost([]) == 0


@pytest.mark.parametrize(
    ("sequences", "missing"),
    [
        ([5], 0),
        ([5, 6, 7], 0),
        ([5, 6, 9], 2),
        ([5, 7, 6, 8], 0),  # overtaken, not lost
        ([5, 6, 6, 7], 0),  # told twice
        ([65534, 65535, 0, 1], 0),  # the number begins anew
        ([65534, 1], 2),
        ([6, 5, 8], 1),
    ],
)
def test_a_packet_is_lost_when_its_number_never_came(sequences: list[int], missing: int) -> None:
    assert lost(sequences) == missing
