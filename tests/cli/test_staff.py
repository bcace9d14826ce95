"""`ivr staff` says how many agents a week or an hour needs, and every mistake in a forecast."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.cli.command import Said, ivr

EXAMPLE = Path("firmware_config/demo/calls-per-hour.csv")
WEEK = """\
hour         Mon  Tue  Wed  Thu  Fri  agent hours
08:00-09:00  12   10   9    10   9    50
09:00-10:00  35   29   29   29   31   153
10:00-11:00  47   40   37   38   40   202
11:00-12:00  45   39   40   37   39   200
12:00-13:00  40   35   36   34   34   179
13:00-14:00  41   35   38   37   29   180
14:00-15:00  34   28   31   33   15   141
15:00-16:00  19   16   19   23   8    85
16:00-17:00  8    11   8    16   6    49
17:00-18:00  5    5    5    9    3    27
agent hours  286  248  252  266  214  1266
"""


def lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines()]


def staff(*arguments: object) -> Said:
    return ivr("staff", "--handling", "92", *arguments)


def forecast(folder: Path, rows: Iterable[str], header: str = "hour,day,calls") -> Path:
    file = folder / "forecast.csv"
    file.write_text("\n".join([header, *rows, ""]))
    return file


def test_a_week_is_staffed_as_its_planners_did() -> None:
    said = staff(EXAMPLE)

    assert (said.status, said.err) == (0, "")
    assert lines(said.out) == [
        "Erlang C, callers wait for ever; 92 s a call; goal: 80 % within 20 s",
        *WEEK.splitlines(),
        "42581 calls a week: 84.7 % answered within 20 s, ASA 8.5 s, occupancy 86.0 %",
        "FTE 75.28 = 1266 agent hours / 37 x 1.76 x 1.25",
    ]


def test_callers_who_hang_up_need_fewer_agents_and_some_are_lost() -> None:
    said = staff(EXAMPLE, "--patience", "40")

    first, *_, last_but_one, last = lines(said.out)
    assert first.startswith("Erlang A, callers wait 40 s on average before they hang up; ")
    assert ", 13.3 % lost, " in last_but_one
    assert last.startswith("FTE 61.18 = 1029 agent hours")


def test_another_agreement_on_hours_is_another_number_of_employees() -> None:
    said = staff(EXAMPLE, "--per-week-hours", "30", "--paid", "1.5", "--levelling", "1")

    assert lines(said.out)[-1] == "FTE 63.30 = 1266 agent hours / 30 x 1.5 x 1"


def test_another_goal_needs_others() -> None:
    said = staff(EXAMPLE, "--within", "100", "--level", "95")

    assert "goal: 95 % within 100 s" in said.out
    assert "10:00-11:00  45 " in said.out


def test_one_hour_is_told_for_the_agents_there_are() -> None:
    said = staff("--calls", "1662", "--agents", "47")

    head, *rows = lines(said.out)
    assert said.status == 0
    assert head.endswith("; 1662 calls an hour, 42.47 Erlang")
    assert rows == [
        "agents  within 20 s  ASA    waiting  lost  occupancy",
        "47      85.3 %       8.0 s  39.3 %         90.4 %",
    ]


def test_one_hour_with_callers_who_hang_up() -> None:
    said = staff("--calls", "1662", "--agents", "47", "--patience", "40")

    assert lines(said.out)[1:] == [
        "agents  within 20 s  ASA    waiting  lost   occupancy",
        "47      96.6 %       1.1 s  21.8 %   3.1 %  87.6 %",
    ]


def test_one_hour_is_told_for_about_as_many_as_it_needs() -> None:
    said = staff("--calls", "1662")

    rows = lines(said.out)
    assert rows[1] == "needed: 47 agents"
    assert [row.split()[0] for row in rows[3:]] == ["45", "46", "47", "48", "49"]


def test_too_few_agents_leave_callers_waiting_without_end() -> None:
    said = staff("--calls", "1662", "--agents", "42")

    assert "without end" in said.out


def test_half_hours_other_columns_notes_and_empty_hours(tmp_path: Path) -> None:
    file = forecast(
        tmp_path,
        ["# Easter", "08:00-08:30,what,sat,181.5", "", ",,,", "8:30-9:00,ever,Sat,0", "8-9,,SUN,1"],
        header="Hour, note, Day, Calls",
    )

    said = staff(file)

    assert lines(said.out)[1:5] == [
        "hour         Sat  Sun  agent hours",
        "08:00-08:30  12        6",
        "08:00-09:00       1    1",
        "08:30-09:00  0         0",
    ]
    assert "182.5 calls a week: " in said.out


def test_a_week_in_which_nobody_calls(tmp_path: Path) -> None:
    said = staff(forecast(tmp_path, ["8-9,Mon,0"]))

    assert said.status == 0
    assert lines(said.out)[-2:] == [
        "0 calls a week",
        "FTE 0.00 = 0 agent hours / 37 x 1.76 x 1.25",
    ]


def test_what_a_danish_spreadsheet_writes_is_read(tmp_path: Path) -> None:
    file = tmp_path / "forecast.csv"
    file.write_bytes("\ufeffhour;day;calls\r\n8-9;Mon;362,5\r\n".encode())

    assert "362.5 calls a week" in staff(file).out


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("8-9,Tue", "3 columns have 2 fields here"),
        ("8-9,Tue,1,2", "3 columns have 4 fields here"),
        ("8,Tue,1", "`8` is no time of day; write for example 8-9 or 08:30-09:00"),
        ("09-okt,Tue,1", "`09-okt` is no time of day; write for example 8-9 or 08:30-09:00"),
        ("9-8,Tue,1", "`9-8` does not end after it begins, by midnight (24)"),
        ("23-25,Tue,1", "`23-25` does not end after it begins, by midnight (24)"),
        ("8-9,tirsdag,1", "`tirsdag` is no day; write one of Mon Tue Wed Thu Fri Sat Sun"),
        ("8-9,Tue,", "`` is no number of calls; write for example 363 or 362.5"),
        ("8-9,Tue,-1", "`-1` is no number of calls; write for example 363 or 362.5"),
        ("8-9,Tue,1.662", "`1.662` is no number of calls; write for example 363 or 362.5"),
        ("8-9,Tue,nan", "`nan` is no number of calls; write for example 363 or 362.5"),
        ("8-9,Tue,100001", "100001 are more than 100000 calls an hour"),
        ("8:00-8:01,Tue,2000", "2000 are more than 100000 calls an hour"),
        ("8:30-10,Mon,1", "this time of Mon is in line 2 already"),
        ('8-9,Tue,"1', "this is no CSV: unexpected end of data"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, row: str, says: str) -> None:
    file = forecast(tmp_path, ["8-9,Mon,363", "# a note", row, "9-10,Mon,1229"])

    said = staff(file)

    assert (said.status, said.err) == (1, f"{file}: 1 problems\n")
    assert said.out == f"{file}:4: {says}\n"


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    file = forecast(tmp_path, ["8,Mon,363", "8-9,Mon,many"])

    said = staff(file)

    assert [line.split(" ")[0] for line in lines(said.out)] == [f"{file}:2:", f"{file}:3:"]
    assert said.err == f"{file}: 2 problems\n"


@pytest.mark.parametrize(
    ("octets", "says"),
    [
        (b"", "1: there is no forecast: write hour,day,calls"),
        (b"# only\n\n", "1: there is no forecast: write hour,day,calls"),
        (b"\nhour,day,calls\n", "2: no calls follow: write for example 8-9,Mon,363"),
        (b"hour,call\n8-9,1\n", "1: exactly one column must be called day, and one calls"),
        (b"hour,day,calls,calls\n", "1: exactly one column must be called calls"),
        (b'hour,day,"calls\n', "1: this is no CSV: unexpected end of data"),
        (b"hour,day,calls\n8-9,L\xf8r,1\n", "2: this is no UTF-8: save it as CSV UTF-8"),
    ],
)
def test_a_file_that_is_no_forecast_says_what_it_lacks(
    tmp_path: Path, octets: bytes, says: str
) -> None:
    file = tmp_path / "forecast.csv"
    file.write_bytes(octets)

    said = staff(file)

    assert (said.status, said.out) == (1, f"{file}:{says}\n")


def test_a_file_that_is_not_there_is_named() -> None:
    said = staff("nowhere.csv")

    assert said.status == 1
    assert said.err == "ivr: nowhere.csv cannot be read: No such file or directory\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "name a forecast, or say --calls; `ivr staff --help` has an example"),
        ((EXAMPLE, "--calls", 9), "name a forecast or say --calls, not both"),
        ((EXAMPLE, "--agents", 9), "--agents goes with --calls"),
        (("--agents", 9), "name a forecast, or say --calls"),
    ],
)
def test_what_does_not_go_together_is_said(words: tuple[object, ...], says: str) -> None:
    said = staff(*words)

    assert said.status == 1
    assert said.err.startswith(f"ivr: {says}")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--level", 100), "argument --level: 100 is not between 1 and 99.9"),
        (("--within", -1), "argument --within: -1 is not between 0 and 3600"),
        (("--handling", 0), "argument --handling: 0 is not between 1 and 3600"),
        (("--patience", "nan"), "argument --patience: nan is not between 1 and 3600"),
        (("--calls", "many"), "argument --calls: many is no number"),
        (("--agents", 0), "argument --agents: '0' is not a whole number from 1 to 99999"),
        (("--agents", 1.5), "argument --agents: '1.5' is not a whole number from 1 to 99999"),
    ],
)
def test_an_option_that_cannot_be_is_misuse(words: tuple[object, ...], says: str) -> None:
    said = staff("--calls", 9, *words)

    assert said.status == 2
    assert said.err.endswith(f"ivr staff: error: {says}\n")
