"""Each counter rises when its step happens, and no other does."""

import re

import pytest

from ivr.engine import actions as do
from ivr.engine import events as on
from ivr.engine.record import begin
from ivr.engine.step import PROGRAMME
from ivr.metrics import Metrics
from tests.metrics.counted import (
    AT,
    CALLER,
    TARGET,
    TASK,
    call,
    count,
    step,
)


def test_a_call_is_counted_when_it_is_over_and_active_until_then(metrics: Metrics) -> None:
    arrived = count(metrics, *call())
    over = step("call-1", on.LineEnded(1), do.Conclude(do.Outcome.TALKED), now=31.0)

    assert arrived == {'ivr_calls_active{direction="in",group="byg"}': 1.0}
    assert count(metrics, *call(over)) == {
        'ivr_calls_active{direction="in",group="byg"}': -1.0,
        'ivr_calls_total{direction="in",group="byg",result="talked"}': 1.0,
        'ivr_call_duration_seconds_count{direction="in"}': 1.0,
        'ivr_call_duration_seconds_sum{direction="in"}': 30.0,
    }


def test_hanging_up_in_the_dialogue_is_an_outcome_of_the_stage(metrics: Metrics) -> None:
    metrics.count(*call())

    changes = count(
        metrics, *call(step("call-1", on.LineEnded(1), do.Conclude(do.Outcome.HUNG_UP)))
    )

    assert changes['ivr_stage_outcome_total{group="byg",outcome="hangup",stage="start"}'] == 1.0


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        (
            do.Note("key", "main", "1"),
            {
                'ivr_stage_outcome_total{group="byg",outcome="dtmf",stage="start"}': 1.0,
                'ivr_choice_total{choice="main:1",group="byg",input="dtmf",stage="start"}': 1.0,
            },
        ),
        (
            do.Note("key", "main", "5200"),
            {
                'ivr_stage_outcome_total{group="byg",outcome="dtmf",stage="start"}': 1.0,
                'ivr_choice_total{choice="extension",group="byg",input="dtmf",stage="start"}': 1.0,
            },
        ),
        (
            do.Note("no_input", "main"),
            {'ivr_stage_outcome_total{group="byg",outcome="noinput",stage="start"}': 1.0},
        ),
        (
            do.Note("no_match", "main"),
            {'ivr_stage_outcome_total{group="byg",outcome="nomatch",stage="start"}': 1.0},
        ),
        (
            do.Note("heard", "main", "2"),
            {
                'ivr_stage_outcome_total{group="byg",outcome="speech",stage="start"}': 1.0,
                'ivr_choice_total{choice="main:2",group="byg",input="speech",stage="start"}': 1.0,
            },
        ),
        (
            do.Note("heard", "about", "permits"),
            {
                'ivr_stage_outcome_total{group="byg",outcome="speech",stage="start"}': 1.0,
                "ivr_choice_total"
                '{choice="about:permits",group="byg",input="speech",stage="start"}': 1.0,
            },
        ),
        (
            do.Note("heard", "case"),
            {'ivr_stage_outcome_total{group="byg",outcome="speech",stage="start"}': 1.0},
        ),
        (
            do.Note("unclear", "main", "2"),
            {'ivr_stage_outcome_total{group="byg",outcome="lowconf",stage="start"}': 1.0},
        ),
        (
            do.Note("not_understood", "main"),
            {
                'ivr_stage_outcome_total{group="byg",outcome="nomatch",stage="start"}': 1.0,
                "ivr_asr_rejected_total": 1.0,
            },
        ),
        (
            do.Note("recogniser_failed", "main"),
            {'ivr_stage_outcome_total{group="byg",outcome="asr_error",stage="start"}': 1.0},
        ),
        (do.Note("several", "main"), {'ivr_notes_total{kind="several"}': 1.0}),
        (do.Note("denied", "main", "2"), {'ivr_notes_total{kind="denied"}': 1.0}),
        (do.Note("speech_off", "main"), {'ivr_notes_total{kind="speech_off"}': 1.0}),
        (do.Note("prompt_failed", "main"), {'ivr_notes_total{kind="prompt_failed"}': 1.0}),
        (do.Note("node", "main"), {}),
    ],
)
def test_what_a_caller_does_in_a_menu_is_counted(
    metrics: Metrics, note: do.Note, expected: dict[str, float]
) -> None:
    assert count(metrics, *call(step("call-1", on.KeyPressed("1"), note))) == expected


