"""The numbers of the table: shares, Wilson's intervals, delays, and what misses its goal."""

import pytest

from speech_model import table
from speech_model.evaluation import Heard, Outcome

pytestmark = pytest.mark.training


def heard(row: str, outcome: Outcome, condition: str = "clean", delay: float = 0.5) -> Heard:
    return Heard(row, condition, outcome, "ja", "ja", delay, False, 2.0, 0.02)


@pytest.mark.parametrize(
    ("count", "total", "low", "high"),
    [(0, 10, 0.0, 27.75), (10, 10, 72.25, 100.0), (81, 263, 25.53, 36.62), (0, 0, 0.0, 100.0)],
)
def test_wilsons_interval(count: int, total: int, low: float, high: float) -> None:
    assert table.interval(count, total) == pytest.approx((low, high), abs=0.01)


def test_outcomes_are_counted_by_row_and_condition() -> None:
    made = [
        heard("yesno", Outcome.RIGHT),
        heard("yesno", Outcome.WRONG),
        heard("yesno", Outcome.ASKED, "5 dB"),
    ]

    clean, noisy = table.cells(made)

    assert (clean.trials, clean.right, clean.wrong, clean.succeeded) == (2, 1, 1, 1)
    assert (noisy.condition, noisy.asked, noisy.succeeded) == ("5 dB", 1, 0)


def test_speech_out_of_grammar_is_to_be_rejected() -> None:
    (cell,) = table.cells([heard("oog menus", Outcome.REJECTED), heard("oog menus", Outcome.WRONG)])

    assert cell.succeeded == 1


def test_a_missed_goal_is_marked() -> None:
    good = [heard("digits", Outcome.RIGHT)] * 99 + [heard("digits", Outcome.REJECTED)]
    bad = [heard("yesno", Outcome.RIGHT)] * 90 + [heard("yesno", Outcome.WRONG)] * 10

    (_, _, reached, *_), (_, _, missed, *_) = table.rows(table.cells(good + bad))

    assert "*" not in reached
    assert missed.startswith("90.0*")
    assert missed.endswith("10.0*")


def test_only_right_answers_have_a_delay_that_counts() -> None:
    made = [heard("yesno", Outcome.RIGHT, delay=seconds) for seconds in (0.1, 0.2, 0.3)]
    made.append(heard("yesno", Outcome.WRONG, delay=9.0))

    assert table.delays(made)["both"]["median"] == 0.2


def test_the_table_survives_its_file() -> None:
    made = [heard("yesno", Outcome.RIGHT)]

    assert table.from_json(table.measured(made)) == table.cells(made)
