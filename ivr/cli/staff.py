"""`ivr staff`: how many agents the calls of a week need, and what callers meet with so many."""

import argparse
import math
import sys
from collections.abc import Sequence

from ivr.cli import forecast
from ivr.cli.forecast import WEEKDAYS, Cell
from ivr.cli.tables import show, table
from ivr.engine.staffing import (
    Goal,
    Stretch,
    Traffic,
    agents_needed,
    figures,
    full_time,
    together,
)
from ivr.errors import ConfigError, IvrError

ROWS_AROUND = 2
"""Rows shown on either side of the number that is needed."""


def staff(options: argparse.Namespace) -> int:
    """Print the agents of a week, or what the callers of one hour meet; return 0.

    A forecast with mistakes prints all of them as file:line: message, and returns 1.
    """
    if options.file is None:
        return _hour(options)
    if options.calls is not None:
        raise IvrError("name a forecast or say --calls, not both")
    if options.agents is not None:
        raise IvrError("--agents goes with --calls: a forecast is asked how many it needs")
    try:
        cells = forecast.read(options.file)
    except ConfigError as error:
        print("\n".join(map(str, error.problems)))
        print(f"{options.file}: {len(error.problems)} problems", file=sys.stderr)
        return 1
    return _week(cells, options)


def _hour(options: argparse.Namespace) -> int:
    """Tell what callers meet with these agents, or with about as many as are needed."""
    if options.calls is None:
        raise IvrError("name a forecast, or say --calls; `ivr staff --help` has an example")
    traffic = Traffic(options.calls, options.handling)
    print(f"{_model(options)}; {options.calls:g} calls an hour, {traffic.erlangs:.2f} Erlang")
    if options.agents is not None:
        counts = [options.agents]
    else:
        needed = agents_needed(traffic, _goal(options), options.patience)
        print(f"needed: {needed} agents")
        counts = list(range(max(1, needed - ROWS_AROUND), needed + ROWS_AROUND + 1))
    rows = table("agents", f"within {options.within:g} s", "ASA", "waiting", "lost", "occupancy")
    for count in counts:
        met = figures(traffic, count, options.within, options.patience)
        rows.add_row(
            str(count),
            _share(met.level),
            _seconds(met.asa),
            _share(met.waits),
            "" if options.patience is None else _share(met.lost),
            _share(met.occupancy),
        )
    show(rows)
    return 0


def _week(cells: Sequence[Cell], options: argparse.Namespace) -> int:
    """Tell the agents of every hour and weekday, their hours, and how many employees that is."""
    staffed = {cell: _stretch(cell, options) for cell in cells}
    print(_model(options))
    days = sorted({cell.day for cell in cells})
    rows = table("hour", *(WEEKDAYS[day] for day in days), "agent hours")
    for begin, end in sorted({(cell.begin, cell.end) for cell in cells}):
        at = {cell.day: cell for cell in cells if (cell.begin, cell.end) == (begin, end)}
        counts = (str(staffed[at[day]].agents) if day in at else "" for day in days)
        hours = _agent_hours([staffed[cell] for cell in at.values()])
        rows.add_row(f"{_clock(begin)}-{_clock(end)}", *counts, _number(hours))
    by_day = [[staffed[cell] for cell in cells if cell.day == day] for day in days]
    stretches = list(staffed.values())
    total = _agent_hours(stretches)
    rows.add_row("agent hours", *(_number(_agent_hours(each)) for each in by_day), _number(total))
    show(rows)
    print(_met(sum(cell.calls for cell in cells), stretches, options))
    print(
        f"FTE {_full_time(total, options):.2f} = {_number(total)} agent hours "
        f"/ {options.per_week_hours:g} x {options.paid:g} x {options.levelling:g}"
    )
    return 0


def _stretch(cell: Cell, options: argparse.Namespace) -> Stretch:
    traffic = Traffic(cell.calls_an_hour, options.handling)
    agents = agents_needed(traffic, _goal(options), options.patience)
    met = figures(traffic, max(1, agents), options.within, options.patience)
    return Stretch(cell.hours, traffic, agents, met)


def _met(calls: float, stretches: Sequence[Stretch], options: argparse.Namespace) -> str:
    if not calls:
        return "0 calls a week"
    met = together(stretches)
    lost = "" if options.patience is None else f", {_share(met.lost)} lost"
    return (
        f"{_number(calls)} calls a week: {_share(met.level)} answered within "
        f"{options.within:g} s, ASA {_seconds(met.asa)}{lost}, occupancy {_share(met.occupancy)}"
    )


def _model(options: argparse.Namespace) -> str:
    model = (
        "Erlang C, callers wait for ever"
        if options.patience is None
        else f"Erlang A, callers wait {options.patience:g} s on average before they hang up"
    )
    return (
        f"{model}; {options.handling:g} s a call; "
        f"goal: {options.level:g} % within {options.within:g} s"
    )


def _goal(options: argparse.Namespace) -> Goal:
    return Goal(options.level / 100, options.within)


def _full_time(hours: float, options: argparse.Namespace) -> float:
    return full_time(
        hours, week=options.per_week_hours, paid=options.paid, levelling=options.levelling
    )


def _agent_hours(stretches: Sequence[Stretch]) -> float:
    return math.fsum(stretch.agents * stretch.hours for stretch in stretches)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _number(amount: float) -> str:
    return f"{amount:.2f}".rstrip("0").rstrip(".")


def _seconds(mean: float) -> str:
    return "without end" if math.isinf(mean) else f"{mean:.1f} s"


def _share(share: float) -> str:
    return f"{100 * share:.1f} %"