def test_leaving_a_queue_is_counted_with_why_and_how_long(metrics: Metrics) -> None:
    leave = do.LeaveQueue("byg", do.LeaveReason.TIMEOUT, 42.0)

    assert count(metrics, *call(step("call-1", on.DeadlinePassed(), leave))) == {
        'ivr_queue_left_total{queue="byg",reason="timeout"}': 1.0,
        'ivr_queue_wait_seconds_count{outcome="sent_on",queue="byg"}': 1.0,
        'ivr_queue_wait_seconds_sum{outcome="sent_on",queue="byg"}': 42.0,
    }


@pytest.mark.parametrize(
    ("event", "labels_"),
    [
        (on.LineAnswered(2), 'result="answered",sip_code="200"'),
        (on.LineFailed(2, on.Failure.BUSY, 486), 'result="busy",sip_code="486"'),
        (on.LineFailed(2, on.Failure.REFUSED, 499), 'result="refused",sip_code="other"'),
    ],
)
def test_a_transfer_is_counted_by_what_became_of_it(
    metrics: Metrics, event: on.Event, labels_: str
) -> None:
    dial = step("call-1", on.PromptEnded(1), do.Dial(2, TARGET, "pbx", CALLER, 20.0))
    metrics.count(*call(dial))

    changes = count(metrics, *call(dial, step("call-1", event)))

    assert changes == {f'ivr_transfer_total{{destination="byg/skat",{labels_}}}': 1.0}
    assert count(metrics, *call(dial, step("call-1", event))) == {}


def test_a_caller_who_hangs_up_before_the_transfer_answers_gave_up(metrics: Metrics) -> None:
    dial = step("call-1", on.PromptEnded(1), do.Dial(2, TARGET, "pbx", CALLER, 20.0))
    metrics.count(*call(dial))

    over = step("call-1", on.LineEnded(1), do.Conclude(do.Outcome.HUNG_UP))

    transfer = 'ivr_transfer_total{destination="byg/skat",result="abandoned",sip_code="0"}'
    assert count(metrics, *call(dial, over))[transfer] == 1.0


def test_ringing_an_agent_is_no_transfer(metrics: Metrics) -> None:
    dial = step("call-1", on.DeadlinePassed(), do.Dial(2, "sip:anna@127.0.0.1", "", CALLER, 20.0))
    metrics.count(*call(dial))

    assert count(metrics, *call(dial, step("call-1", on.LineAnswered(2)))) == {}


def test_surveys_answers_and_messages_are_counted(metrics: Metrics) -> None:
    save = do.SaveSurvey(TASK, on.Disposition.COMPLETE, 1, AT, AT)
    report = on.SurveyReported("call-1", on.Disposition.COMPLETE)

    assert count(metrics, step(PROGRAMME, report, save)) == {
        'ivr_survey_total{disposition="complete",group="byg"}': 1.0
    }
    answer = do.SaveAnswer(TASK, "satisfied", 8)
    assert count(metrics, step("call-2", on.KeyPressed("8"), answer)) == {
        'ivr_survey_answer_count{group="byg",question="satisfied"}': 1.0,
        'ivr_survey_answer_sum{group="byg",question="satisfied"}': 8.0,
    }
    kept = step("call-1", on.RecordingEnded(1, 9.0), do.KeepMessage(1, "byg-post", 9.0))
    assert count(metrics, *call(kept)) == {'ivr_messages_total{box="byg-post"}': 1.0}


def test_the_answers_have_nine_buckets(metrics: Metrics) -> None:
    metrics.count(step("call-2", on.KeyPressed("8"), do.SaveAnswer(TASK, "satisfied", 8)), None)

    buckets = re.findall(r'ivr_survey_answer_bucket{.*le="(.*?)".*} (.*)', metrics.text())

    assert buckets == [
        *((f"{number}.0", "0.0" if number < 8 else "1.0") for number in range(1, 10)),
        ("+Inf", "1.0"),
    ]


def test_a_call_turned_away_is_counted_once_as_a_rejection(metrics: Metrics) -> None:
    away = on.CallTurnedAway(CALLER, "33663333", AT, on.Refusal.FULL)
    first = step("call-1", away, do.Reject(503, 10), do.Conclude(do.Outcome.TURNED_AWAY))

    changes = count(metrics, first, begin(first))

    assert changes['ivr_sip_rejected_total{reason="full"}'] == 1.0
    assert changes['ivr_calls_total{direction="in",group="none",result="turned_away"}'] == 1.0


def test_an_unknown_number_is_counted_as_a_rejection(metrics: Metrics) -> None:
    arrived = on.CallArrived(CALLER, "999", AT)
    first = step("call-1", arrived, do.Reject(404), do.Conclude(do.Outcome.UNKNOWN_NUMBER))

    changes = count(metrics, first, begin(first))

    assert changes['ivr_sip_rejected_total{reason="unknown_number"}'] == 1.0
