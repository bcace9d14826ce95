"""A whole call, where transcripts would say it at too great a length."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given

from ivr.engine import actions as do
from ivr.engine import events as on
from ivr.engine import script as node
from ivr.engine.actions import Action
from ivr.engine.call import advance
from ivr.engine.events import CallEvent
from ivr.engine.moments import Expected, State
from ivr.engine.site import Group, Site
from tests.engine.generated import promise
from tests.engine.sites import DIALLED, collect, goodbye, menu, message, say, site
from tests.engine.world import call_events

BEGINS = datetime(2026, 3, 4, 9, tzinfo=UTC)
ARRIVED = on.CallArrived("20112233", DIALLED, BEGINS)


def _lived(where: Site, *events: CallEvent) -> tuple[State, tuple[Action, ...]]:
    """Live through events, a second apart; return the end and the last actions."""
    state: State = Expected()
    actions: tuple[Action, ...] = ()
    for now, event in enumerate((ARRIVED, *events)):
        state, actions = advance(where, state, event, float(now), call="call")
    return state, actions


def _played(actions: Sequence[Action]) -> list[str]:
    played = [action for action in actions if isinstance(action, do.Play)]
    return [str(prompt) for play in played for prompt in play.prompts]


# --- beginning ------------------------------------------------------------------------------


@promise
@given(call_events)
def test_nothing_happens_to_a_call_before_it_arrives(event: CallEvent) -> None:
    where = site(goodbye())

    if not isinstance(event, on.CallArrived):
        assert advance(where, Expected(), event, 1.0) == (Expected(), ())


@pytest.mark.parametrize(
    ("arrives", "stage"),
    [
        ("2026-03-31 21:59:59", "before"),
        ("2026-03-31 22:00", "first"),  # midnight in Denmark, summer time
        ("2026-12-31 22:59:59", "first"),
        ("2026-12-31 23:00", "second"),
    ],
)
def test_a_stage_is_in_force_from_midnight_in_denmark(arrives: str, stage: str) -> None:
    plain = site(goodbye())
    only = plain.groups["business"].stages[0]
    stages = (
        replace(only, name="before"),
        replace(only, name="first", since=date(2026, 4, 1)),
        replace(only, name="second", since=date(2027, 1, 1)),
    )
    where = replace(plain, groups={"business": Group("business", stages)})
    at = datetime.fromisoformat(arrives).replace(tzinfo=UTC)

    _, actions = advance(where, Expected(), on.CallArrived("", DIALLED, at), 0.0)
    assert do.Admit("business", stage, "da", "c0ffee") in actions


def test_no_survey_is_announced_in_a_stage_that_asks_nothing() -> None:
    plain = site(node.SurveyNotice("notice", ("notice",), "bye"), goodbye())
    stage = replace(plain.groups["business"].stages[0], questions="")
    where = replace(plain, groups={"business": Group("business", (stage,))})

    assert _played(_lived(plain)[1]) == ["notice"]
    assert _played(_lived(where)[1]) == ["bye"]


# --- keys during prompts ------------------------------------------------------------------------


CHAIN = site(say("one", "two"), say("two", "asked"), menu("asked", {"1": "bye"}), goodbye())


def test_a_key_skips_every_prompt_before_the_menu_it_is_for() -> None:
    _, actions = _lived(CHAIN, on.KeyPressed("1"))

    assert _played(actions) == ["bye"]


def test_a_key_that_nobody_awaits_skips_only_what_it_interrupts() -> None:
    """Who presses a key in the greeting must still hear that it is closed."""
    where = site(say("one", "two"), say("two", "message"), message(), goodbye("thanks"), goodbye())

    _, actions = _lived(where, on.KeyPressed("1"))
    assert _played(actions) == ["two"]
    _, actions = _lived(where, on.KeyPressed("1"), on.KeyPressed("1"))
    assert _played(actions) == ["message.invite", "tone"]


@pytest.mark.parametrize(("hours", "said"), [("office", ["bye"]), ("by_hand", ["two"])])
def test_whether_a_key_is_awaited_depends_on_the_hours(hours: str, said: list[str]) -> None:
    where = site(
        say("one", "two"),
        say("two", "english"),
        node.ChooseLanguage("english", "en", "hours"),
        node.OpeningHours("hours", hours, "notice", {"switch": "bye"}, "bye"),
        node.SurveyNotice("notice", ("notice",), "asked"),
        menu("asked", {"1": "bye"}),
        goodbye(),
    )

    state, actions = _lived(where, on.KeyPressed("1"))
    if hours == "office":
        # The notice is heard in full; the key that got us here chooses when it is over.
        assert _played(actions) == ["notice"]
        state, actions = advance(where, state, on.PromptEnded(state.turn), 9.0)
    assert _played(actions) == said


def test_every_key_of_two_in_one_packet_counts_when_both_are_awaited() -> None:
    where = site(
        say("legal", "first", interruptible=False),
        replace(menu("first", {"1": "second"}), early_keys=True),
        replace(menu("second", {"2": "chosen"}), early_keys=True),
        goodbye("chosen"),
        goodbye(),
    )

    _, actions = _lived(where, on.KeyPressed("1"), on.KeyPressed("2"), on.PromptEnded(1))
    assert _played(actions) == ["chosen"]


def test_a_hash_typed_ahead_belongs_to_the_number_that_it_follows() -> None:
    where = site(
        say("legal", "case", interruptible=False),
        replace(collect("case", 2, 4, "first"), early_keys=True),
        replace(menu("first", {"1": "chosen"}), early_keys=True),
        goodbye("chosen"),
        goodbye(),
    )

    _, actions = _lived(where, *map(on.KeyPressed, "1234#1"), on.PromptEnded(1))
    assert _played(actions) == ["chosen"]
    assert do.Note("no_match", "first") not in actions


def test_a_second_menu_does_not_inherit_that_the_first_was_not_to_be_interrupted() -> None:
    where = site(
        replace(menu("first", {"1": "second"}), interruptible=False),
        menu("second", {"2": "chosen"}),
        goodbye("chosen"),
        goodbye(),
    )

    _, actions = _lived(where, on.PromptEnded(1), on.KeyPressed("1"), on.KeyPressed("2"))
    assert actions[0] == do.StopPlaying(1)
    assert _played(actions) == ["chosen"]


# --- transfers and surveys without a trunk ------------------------------------------------------


def test_a_transfer_without_any_trunk_fails_before_it_rings() -> None:
    away = node.Transfer("away", "+4533660101", ("hold",), 20, "bye", "bye", "failed")
    where = replace(site(away, goodbye("failed"), goodbye()), trunks=())

    _, actions = _lived(where)
    assert _played(actions) == ["failed"]
    assert not any(isinstance(action, do.Dial) for action in actions)


@pytest.mark.parametrize("event", [on.LineEnded(2), on.LineEnded(2, on.Ending.BROKEN)])
def test_a_transfer_whose_line_breaks_before_it_answers_goes_on(event: on.LineEnded) -> None:
    away = node.Transfer("away", "+4533660101", ("hold",), 20, "bye", "bye", "failed")

    _, actions = _lived(site(away, goodbye("failed"), goodbye()), event)
    assert _played(actions) == ["failed"]


# --- faults ---------------------------------------------------------------------------------


def test_a_fault_ends_every_moment_with_an_apology_or_a_hang_up() -> None:
    where = site(menu("main", {"1": "message"}), message(), goodbye("thanks"), goodbye())

    asking, _ = _lived(where)
    leaving, actions = advance(where, asking, on.GatewayFailed(), 2.0)
    assert _played(actions) == ["error"]
    assert advance(where, leaving, on.GatewayFailed(), 3.0)[1] == (
        do.HangUp(1),
        do.Conclude(do.Outcome.FAILED),
    )


def test_a_fault_while_a_message_is_recorded_keeps_what_was_said() -> None:
    where = site(message(), goodbye("thanks"), goodbye())

    state, _ = _lived(where, on.PromptEnded(1), on.GatewayFailed())
    _, actions = advance(where, state, on.RecordingEnded(state.turn, 9.0), 9.0)
    assert actions == (do.KeepMessage(2, "office", 9.0), do.Conclude(do.Outcome.MESSAGE))


def test_a_gateway_that_stops_while_a_message_is_filed_still_files_it() -> None:
    where = site(message(), goodbye("thanks"), goodbye())

    state, actions = _lived(where, on.PromptEnded(1), on.KeyPressed("#"), on.GatewayStopped())
    assert actions == (do.HangUp(1),)
    _, actions = advance(where, state, on.RecordingEnded(state.turn, 9.0), 9.0)
    assert actions == (do.KeepMessage(2, "office", 9.0), do.Conclude(do.Outcome.MESSAGE))


# --- what means nothing -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "before",
    [
        (),
        (on.PromptEnded(1),),
        (on.PromptEnded(1), on.PromptEnded(2)),
        (on.PromptEnded(1), on.KeyPressed("1")),
        (on.PromptEnded(1), on.KeyPressed("1"), on.PromptEnded(3)),
        (on.PromptEnded(1), on.KeyPressed("1"), on.PromptEnded(3), on.KeyPressed("#")),
        (on.PromptEnded(1), on.KeyPressed("2")),
    ],
)
def test_an_event_that_means_nothing_now_changes_nothing(before: tuple[CallEvent, ...]) -> None:
    where = site(
        say("hello", "main"),
        menu("main", {"1": "message", "2": "bye"}),
        message(),
        goodbye("thanks"),
        goodbye(),
    )

    state, _ = _lived(where, *before)
    for event in (on.LineRang(1), on.LineAnswered(1), on.LineFailed(1, on.Failure.BUSY)):
        assert advance(where, state, event, 9.0) == (state, ())
