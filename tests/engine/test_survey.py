"""What a key or a silence comes to in a survey call."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ivr.engine import actions as do
from ivr.engine import events as on
from ivr.engine.actions import Note
from ivr.engine.call import advance
from ivr.engine.digits import Again, Done, Heard
from ivr.engine.events import Disposition, SurveyTask
from ivr.engine.moments import Expected, Facts, Tries
from ivr.engine.survey import (
    closing,
    consent_key,
    consent_silence,
    question_key,
    question_silence,
)
from tests.engine.sites import consent, goodbye, question, script, site

TASK = SurveyTask("t1", "+4520112233", "kk-2", "business", "stage1", "a", "anna", "1", "da")
FACTS = Facts(
    id="t1-s1",
    number=TASK.number,
    dialled=TASK.number,
    at=datetime(2026, 3, 4, 9, tzinfo=UTC),
    began=0.0,
    cut_off=1800.0,
    group="business",
    stage="stage1",
    questions="",
    language="da",
    script=script(goodbye()),
    task=TASK,
    disposition=Disposition.NO_CONSENT,
)
NONE, ONE = Tries(), Tries(no_input=1)

# --- consent --------------------------------------------------------------------------------

CONSENT = consent("q1")
WHO_CALLS = CONSENT.prompts


@pytest.mark.parametrize(
    ("key", "tries", "heard"),
    [
        ("1", NONE, Done(replace(FACTS, disposition=Disposition.PARTIAL), "q1")),
        ("0", NONE, Done(replace(FACTS, disposition=Disposition.REFUSED), "stopped")),
        ("*", ONE, Again(WHO_CALLS, ONE)),
        ("5", NONE, Again(WHO_CALLS, ONE, (Note("no_match", "consent"),))),
        ("#", ONE, Done(FACTS, "silent", (Note("no_match", "consent"),))),
    ],
)
def test_only_key_1_begins(key: str, tries: Tries, heard: Heard) -> None:
    assert consent_key(FACTS, CONSENT, key, tries) == heard


def test_who_says_nothing_is_asked_once_more() -> None:
    note = (Note("no_input", "consent"),)

    assert consent_silence(FACTS, CONSENT, NONE) == Again(WHO_CALLS, ONE, note)
    assert consent_silence(FACTS, CONSENT, ONE) == Done(FACTS, "silent", note)


# --- questions ------------------------------------------------------------------------------

Q1 = question("q1", "q2")
ASKED, INVALID, STOP = ("survey.q1",), ("survey.invalid", "survey.q1"), ("survey.stop",)
ASKED_TO_STOP = Tries(no_input=1, asked_to_stop=True)
NO_ANSWER = (Note("invalid_answer", "q1"),)


def _answered(value: int) -> Done:
    return Done(replace(FACTS, answers=1), "q2", (do.SaveAnswer(TASK, "q1", value),))


@pytest.mark.parametrize(
    ("key", "tries", "heard"),
    [
        ("1", NONE, _answered(1)),
        ("9", ONE, _answered(9)),
        ("7", ASKED_TO_STOP, _answered(7)),
        ("*", ASKED_TO_STOP, Again(ASKED, Tries(no_input=1))),
        ("#", NONE, Done(FACTS, "q2", (Note("skipped", "q1"),))),
        ("A", NONE, Again(INVALID, ONE, NO_ANSWER)),
        ("A", ONE, Done(FACTS, "q2", NO_ANSWER)),
        ("0", NONE, Again(STOP, ASKED_TO_STOP, NO_ANSWER)),
        # The first 0 is answered even as the last attempt: it may mean "leave me alone".
        ("0", ONE, Again(STOP, Tries(no_input=2, asked_to_stop=True), NO_ANSWER)),
        ("0", ASKED_TO_STOP, Done(replace(FACTS, disposition=Disposition.REFUSED), "stopped")),
    ],
)
def test_a_key_after_a_question(key: str, tries: Tries, heard: Heard) -> None:
    assert question_key(FACTS, Q1, key, tries) == heard


def test_silence_after_a_question_asks_once_more_and_then_the_next() -> None:
    note = (Note("no_input", "q1"),)

    assert question_silence(FACTS, Q1, NONE) == Again(INVALID, ONE, note)
    assert question_silence(FACTS, Q1, ASKED_TO_STOP) == Done(FACTS, "q2", note)


# --- what it came to ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stood", "answers", "came_to"),
    [
        (Disposition.PARTIAL, 1, Disposition.COMPLETE),
        (Disposition.PARTIAL, 0, Disposition.PARTIAL),
        (Disposition.REFUSED, 3, Disposition.REFUSED),
        (Disposition.NO_CONSENT, 0, Disposition.NO_CONSENT),
    ],
)
def test_a_survey_that_comes_to_its_end_with_an_answer_is_complete(
    stood: Disposition, answers: int, came_to: Disposition
) -> None:
    facts = replace(FACTS, disposition=stood, answers=answers)

    assert closing(facts).disposition is came_to


def test_without_a_trunk_nobody_is_called() -> None:
    nowhere = replace(site(goodbye()), trunks=())

    _, actions = advance(nowhere, Expected(), on.SurveyStarted(TASK, FACTS.at), 0.0, call="t1-s1")
    assert actions[1:] == (
        do.ReportSurvey("t1", Disposition.FAILED),
        do.Conclude(do.Outcome.SURVEYED),
    )
