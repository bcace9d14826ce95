"""The reader: what a restart needs, what the command line shows, beside a running daemon."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from ivr.engine import events as on
from ivr.errors import JournalError
from ivr.journal import Reader
from tests.journal.owner import AT, Owner, arrival, conclusion, key, survey_step, task

Open = Callable[..., Owner]
WEEK = timedelta(days=7)


def test_a_restart_learns_whom_not_to_call_and_then_what_is_left_to_do(owner: Open) -> None:
    one = owner()
    one.write(
        survey_step("reached", on.Disposition.REACHED, number="+4511111111", attempts=1),
        survey_step("later", due=900.0, planned=4.0),
        survey_step("dialling", on.Disposition.DIALLING, attempts=1, planned=3.0),
        survey_step("sooner", due=300.0, planned=2.0),
        survey_step("never", on.Disposition.REFUSED, number="+4533333333", planned=1.0),
    )
    one.journal.close()

    assert Reader(one.url).restore(AT - WEEK) == [
        on.NumberRefused("+4533333333"),
        on.NumberAsked("+4511111111", AT),
        on.NumberAsked("+4533333333", AT + timedelta(seconds=1)),
        *(on.NumberAsked(task().number, AT + timedelta(seconds=n)) for n in (2, 3, 4)),
        restored("sooner", on.Disposition.PLANNED, planned=2.0),
        restored("later", on.Disposition.PLANNED, planned=4.0, due=900.0),
        restored("dialling", on.Disposition.DIALLING, attempts=1, planned=3.0),
        restored("reached", on.Disposition.REACHED, attempts=1, number="+4511111111"),
    ]


@pytest.mark.parametrize(
    "disposition",
    [
        on.Disposition.NOT_CALLABLE,
        on.Disposition.QUARANTINED,
        on.Disposition.OPTED_OUT,
        on.Disposition.EXPIRED,
    ],
)
def test_a_number_whose_survey_was_turned_down_was_not_asked(
    owner: Open, disposition: on.Disposition
) -> None:
    one = owner()
    one.write(survey_step("call-1", disposition, planned=9.0, due=9.0))
    one.journal.close()

    assert Reader(one.url).restore(AT - WEEK) == []


@pytest.mark.parametrize("disposition", [on.Disposition.NO_ANSWER, on.Disposition.EXPIRED])
def test_a_number_that_was_tried_in_vain_was_asked(
    owner: Open, disposition: on.Disposition
) -> None:
    one = owner()
    one.write(survey_step("call-1", disposition, attempts=3))
    one.journal.close()

    assert Reader(one.url).restore(AT - WEEK) == [on.NumberAsked(task().number, AT)]


def test_a_number_asked_before_the_quarantine_is_forgotten_a_refusal_never(owner: Open) -> None:
    one = owner()
    one.write(
        survey_step("done", on.Disposition.COMPLETE, number="+4522222222"),
        survey_step("never", on.Disposition.REFUSED, number="+4533333333"),
    )
    one.journal.close()

    assert Reader(one.url).restore(AT + WEEK) == [on.NumberRefused("+4533333333")]


def test_calls_come_newest_first_and_can_be_chosen(owner: Open) -> None:
    one = owner()
    for number in range(5):
        one.write_call(
            arrival(f"call-{number}", now=number * 60.0),
            conclusion(f"call-{number}", now=number * 60.0 + 30),
        )
    one.settle()
    reader = Reader(one.url)

    assert [call.id for call in reader.calls(2)] == ["call-4", "call-3"]
    assert len(reader.calls(group="demo", direction="in")) == 5
    assert reader.calls(group="another") == []
    assert reader.calls(direction="out") == []
    assert len(reader.calls(since=AT + timedelta(minutes=3))) == 2
    assert reader.call("unheard-of") is None


def test_a_call_is_read_while_it_runs(owner: Open) -> None:
    one = owner()
    one.write_call(arrival("running"))
    one.settle()

    call = Reader(one.url).call("running")

    assert call is not None
    assert not call.is_over
    assert call.group == "demo"


def test_reading_goes_on_while_thousands_of_steps_are_written(owner: Open) -> None:
    one = owner()
    one.settle("open")
    reader = Reader(one.url)
    seen = 0

    for call in range(200):
        one.write_call(arrival(f"call-{call}"), *(key(f"call-{call}", n) for n in range(20)))
        if call % 10 == 0:
            now_seen = len(reader.calls(1000))
            assert now_seen >= seen
            seen = now_seen
    one.settle("over")

    assert len(reader.calls(1000)) == 200
    assert one.troubles.empty()


def test_a_missing_journal_is_said_to_be_missing(path: Path) -> None:
    with pytest.raises(JournalError, match="there is no journal"):
        Reader(f"sqlite:///{path}")


def test_reading_cannot_make_or_change_a_journal(path: Path) -> None:
    path.touch()

    with pytest.raises(JournalError, match="has no tables"):
        Reader(f"sqlite:///{path}").calls()

    assert path.stat().st_size == 0


def test_where_nothing_was_ever_written_there_is_nothing_to_remember(path: Path) -> None:
    """So begins a gateway that first starts on a full disk: with a file, and nothing in it."""
    path.touch()

    assert Reader(f"sqlite:///{path}").restore(AT) == []


def test_a_file_that_is_no_database_is_said_to_be_damaged(path: Path) -> None:
    path.write_bytes(b"not a database" * 500)

    with pytest.raises(JournalError, match="damaged"):
        Reader(f"sqlite:///{path}").calls()


def restored(
    survey: str,
    disposition: on.Disposition,
    *,
    attempts: int = 0,
    planned: float = 0.0,
    due: float = 300.0,
    number: str = "+4533663333",
) -> on.SurveyRestored:
    moments = (AT + timedelta(seconds=planned), AT + timedelta(seconds=due))
    return on.SurveyRestored(task(survey, number), disposition, attempts, *moments)
