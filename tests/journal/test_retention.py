"""Forgetting: what is old goes, what must be remembered stays."""

from collections.abc import Callable
from datetime import timedelta

from ivr.engine import events as on
from ivr.engine.step import FLOOR
from ivr.journal import Reader, purge
from tests.journal.owner import (
    AT,
    LATER,
    Owner,
    answer_step,
    arrival,
    conclusion,
    key,
    step,
    survey_step,
)

Open = Callable[..., Owner]
DAY = 86_400.0


def test_old_calls_go_and_new_ones_stay(owner: Open) -> None:
    one = owner()
    one.write_call(arrival("old"), *(key("old", n) for n in range(1, 2500)), conclusion("old"))
    one.write_call(arrival("new", now=DAY), conclusion("new", now=DAY + 9))
    one.write(step(FLOOR, 1.0, on.AgentLoggedIn("anna")))
    one.settle()

    gone = purge(one.url, AT + timedelta(hours=12))

    reader = Reader(one.url)
    assert gone == 2501 + 1 + 1 + 1  # steps, call, floor's step, the settling step
    assert [call.id for call in reader.calls()] == ["new"]
    assert reader.steps("old") == reader.steps(FLOOR) == []
    assert len(reader.steps("new")) == 2


def test_answers_refusals_and_unfinished_surveys_stay(owner: Open) -> None:
    one = owner()
    one.write(
        survey_step("never", on.Disposition.REFUSED, number="+4533333333"),
        survey_step("open"),
        survey_step("done", on.Disposition.COMPLETE),
        answer_step("call-2", "q1", 8, survey="done"),
    )
    one.settle("open")

    purge(one.url, AT + timedelta(days=400))

    reader = Reader(one.url)
    assert [answer.value for answer in reader.answers()] == [8]
    assert [type(event) for event in reader.restore(LATER)] == [
        on.NumberRefused,
        on.SurveyRestored,
    ]
