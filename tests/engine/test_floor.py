"""Who is rung for whom: small floors with a clear answer."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from ivr.engine.actions import Action, ChangeAgent, OfferAgent, RefuseCaller, TellPosition
from ivr.engine.events import (
    AgentLoggedIn,
    AgentLoggedOut,
    AgentOutcome,
    AgentReported,
    CallerJoined,
    CallerLeft,
    DeadlinePassed,
    FloorEvent,
    PositionAsked,
    QueueRefusal,
)
from ivr.engine.floor import Floor, Manner, advance, opened, reopened
from ivr.engine.site import Agent, Site
from tests.engine.sites import agent, goodbye, queue, site

ANSWERED, RELEASED = AgentOutcome.ANSWERED, AgentOutcome.RELEASED
NO_ANSWER, WITHDRAWN = AgentOutcome.NO_ANSWER, AgentOutcome.WITHDRAWN


def _site(*agents: Agent) -> Site:
    """A floor with two queues, `a` and `b`."""
    return site(goodbye(), queues=(queue("a"), queue("b")), agents=agents)


def _lived(floor: Floor, *events: tuple[float, FloorEvent]) -> tuple[Floor, list[Action]]:
    done: list[Action] = []
    for now, event in events:
        floor, actions = advance(floor, event, now)
        done += actions
    return floor, done


def _offers(actions: Sequence[Action]) -> list[tuple[str, str]]:
    return [(each.call, each.agent) for each in actions if isinstance(each, OfferAgent)]


def _opened(*agents: Agent) -> Floor:
    return opened(_site(*agents), 0.0)


# --- matching -------------------------------------------------------------------------------


def test_the_highest_skill_is_rung_first() -> None:
    floor = _opened(agent("low", a=3), agent("high", a=8), agent("middle", a=5))

    _, done = _lived(floor, *((1.0, CallerJoined(call, "a")) for call in ("c1", "c2", "c3")))

    assert _offers(done) == [("c1", "high"), ("c2", "middle"), ("c3", "low")]


def test_among_equals_the_longest_idle_is_rung() -> None:
    floor = _opened(agent("anna", a=5), agent("bo", a=5))

    _, done = _lived(
        floor,
        (1.0, CallerJoined("c1", "a")),
        (2.0, AgentReported("c1", "anna", ANSWERED)),
        (9.0, AgentReported("c1", "anna", RELEASED)),
        (29.0, DeadlinePassed()),
        (30.0, CallerJoined("c2", "a")),
    )

    assert _offers(done) == [("c1", "anna"), ("c2", "bo")]


def test_an_agent_whose_caller_gave_up_is_idle_as_long_as_before() -> None:
    floor = _opened(agent("anna", a=5), agent("bo", a=5, b=5))

    _, done = _lived(
        floor,
        (1.0, CallerJoined("c1", "a")),
        (5.0, CallerLeft("c1")),
        (5.0, AgentReported("c1", "anna", WITHDRAWN)),
        (6.0, CallerJoined("c2", "a")),
    )

    assert _offers(done) == [("c1", "anna"), ("c2", "anna")]


def test_the_longest_waiting_comes_first_over_all_queues_an_agent_serves() -> None:
    floor = _opened(agent("anna", a=5, b=9), agent("bo", logged_in=False, a=1, b=1))

    _, done = _lived(
        floor,
        (1.0, CallerJoined("c1", "a")),
        (2.0, CallerJoined("c2", "a")),
        (3.0, CallerJoined("c3", "b")),
        (4.0, AgentLoggedIn("bo")),
    )

    assert _offers(done) == [("c1", "anna"), ("c2", "bo")]


def test_a_caller_nobody_free_can_serve_does_not_hold_up_the_next() -> None:
    floor = _opened(agent("anna", a=5), agent("bo", b=5))

    _, done = _lived(
        floor,
        (1.0, CallerJoined("c1", "a")),
        (2.0, CallerJoined("c2", "a")),
        (3.0, CallerJoined("c3", "b")),
    )

    assert _offers(done) == [("c1", "anna"), ("c3", "bo")]


def test_a_caller_whose_agent_did_not_answer_keeps_his_place() -> None:
    floor = _opened(agent("anna", a=9), agent("bo", a=5))

    floor, done = _lived(
        floor,
        (1.0, CallerJoined("c1", "a")),
        (2.0, CallerJoined("c2", "a")),
        (3.0, CallerJoined("c3", "a")),
        (9.0, AgentReported("c1", "anna", NO_ANSWER)),
        (9.5, AgentReported("c2", "bo", ANSWERED)),
        (39.0, DeadlinePassed()),
    )

    assert _offers(done) == [("c1", "anna"), ("c2", "bo"), ("c1", "anna")]
    assert list(floor.waiting["a"]) == ["c1", "c3"]


@pytest.mark.parametrize(
    "outcome", [AgentOutcome.NO_ANSWER, AgentOutcome.BUSY, AgentOutcome.FAILED]
)
def test_an_agent_who_was_not_reached_rests(outcome: AgentOutcome) -> None:
    floor, done = _lived(
        _opened(agent("anna", a=9)),
        (1.0, CallerJoined("c1", "a")),
        (5.0, AgentReported("c1", "anna", outcome)),
    )

    assert done[-1] == ChangeAgent("anna", "resting")
    assert floor.deadline == 35.0
    _, done = _lived(floor, (35.0, DeadlinePassed()))
    assert _offers(done) == [("c1", "anna")]


# --- refusals and positions -----------------------------------------------------------------


def test_a_queue_that_is_full_or_where_nobody_works_refuses() -> None:
    floor = _opened(agent("anna", a=9), agent("bo", logged_in=False, b=9))

    _, done = _lived(
        floor,
        *((1.0, CallerJoined(call, "a")) for call in ("c1", "c2", "c3", "c4")),
        (2.0, CallerJoined("c5", "b")),
        (2.0, CallerJoined("c6", "no such queue")),
    )

    assert [each for each in done if isinstance(each, RefuseCaller)] == [
        RefuseCaller("c4", QueueRefusal.FULL),
        RefuseCaller("c5", QueueRefusal.EMPTY),
        RefuseCaller("c6", QueueRefusal.EMPTY),
    ]


def test_positions_are_told_in_order_and_move_up() -> None:
    floor = _opened(agent("anna", a=9))

    _, done = _lived(
        floor,
        (1.0, CallerJoined("c1", "a")),
        (2.0, CallerJoined("c2", "a")),
        (3.0, CallerJoined("c3", "a")),
        (4.0, AgentReported("c1", "anna", ANSWERED)),
        (5.0, CallerLeft("c2")),
        (6.0, PositionAsked("c3")),
        (6.0, CallerJoined("c3", "a")),  # twice is once
        (6.0, PositionAsked("stranger")),
        (6.0, CallerLeft("stranger")),
    )

    assert [each for each in done if isinstance(each, TellPosition)] == [
        TellPosition("c1", 1),
        TellPosition("c2", 2),
        TellPosition("c3", 3),
        TellPosition("c3", 1),
        TellPosition("c3", 1),
    ]


# --- coming and going -----------------------------------------------------------------------


def test_agents_begin_as_configured() -> None:
    floor = _opened(agent("anna", a=9), agent("bo", logged_in=False, a=9))

    assert [seat.manner for seat in floor.seats.values()] == [Manner.READY, Manner.LOGGED_OUT]
    assert floor.deadline is None


def test_who_logs_in_is_rung_for_who_waits() -> None:
    floor = _opened(agent("anna", a=9), agent("bo", logged_in=False, a=9))

    _, done = _lived(
        floor,
        (1.0, CallerJoined("c1", "a")),
        (2.0, CallerJoined("c2", "a")),
        (3.0, AgentLoggedIn("bo")),
        (4.0, AgentLoggedIn("bo")),
        (4.0, AgentLoggedIn("nobody we know")),
    )

    assert _offers(done) == [("c1", "anna"), ("c2", "bo")]


def test_who_logs_out_and_in_while_he_talks_has_never_been_away() -> None:
    floor, done = _lived(
        _opened(agent("anna", a=9)),
        (1.0, CallerJoined("c1", "a")),
        (2.0, AgentReported("c1", "anna", ANSWERED)),
        (3.0, AgentLoggedOut("anna")),
        (4.0, AgentLoggedIn("anna")),
        (9.0, AgentReported("c1", "anna", RELEASED)),
    )

    assert done[-1] == ChangeAgent("anna", "wrap_up")
    assert floor.deadline == 29.0


def test_who_logs_out_while_he_is_rung_is_not_rung_again_when_the_caller_gives_up() -> None:
    floor, done = _lived(
        _opened(agent("anna", a=9)),
        (1.0, CallerJoined("c1", "a")),
        (2.0, AgentLoggedOut("anna")),
        (3.0, CallerLeft("c1")),
        (3.0, AgentReported("c1", "anna", WITHDRAWN)),
        (4.0, CallerJoined("c2", "a")),
    )

    assert _offers(done) == [("c1", "anna")]
    assert floor.seats["anna"].manner is Manner.LOGGED_OUT
    assert done[-1] == RefuseCaller("c2", QueueRefusal.EMPTY)


def test_wrap_up_is_cut_short_by_logging_out_and_nothing_is_due_any_more() -> None:
    floor, done = _lived(
        _opened(agent("anna", a=9)),
        (1.0, CallerJoined("c1", "a")),
        (2.0, AgentReported("c1", "anna", ANSWERED)),
        (3.0, AgentReported("c1", "anna", RELEASED)),
        (4.0, AgentLoggedOut("anna")),
        (5.0, AgentLoggedOut("anna")),
        (5.0, AgentLoggedOut("nobody we know")),
    )

    assert floor.deadline is None
    assert done[-1] == ChangeAgent("anna", "logged_out")


def test_a_report_about_another_call_changes_nothing() -> None:
    floor, _ = _lived(_opened(agent("anna", a=9)), (1.0, CallerJoined("c1", "a")))

    assert advance(floor, AgentReported("c2", "anna", ANSWERED), 2.0) == (floor, ())
    assert advance(floor, AgentReported("c1", "nobody we know", ANSWERED), 2.0) == (floor, ())


# --- a new configuration --------------------------------------------------------------------


def test_a_reload_finds_agents_for_those_who_wait() -> None:
    floor, _ = _lived(
        _opened(agent("anna", a=9), agent("bo", b=9)),
        (1.0, CallerJoined("c1", "a")),
        (2.0, CallerJoined("c2", "a")),
    )

    floor = reopened(floor, _site(agent("anna", a=9), agent("bo", a=2)), 3.0)

    assert floor.deadline == 3.0
    _, done = _lived(floor, (3.0, DeadlinePassed()))
    assert _offers(done) == [("c2", "bo")]


def test_a_reload_sends_on_whom_nobody_serves_any_more() -> None:
    floor, _ = _lived(
        _opened(agent("anna", a=9)),
        (1.0, CallerJoined("c1", "a")),
        (2.0, CallerJoined("c2", "a")),
    )

    _, done = _lived(reopened(floor, _site(agent("bo", b=9)), 3.0), (3.0, DeadlinePassed()))

    assert done == [RefuseCaller("c2", QueueRefusal.EMPTY)]


def test_a_queue_that_is_gone_is_served_until_it_is_empty() -> None:
    both, only_a = _site(agent("anna", b=9)), _site(agent("anna", a=9))
    only_a = replace(only_a, queues={"a": only_a.queues["a"]})
    floor, _ = _lived(
        opened(both, 0.0), (1.0, CallerJoined("c1", "b")), (2.0, CallerJoined("c2", "b"))
    )

    floor, done = _lived(
        reopened(floor, only_a, 3.0),
        (4.0, AgentReported("c1", "anna", ANSWERED)),
        (9.0, AgentReported("c1", "anna", RELEASED)),
        (29.0, DeadlinePassed()),
        (30.0, AgentReported("c2", "anna", ANSWERED)),
        (40.0, AgentReported("c2", "anna", RELEASED)),
    )

    assert _offers(done) == [("c2", "anna")]
    assert "b" in floor.queues
    assert set(reopened(floor, only_a, 50.0).queues) == {"a"}


def test_an_agent_who_is_gone_leaves_when_he_is_done_and_is_rung_no_more() -> None:
    floor, _ = _lived(
        _opened(agent("anna", a=9), agent("bo", a=1)),
        (1.0, CallerJoined("c1", "a")),
        (2.0, AgentReported("c1", "anna", ANSWERED)),
    )

    floor, done = _lived(
        reopened(floor, _site(agent("bo", logged_in=False, a=1)), 3.0),
        (9.0, AgentReported("c1", "anna", RELEASED)),
        (10.0, AgentLoggedIn("anna")),
        (11.0, CallerJoined("c2", "a")),
        (12.0, CallerJoined("c3", "a")),
    )

    assert done[0] == ChangeAgent("anna", "logged_out")
    # bo was logged in before the reload, and is it still.
    assert _offers(done) == [("c2", "bo")]
    assert set(reopened(floor, _site(agent("bo", a=1)), 13.0).seats) == {"bo"}
