"""The bench computes what it says it measures."""

import pytest

from bench.figures import heard, lost, percentile

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

    assert stream.longest_gap == pytest.approx(0.043)
    assert stream.seconds == pytest.approx(0.08)
    assert (stream.packets, stream.lost) == (4, 0)


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
