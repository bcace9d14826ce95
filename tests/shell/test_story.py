"""A call is told in plain words, and people's numbers only when asked for."""

import typing
from datetime import UTC, datetime

import pytest

from ivr import story
from ivr.engine import actions as do
from ivr.engine import events as on
from ivr.engine.actions import Action, LeaveReason, Outcome, Prompt
from ivr.engine.events import Event
from ivr.engine.grammar import Grammar
from ivr.engine.step import FLOOR, PROGRAMME, Step
from ivr.story import told, who

AT = datetime(2026, 3, 4, 11, 0, tzinfo=UTC)
NUMBER = "+4520112233"
TASK = on.SurveyTask("c1", NUMBER, "kk-1", "byg", "stage-0", "byg", "anna", "1", "da")


def step(event: Event, *actions: Action, subject: str = "c1") -> Step:
    return Step(subject, 1.0, AT, event, actions)


@pytest.mark.parametrize(
    ("happened", "line"),
    [
        (
            step(on.KeyPressed("7"), do.StopPlaying(1), do.Note("no_match", "main")),
            "the caller presses 7; no such choice in main",
        ),
        (
            step(on.PromptEnded(3), do.Play(4, 1, "da", (Prompt("q", (("position", 2),)),))),
            "it has been said; says q(position=2)",
        ),
        (
            step(on.LineAnswered(3), do.Bridge(1, 3)),
            "line 3 answers; connects the caller with line 3",
        ),
        (
            step(on.LineEnded(1), do.LeaveQueue("byg", LeaveReason.ABANDONED, 4)),
            "the caller is gone: hung_up; leaves queue byg after 4.0 s: abandoned",
        ),
        (
            step(on.LineFailed(2, on.Failure.BUSY, 486), do.Note("trunk_failed", "pbx", "486")),
            "line 2 is not reached: busy (486); trunk pbx failed (486)",
        ),
        (
            step(on.SpeechHeard(2, "jeg ringer om byg", 0.7), do.Note("unclear", "main", "2")),
            "the caller says some words (0.70); may have meant 2 in main",
        ),
        (
            step(on.RecogniserFailed(2), do.Note("recogniser_failed", "main")),
            "the recogniser fails; cannot be heard in main",
        ),
        (
            step(on.PromptEnded(2), do.Listen(2, 1, Grammar("main", "da"), 8.0)),
            "it has been said; listens in main",
        ),
        (
            step(on.SpeechHeard(2, "ni", 1.0), do.Note("heard", "case")),
            "the caller says some words (1.00); is understood in case",
        ),
        (step(on.LineEnded(1), do.Conclude(Outcome.HUNG_UP)),
         "the caller is gone: hung_up; the call is over: hung_up"),
    ],
)  # fmt: skip
def test_a_step_is_told_in_one_line(happened: Step, line: str) -> None:
    assert told(happened) == line


@pytest.mark.parametrize(
    "happened",
    [
        step(on.CallArrived(NUMBER, "+4533663333", AT), do.Answer()),
        step(on.CallTurnedAway(NUMBER, "+4533663333", AT, on.Refusal.FULL), do.Reject(503, 5)),
        step(on.SurveyStarted(TASK, AT), do.Dial(1, NUMBER, "pbx", "+4533663333", 20.0)),
        step(on.SurveyProposed(TASK), subject=PROGRAMME),
        step(on.NumberRefused(NUMBER), subject=PROGRAMME),
    ],
)
def test_a_persons_number_is_told_only_when_asked_for(happened: Step) -> None:
    assert NUMBER not in told(happened)


def test_a_number_is_told_when_asked_for() -> None:
    assert NUMBER in told(step(on.CallArrived(NUMBER, "+4533663333", AT)), numbers=True)


def test_words_are_told_only_when_asked_for() -> None:
    heard = step(on.SpeechHeard(2, "jeg ringer om byg", 0.7))

    assert "byg" not in told(heard)
    assert told(heard, numbers=True) == 'the caller says "jeg ringer om byg" (0.70)'


def test_every_event_has_words_but_those_only_a_restart_knows() -> None:
    without = {one.__name__ for one in typing.get_args(Event)} - {
        one.__name__ for one in story._EVENTS
    }

    assert without == {"NumberAsked", "NumberRefused"}


def test_every_action_for_the_world_has_words() -> None:
    without = {one.__name__ for one in typing.get_args(Action)} - {
        one.__name__ for one in story._ACTIONS
    }

    # What one part of the engine tells another is told by the other's own step.
    assert without == {
        "StopListening",
        "StopPlaying",
        "AskPosition",
        "ReportAgent",
        "ProposeSurvey",
        "ReportSurvey",
        "OfferAgent",
        "TellPosition",
        "RefuseCaller",
        "StartSurvey",
    }


def test_the_parts_of_the_engine_have_names() -> None:
    names = [who(step(on.DeadlinePassed(), subject=name)) for name in ("c1", FLOOR, PROGRAMME)]

    assert names == ["c1", "floor", "survey programme"]
