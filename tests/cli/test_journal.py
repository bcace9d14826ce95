"""`ivr calls`, `call`, `replay`, `answers`, `messages`: what the journal holds, in plain words."""

import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.command import ivr
from tests.cli.conftest import BEGAN

CALLER, OTHER = "+4520111217", "+4520111218"


def rows(text: str) -> list[list[str]]:
    """Return the cells of a table without its heading; no cell of these holds two spaces."""
    return [line.split() for line in text.splitlines()[1:]]


def test_calls_are_listed_newest_first(journal: str) -> None:
    said = ivr("calls", "--journal", journal)

    assert said.status == 0
    assert [row[0] for row in rows(said.out)] == ["call-2", "call-1-s1", "call-1"]
    talked = rows(said.out)[2]
    assert talked[3:] == [
        "in", "+452011····", "virksomhed", "virksomhed", "anna",
        "1", "s", "11", "s", "talked",
    ]  # fmt: skip
    assert rows(said.out)[1][-2:] == ["surveyed", "complete"]
    assert rows(said.out)[0][-1] == "message"


def test_as_many_calls_as_are_asked_for(journal: str) -> None:
    assert len(rows(ivr("calls", "--journal", journal, "--limit", 1).out)) == 1


@pytest.mark.parametrize("command", [("calls",), ("call", "call-1"), ("messages",)])
def test_numbers_of_people_are_shown_only_when_asked_for(
    journal: str, command: tuple[str, ...]
) -> None:
    hidden = ivr(*command, "--journal", journal).out
    shown = ivr(*command, "--journal", journal, "--numbers").out

    assert CALLER not in hidden
    assert OTHER not in hidden
    assert (OTHER if command == ("messages",) else CALLER) in shown


def test_a_call_is_told_a_line_a_step(journal: str) -> None:
    said = ivr("call", "call-1", "--journal", journal)

    lines = said.out.splitlines()
    assert lines[0].startswith("call-1  2026-03-02 ")
    assert lines[1].startswith("     0.0  a hidden number dials +4533663333; answers; ")
    assert "     9.0  line 2 answers; connects the caller with line 2; " in said.out
    assert lines[-1].endswith("the call is over: talked")


def test_a_survey_call_is_told_with_its_answers(journal: str) -> None:
    said = ivr("call", "call-1-s1", "--journal", journal)

    assert said.out.splitlines()[-4:] == [
        "          answer tilfredshed: 8",
        "          answer imoedekommenhed: 9",
        "          answer ventetid: 7",
        "          answer afklaring: 9",
    ]


@pytest.mark.parametrize("call", ["call-1", "call-1-s1", "call-2"])
def test_a_replay_comes_to_the_same_actions(journal: str, call: str) -> None:
    said = ivr("replay", call, "--journal", journal)

    assert said.status == 0
    assert said.out.endswith(" steps, the same actions\n")


def test_a_replay_that_differs_shows_where(journal: str, tmp_path: Path) -> None:
    file = tmp_path / "journal.db"
    shutil.copy(journal.removeprefix("sqlite:///"), file)
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute(
            "UPDATE steps SET actions = replace(actions, 'survey.notice', 'survey.other')"
            " WHERE subject = 'call-1'"
        )

    said = ivr("replay", "call-1", "--journal", f"sqlite:///{file}")

    lines = said.out.splitlines()
    assert said.status == 1
    assert lines[0] == "step 2: KeyPressed 1 1"
    assert "  - Play 2 1 da survey.other" in lines
    assert "  + Play 2 1 da survey.notice" in lines
    assert lines[-1].startswith("call-1: 1 of ")


def test_answers_are_listed_with_what_they_are_about(journal: str) -> None:
    said = ivr("answers", "--journal", journal, "--limit", 2)

    assert [row[2:] for row in rows(said.out)] == [
        ["call-1", "afklaring", "(tilfredshed-2020)", "9",
         "virksomhed", "etape-1", "Virksomhedsservice", "1"],
        ["call-1", "ventetid", "(tilfredshed-2020)", "7",
         "virksomhed", "etape-1", "Virksomhedsservice", "1"],
    ]  # fmt: skip


def test_messages_are_listed_with_their_files(journal: str) -> None:
    (row,) = rows(ivr("messages", "--journal", journal).out)

    assert row[2:4] == ["virksomhed", "9.5"]
    assert row[-2:] == [
        "new",
        str(Path(journal.removeprefix("sqlite:///")).parent / "call-2-5.wav"),
    ]


def test_what_is_old_can_be_forgotten_and_answers_stay(journal: str, tmp_path: Path) -> None:
    shutil.copy(journal.removeprefix("sqlite:///"), tmp_path / "journal.db")
    url = f"sqlite:///{tmp_path}/journal.db"
    age = (datetime.now(UTC) - BEGAN).days  # noqa: TID251 -- the command goes by today

    kept = ivr("forget", "--older-than", age + 10, "--journal", url)
    assert kept.out.startswith("0 rows from before ")
    assert len(rows(ivr("calls", "--journal", url).out)) == 3

    gone = ivr("forget", "--older-than", max(1, age - 1), "--journal", url)
    assert gone.status == 0
    assert int(gone.out.split()[0]) > 30
    assert rows(ivr("calls", "--journal", url).out) == []
    assert len(rows(ivr("answers", "--journal", url).out)) == 4


@pytest.mark.parametrize("days", ["0", "-3", "many", "99999999"])
def test_an_age_that_is_none_is_said_so(journal: str, days: str) -> None:
    said = ivr("forget", f"--older-than={days}", "--journal", journal)

    assert said.status == 2
    assert f"'{days}' is not a whole number from 1 to 99999" in said.err


@pytest.mark.parametrize("command", ["calls", "answers", "messages"])
def test_the_latest_none_are_not_all_of_them(journal: str, command: str) -> None:
    said = ivr(command, "--limit", 0, "--journal", journal)

    assert said.status == 2
    assert "'0' is not a whole number from 1 to 99999" in said.err


@pytest.mark.parametrize("command", ["call", "replay"])
def test_a_call_that_never_was_is_said_so(journal: str, command: str) -> None:
    said = ivr(command, "call-9", "--journal", journal)

    assert said.status == 1
    assert said.err == "ivr: there is no call 'call-9' in the journal; `ivr calls` lists them\n"


@pytest.mark.parametrize("command", ["calls", "answers", "messages"])
def test_a_journal_that_is_not_there_is_said_so(tmp_path: Path, command: str) -> None:
    said = ivr(command, "--journal", f"sqlite:///{tmp_path}/journal.db")

    assert said.status == 1
    assert said.err.startswith(f"ivr: there is no journal {tmp_path}/journal.db")


def test_whoever_reads_may_have_seen_enough(journal: str) -> None:
    command = [sys.executable, "-m", "ivr", "calls", "--journal", journal]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as run:
        assert run.stdout is not None
        assert run.stderr is not None
        run.stdout.close()

        assert run.wait(20) == 0
        assert run.stderr.read() == b""
