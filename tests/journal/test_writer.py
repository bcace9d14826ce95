"""The writer: what is committed when, what is acknowledged, what is put aside."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from ivr.engine import actions as do
from ivr.engine import events as on
from ivr.engine.record import begin, fold
from ivr.engine.step import FLOOR, Step
from ivr.errors import JournalError
from ivr.journal import Reader, SurveyAnswer, VoiceMessage
from ivr.journal.backlog import Backlog
from ivr.journal.numbers import MOST_ENDED, Numbers
from ivr.journal.rows import Turn
from tests.journal.owner import (
    AT,
    PATIENCE,
    Owner,
    answer_step,
    arrival,
    conclusion,
    key,
    recording,
    step,
    survey_step,
)

Open = Callable[..., Owner]


def test_a_survey_is_acknowledged_when_it_is_on_disk(owner: Open) -> None:
    one = owner()
    one.write(survey_step("call-1", on.Disposition.REACHED))

    word = one.saved.get(timeout=PATIENCE)

    assert word == on.SurveySaved("call-1", on.Disposition.REACHED)
    assert Reader(one.url).steps("survey") == [survey_step("call-1", on.Disposition.REACHED)]


def test_what_stands_before_an_answer_is_committed_with_it(owner: Open) -> None:
    one = owner()
    one.write(*(key("call-2", number) for number in range(1, 4)), answer_step("call-2", "q1", 8))
    one.settle()

    assert len(Reader(one.url).steps("call-2")) == 4
    assert [answer.value for answer in Reader(one.url).answers()] == [8]


def test_every_acknowledgement_comes_in_order(owner: Open) -> None:
    one = owner()
    order = [on.Disposition.PLANNED, on.Disposition.DIALLING, on.Disposition.REACHED]
    one.write(*(survey_step("call-1", disposition) for disposition in order))

    words = [one.saved.get(timeout=PATIENCE).disposition for _ in order]

    assert words == order


def test_an_answer_given_twice_is_one_answer_the_later(owner: Open) -> None:
    one = owner()
    one.write(answer_step("call-2", "q1", 3), answer_step("call-2", "q1", 9, now=2.0))
    one.settle()

    assert Reader(one.url).answers() == [
        SurveyAnswer(
            "call-1",
            "q1",
            "call-2",
            "demo-1",
            9,
            "demo",
            "start",
            "team",
            "anna",
            "1",
            AT + timedelta(seconds=2),
        )
    ]


def test_a_message_is_filed_with_who_left_it_and_where_it_lies(owner: Open) -> None:
    one = owner()
    keep = step("call-3", 20.0, on.RecordingEnded(4, 12.5), do.KeepMessage(4, "box", 12.5))
    one.write_call(arrival("call-3"), keep, conclusion("call-3", do.Outcome.MESSAGE))
    one.settle()

    assert Reader(one.url).messages(box="box", state="new") == [
        VoiceMessage(
            id=1,
            call="call-3",
            turn=4,
            box="box",
            path=str(recording("call-3", 4)),
            seconds=12.5,
            caller="+4570121416",
            group="demo",
            language="da",
            at=AT + timedelta(seconds=20),
            state="new",
        )
    ]


def test_agents_leave_a_trail_of_their_states(owner: Open, path: Path) -> None:
    one = owner()
    one.write(
        step(FLOOR, 1.0, on.AgentLoggedIn("anna"), do.ChangeAgent("anna", "ready")),
        step(FLOOR, 2.0, on.AgentLoggedOut("anna"), do.ChangeAgent("anna", "logged_out")),
    )
    one.settle()

    assert read(path, "SELECT agent, state FROM agent_states ORDER BY id") == [
        ("anna", "ready"),
        ("anna", "logged_out"),
    ]


def test_the_floor_is_numbered_on_after_a_restart(owner: Open) -> None:
    for agent in ("anna", "bo", "carl"):
        one = owner()
        one.write(step(FLOOR, 1.0, on.AgentLoggedIn(agent)))
        assert one.journal.close() == 0

    found = Reader(one.url).steps(FLOOR)
    assert [seen.event for seen in found] == [
        on.AgentLoggedIn(agent) for agent in ("anna", "bo", "carl")
    ]
    assert Reader(one.url).gaps(FLOOR) == 0


def test_closing_writes_what_is_left(owner: Open) -> None:
    one = owner()
    one.write(*(key("call-4", number) for number in range(1, 2001)))

    assert one.journal.close() == 0
    assert one.journal.written == 2000
    assert len(Reader(one.url).steps("call-4")) == 2000


def test_a_configuration_is_kept_once_under_its_hash(owner: Open) -> None:
    one = owner()
    files = {"gateway.yaml": "sip:\n", "groups/byg/start.yaml": "# Åbent 9-17\n"}
    one.journal.configured("c0ffee", files, AT)
    one.journal.configured("c0ffee", files, AT + timedelta(days=1))
    one.settle()

    assert Reader(one.url).configuration("c0ffee") == files
    assert Reader(one.url).configuration("unheard-of") is None


@pytest.mark.parametrize(
    "bad",
    [
        replace(answer_step("call-5", "q1", 2**80), now=5.0),  # too large for any column
        step("call-5", 5.0, on.AgentLoggedIn("\ud800"), do.ChangeAgent("\ud800", "ready")),
        step("call-5", 5.0, on.RecordingEnded(1, 1.0), do.KeepMessage(1, "box", float("nan"))),
    ],
    ids=["too large", "not text", "not a number"],
)
def test_a_step_that_no_table_takes_does_not_stop_the_others(
    owner: Open, path: Path, bad: Step
) -> None:
    one = owner()
    one.write(key("call-5", 1), bad, key("call-5", 3))
    one.settle()

    assert [seen.now for seen in Reader(one.url).steps("call-5")] == [1.0, 3.0]
    assert one.journal.put_aside == 1
    assert read(path, "SELECT subject, ordinal FROM set_aside") == [("call-5", 2)]
    assert one.troubles.empty()


def test_a_survey_that_could_not_be_written_is_not_acknowledged(owner: Open) -> None:
    one = owner()
    one.write(survey_step("call-6", attempts=2**80))
    one.settle()

    assert one.saved.empty()
    assert one.journal.put_aside == 1


def test_a_survey_remembers_when_somebody_first_answered(owner: Open, path: Path) -> None:
    one = owner()
    one.write(
        survey_step("call-1", now=1.0),
        survey_step("call-1", on.Disposition.REACHED, now=60.0),
        survey_step("call-1", on.Disposition.COMPLETE, now=90.0),
    )
    one.settle("other")

    assert read(path, "SELECT id, disposition, asked_at FROM surveys ORDER BY id") == [
        ("call-1", "complete", "2026-03-02 09:01:00.000000"),
        ("other", "planned", None),
    ]


@pytest.mark.parametrize("url", ["", "no url", "sqlite://", "sqlite:///:memory:"])
def test_a_url_that_names_no_file_is_refused(url: str) -> None:
    with pytest.raises(JournalError, match="sqlite:///var/journal"):
        Owner(url)


@pytest.mark.parametrize("url", ["postgresql:/ivr:hemmeligt@db", "postgresql://a:hemmeligt@db:x/y"])
def test_a_url_that_cannot_be_read_is_not_repeated(url: str) -> None:
    with pytest.raises(JournalError, match="not a database URL") as refused:
        Owner(url)

    assert "hemmeligt" not in str(refused.value)


def test_a_folder_that_cannot_be_made_is_refused(path: Path) -> None:
    path.write_text("a file, not a folder")

    with pytest.raises(JournalError, match="cannot be used"):
        Owner(f"sqlite:///{path}/journal.db")


def test_two_daemons_cannot_share_a_journal(owner: Open) -> None:
    one = owner()

    with pytest.raises(JournalError, match="another ivr is running with the journal"):
        Owner(one.url)


def test_the_oldest_plain_steps_give_way_and_no_precious_one() -> None:
    backlog = Backlog(limit=3)
    steps = [answer_step("call-7", "q1", 8), *(key("call-7", number) for number in range(2, 8))]
    for ordinal, one in enumerate(steps, start=1):
        backlog.add(Turn(ordinal, one, None))

    left = [one.ordinal for one in backlog.first(10) if isinstance(one, Turn)]

    assert left == [1, 5, 6, 7]
    assert backlog.dropped == 3
    backlog.forget(2)
    assert len(backlog) == 2


def test_calls_long_over_are_forgotten_by_the_numbering() -> None:
    numbers = Numbers()
    over = fold(begin(arrival("call")), conclusion("call"))
    for number in range(MOST_ENDED + 1):
        numbers.next(key(f"call-{number}", 1), over)

    assert numbers.next(key("call-1", 2), over) == 2  # late, but not that late
    assert numbers.next(key("call-0", 2), over) == 1


def read(path: Path, query: str) -> list[tuple[object, ...]]:
    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.execute(text(query))]
    engine.dispose()
    return rows
