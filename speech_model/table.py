"""What an evaluation found, counted: shares with their 95 % intervals, and delays."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median, quantiles

from rich.table import Table

from speech_model.evaluation import Heard, Outcome, seconds_until_sure

CONDITIONS = ("clean", "20 dB", "10 dB", "5 dB")

GOALS: Mapping[str, tuple[float | None, ...]] = {
    "menus": (99, 97, 93, 85),
    "carriers": (95, 92, 85, None),
    "newwords": (97, 92, 85, None),
    "yesno": (99, 97, 93, 87),
    "digits": (98, 95, 90, 83),
    "oog": (98, 98, 97, 92),
}
"""The least share of right outcomes, in per cent; of rejections for speech out of grammar."""

MOST_WRONG = (1, 1.5, 3, 4)
"""The largest share of wrong ones in any row, in per cent."""

_NORMAL_95 = 1.959964


@dataclass(frozen=True)
class Cell:
    """The outcomes of one row under one condition."""

    row: str
    condition: str
    trials: int
    right: int
    asked: int
    wrong: int
    rejected: int

    @property
    def succeeded(self) -> int:
        """What was right to do: speech out of grammar is to be rejected."""
        return self.rejected if self.is_for_rejection else self.right

    @property
    def is_for_rejection(self) -> bool:
        return self.row.startswith(("oog", "noise", "babble"))


def cells(heard: Iterable[Heard]) -> list[Cell]:
    """Count outcomes by row and condition, in the order in which the rows came."""
    counted: dict[tuple[str, str], Counter[Outcome]] = {}
    for one in heard:
        counted.setdefault((one.row, one.condition), Counter())[one.outcome] += 1
    return [
        Cell(row, condition, found.total(), *(found[kind] for kind in _ORDER))
        for (row, condition), found in counted.items()
    ]


_ORDER = (Outcome.RIGHT, Outcome.ASKED, Outcome.WRONG, Outcome.REJECTED)


def interval(count: int, total: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share, in per cent; of nothing, everything is possible."""
    if not total:
        return 0.0, 100.0
    share, square = count / total, _NORMAL_95**2
    middle = (share + square / (2 * total)) / (1 + square / total)
    spread = math.sqrt(share * (1 - share) / total + square / (4 * total**2))
    spread *= _NORMAL_95 / (1 + square / total)
    return 100 * max(0.0, middle - spread), 100 * min(1.0, middle + spread)


def delays(heard: Iterable[Heard]) -> dict[str, dict[str, float]]:
    """Seconds of sound from the end of speech to a right answer: median and 95 % point."""
    right = [one for one in heard if one.outcome is Outcome.RIGHT and one.delay is not None]
    found = {}
    for name, chosen in (
        ("listed sentences, which may end early", [one for one in right if one.may_end_early]),
        ("others, which wait for a pause", [one for one in right if not one.may_end_early]),
        ("both", right),
    ):
        seconds = sorted(one.delay or 0.0 for one in chosen)
        if len(seconds) > 1:
            found[name] = {
                "count": len(seconds),
                "median": round(median(seconds), 3),
                "p95": round(quantiles(seconds, n=20)[-1], 3),
            }
    return found


def measured(heard: Sequence[Heard]) -> dict[str, object]:
    """Everything worth keeping, as JSON."""
    sound = sum(one.seconds for one in heard)
    return {
        "cells": [asdict(cell) for cell in cells(heard)],
        "delays": delays(heard),
        "seconds_until_sure": seconds_until_sure(),
        "processor_for_a_second_of_sound": round(sum(one.processor for one in heard) / sound, 4),
    }


def from_json(found: Mapping[str, object]) -> list[Cell]:
    rows = found["cells"]
    if not isinstance(rows, list):
        raise TypeError("`cells` of measured.json is a list")
    return [Cell(**row) for row in rows]


def rows(counted: Sequence[Cell]) -> list[tuple[str, ...]]:
    """One line for each row of the table: its name, trials, and a cell for each condition."""
    by_place = {(cell.row, cell.condition): cell for cell in counted}
    found = []
    for name in dict.fromkeys(cell.row for cell in counted):
        line = [by_place.get((name, condition)) for condition in CONDITIONS]
        trials = max(cell.trials for cell in line if cell)
        found.append((name, str(trials), *(_written(name, at, c) for at, c in enumerate(line))))
    return found


def printed(counted: Sequence[Cell]) -> Table:
    """The table for a terminal; * marks what misses its goal."""
    table = Table(title="Synthetic voices never trained on: right % [95 %] / wrong %")
    for heading in ("", "trials", *CONDITIONS):
        table.add_column(heading, justify="left" if not heading else "right")
    for row in rows(counted):
        table.add_row(*row)
    return table


def _written(name: str, at: int, cell: Cell | None) -> str:
    if cell is None:
        return "-"
    share = 100 * cell.succeeded / cell.trials
    low, high = interval(cell.succeeded, cell.trials)
    wrong = 100 * cell.wrong / cell.trials
    goals = GOALS.get(name.partition(" ")[0]) if "not listed" not in name else None
    goal = goals[at] if goals else None
    missed = goal is not None and share < goal
    too_wrong = goal is not None and wrong > MOST_WRONG[at]
    text = f"{share:.1f}{'*' if missed else ''} [{low:.1f}-{high:.1f}]"
    return f"{text} / {wrong:.1f}{'*' if too_wrong else ''}"
