"""A forecast as a planner keeps it: a CSV file with the calls of each weekday and time of day.

    hour,day,calls
    8-9,Mon,363
    09:00-09:30,Mon,598

Blank lines and those that begin with `#` are notes, other columns are the planner's own. What a
Danish spreadsheet writes is read too: semicolons, decimal commas and a byte order mark.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ivr.errors import ConfigError, IvrError, Problem

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MOST_CALLS_AN_HOUR = 100_000
_COLUMNS = ("hour", "day", "calls")
_MINUTES_A_DAY = 24 * 60
_HOUR = re.compile(r"(\d{1,2})(?::([0-5]\d))?-(\d{1,2})(?::([0-5]\d))?", re.ASCII)
# Three decimals are more likely a thousand that is written with a dot.
_CALLS = re.compile(r"\d{1,6}(?:[.,]\d{1,2})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Cell:
    """Calls expected on a weekday (0 is Monday) from one minute of the day to another."""

    day: int
    begin: int
    end: int
    calls: float
    line: int

    @property
    def hours(self) -> float:
        """How long it lasts."""
        return (self.end - self.begin) / 60

    @property
    def calls_an_hour(self) -> float:
        """Calls, as if it lasted an hour."""
        return self.calls / self.hours


def read(file: Path) -> tuple[Cell, ...]:
    """Return the cells of a forecast. Raises `ConfigError` with all that is wrong in the file."""
    lines = [each for each in enumerate(_lines(file), 1) if _says_something(each[1])]
    if not lines:
        raise ConfigError([Problem(file, 1, f"there is no forecast: write {','.join(_COLUMNS)}")])
    (at, header), *rest = lines
    separator = ";" if ";" in header else ","
    cells: list[Cell] = []
    problems: list[Problem] = []
    try:
        columns = _columns(header, separator)
    except _Mistake as mistake:
        raise ConfigError([Problem(file, at, str(mistake))]) from None
    for number, line in rest:
        try:
            cells.append(_apart(_cell(number, _row(line, separator, columns)), cells))
        except _Mistake as mistake:
            problems.append(Problem(file, number, str(mistake)))
    if not rest:
        problems.append(Problem(file, at, "no calls follow: write for example 8-9,Mon,363"))
    if problems:
        raise ConfigError(problems)
    return tuple(cells)


class _Mistake(Exception):  # noqa: N818 -- somebody's, not the program's
    """What is wrong with one line."""


def _lines(file: Path) -> Sequence[str]:
    try:
        octets = file.read_bytes()
    except OSError as error:
        raise IvrError(f"{file} cannot be read: {error.strerror}") from error
    try:
        return octets.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        line = octets.count(b"\n", 0, error.start) + 1
        raise ConfigError([Problem(file, line, "this is no UTF-8: save it as CSV UTF-8")]) from None


def _says_something(line: str) -> bool:
    return bool(line.strip(" \t,;")) and not line.lstrip().startswith("#")


def _columns(header: str, separator: str) -> Sequence[str]:
    names = [name.strip().casefold() for name in _split(header, separator)]
    if wrong := [name for name in _COLUMNS if names.count(name) != 1]:
        raise _Mistake(f"exactly one column must be called {', and one '.join(wrong)}")
    return names


def _row(line: str, separator: str, columns: Sequence[str]) -> Mapping[str, str]:
    fields = _split(line, separator)
    if len(fields) != len(columns):
        raise _Mistake(f"{len(columns)} columns have {len(fields)} fields here")
    return {name: field.strip() for name, field in zip(columns, fields, strict=True)}


def _split(line: str, separator: str) -> Sequence[str]:
    try:
        return next(csv.reader([line], delimiter=separator, skipinitialspace=True, strict=True))
    except csv.Error as error:
        raise _Mistake(f"this is no CSV: {error}") from None


def _cell(line: int, row: Mapping[str, str]) -> Cell:
    begin, end = _minutes(row["hour"])
    day = row["day"].capitalize()
    if day not in WEEKDAYS:
        raise _Mistake(f"`{row['day']}` is no day; write one of {' '.join(WEEKDAYS)}")
    if not _CALLS.fullmatch(row["calls"]):
        raise _Mistake(f"`{row['calls']}` is no number of calls; write for example 363 or 362.5")
    cell = Cell(WEEKDAYS.index(day), begin, end, float(row["calls"].replace(",", ".")), line)
    if cell.calls_an_hour > MOST_CALLS_AN_HOUR:
        raise _Mistake(f"{row['calls']} are more than {MOST_CALLS_AN_HOUR} calls an hour")
    return cell


def _minutes(hour: str) -> tuple[int, int]:
    written = _HOUR.fullmatch(hour)
    if not written:
        raise _Mistake(f"`{hour}` is no time of day; write for example 8-9 or 08:30-09:00")
    first, half_past, last, half_to = (int(part or 0) for part in written.groups())
    begin, end = first * 60 + half_past, last * 60 + half_to
    if not begin < end <= _MINUTES_A_DAY:
        raise _Mistake(f"`{hour}` does not end after it begins, by midnight (24)")
    return begin, end


def _apart(cell: Cell, others: Sequence[Cell]) -> Cell:
    for other in others:
        if other.day == cell.day and other.begin < cell.end and cell.begin < other.end:
            raise _Mistake(f"this time of {WEEKDAYS[cell.day]} is in line {other.line} already")
    return cell
