"""What one call came to, folded from the steps of a whole one."""

from datetime import UTC, datetime

import pytest

from ivr.engine import actions as do
from ivr.engine import events as on
from ivr.engine.record import CallRecord, begin, fold, message_name
from ivr.engine.step import Step
from tests.engine.agreed import SITES
from tests.simulate import Entry, Simulation

BEGINS = datetime(2026, 3, 4, 9, tzinfo=UTC)


def _record(
    *timeline: tuple[float, str], subject: str = "call", site: str = "straight"
) -> CallRecord:
    simulation = Simulation(SITES, site, BEGINS)
    simulation.run([Entry(now, "call", text) for now, text in timeline])
    first, *rest = [step for step in simulation.steps if step.subject == subject]
    record = begin(first)
    for step in rest:
        record = fold(record, step)
    return record


def test_a_talk() -> None:
    record = _record(
        (0.0, "CallArrived +46701234567 33663333"),
        (4.0, "LineFailed 2 busy 486"),
        (6.0, "LineAnswered 3"),
        (46.0, "LineEnded 1"),
    )

    assert record == CallRecord(
        id="call",
        direction="in",
        number="+46701234567",
        dialled="33663333",
        at=BEGINS,
        began=0.0,
        group="business",
        stage="stage1",
        language="da",
        config="straight",
        queue="building",
        agent="bo",
        waited=6.0,
        talked=40.0,
        talking_since=6.0,
        outcome="talked",
        seconds=46.0,
    )


def test_a_caller_who_gave_up_has_talked_with_nobody() -> None:
    record = _record((0.0, "CallArrived +46701234567 33663333"), (7.0, "LineEnded 1"))

    assert (record.outcome, record.waited, record.talked) == ("abandoned", 7.0, None)
    assert record.agent == ""


def test_who_comes_to_a_closed_queue_has_not_waited() -> None:
    arrived = on.CallArrived("", "33663333", BEGINS)
    shut = do.LeaveQueue("building", do.LeaveReason.CLOSED, 0.0)

    assert begin(Step("call", 0.0, BEGINS, arrived, (shut,))).waited is None


def test_a_caller_who_is_turned_away() -> None:
    record = _record((0.0, "CallTurnedAway 20112233 33663333 full"))

    assert record.is_over
    assert (record.outcome, record.number, record.group) == ("turned_away", "20112233", "")
    assert record.config == "straight"


def test_a_number_that_nobody_has() -> None:
    record = _record((0.0, "CallArrived 20112233 33669999"))

    assert (record.outcome, record.config) == ("unknown_number", "straight")


def test_a_survey_call_tells_which_and_how_it_ended() -> None:
    task = "t1/+4520112233/kk-2/business/stage1/building/anna/1/da"
    record = _record((0.0, f"SurveyStarted {task}"), (5.0, "LineAnswered 1"), (9.0, "LineEnded 1"))

    assert (record.direction, record.survey, record.number) == ("out", "t1", "+4520112233")
    assert (record.outcome, record.disposition) == ("surveyed", "no_consent")


def test_no_record_begins_in_the_middle() -> None:
    step = Step("call", 1.0, BEGINS, on.KeyPressed("1"), ())

    with pytest.raises(ValueError, match="a call cannot begin with KeyPressed"):
        begin(step)


def test_a_message_is_filed_under_its_call_and_turn() -> None:
    assert message_name("260304-1200-abc", 4) == "260304-1200-abc-4.wav"


def test_what_is_for_others_changes_no_record() -> None:
    record = _record((0.0, "CallTurnedAway 20112233 33663333 full"))

    assert fold(record, Step("call", 1.0, BEGINS, on.LineRang(2), (do.StopPlaying(1),))) == record
