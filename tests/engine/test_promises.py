"""Promises that hold for every call through every script, however unlucky the timing."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from ivr.engine import actions as do
from ivr.engine import events as on
from ivr.engine import moments
from ivr.engine.actions import Action
from ivr.engine.call import advance
from ivr.engine.exchange import Exchange
from ivr.engine.record import begin, fold
from ivr.engine.site import Site
from ivr.engine.step import Step
from tests.engine.generated import BEGINNINGS, TRANSFER, generated_sites, promise
from tests.engine.world import Happen, Move, World, call_events, moves

Moves = Sequence[Move]
site = generated_sites()
begins = st.sampled_from(BEGINNINGS)


def _lived(site: Site, begins: datetime, moves: Moves, other: Site | None = None) -> World:
    return World(site, other or site, begins).make(moves)


@promise
@given(site, begins, moves)
def test_the_same_events_give_the_same_actions(site: Site, begins: datetime, moves: Moves) -> None:
    assert _lived(site, begins, moves).steps == _lived(site, begins, moves).steps


@promise
@given(site, site, begins, moves)
def test_every_call_ends_in_exactly_one_outcome(
    site: Site, other: Site, begins: datetime, moves: Moves
) -> None:
    world = _lived(site, begins, moves, other)
    world.hang_up()

    assert world.exchange.calls == 0
    for subject in world.subjects():
        actions = _actions(world.of(subject))
        assert [type(action) for action in actions].count(do.Conclude) == 1
        assert isinstance(actions[-1], do.Conclude)


@promise
@given(site, begins, moves, call_events)
def test_an_ended_call_is_gone_and_stays_silent(
    site: Site, begins: datetime, moves: Moves, late: on.CallEvent
) -> None:
    world = _lived(site, begins, moves)
    ended = world.subjects() - set(world.exchange.live())

    for subject in ended:
        assert world.exchange.state(subject) is None
        if not isinstance(late, on.CallArrived):
            assert world.exchange.handle(subject, late, world.now, world.at) == []
    state = moments.Ended(7, do.Outcome.TALKED)
    assert advance(site, state, late, world.now) == (state, ())


@promise
@given(site, begins, moves, st.integers(1, 99))
def test_the_end_of_an_earlier_order_changes_nothing(
    site: Site, begins: datetime, moves: Moves, behind: int
) -> None:
    world = _lived(site, begins, moves)

    for state in _states(world.exchange):
        turn = state.turn - behind
        for late in (
            on.PromptEnded(turn),
            on.PromptFailed(turn),
            on.RecordingEnded(turn, 9.0),
            on.SpeechStarted(turn),
            on.SpeechHeard(turn, "ja", 1.0),
            on.NothingHeard(turn),
            on.RecogniserFailed(turn),
        ):
            assert advance(site, state, late, world.now) == (state, ())


@promise
@given(site, begins, moves, st.integers(1, 9))
def test_the_news_of_a_foreign_line_changes_nothing(
    site: Site, begins: datetime, moves: Moves, ahead: int
) -> None:
    world = _lived(site, begins, moves)

    for state in _states(world.exchange):
        line = state.facts.lines + ahead
        for foreign in (
            on.LineRang(line),
            on.LineAnswered(line),
            on.LineFailed(line, on.Failure.BUSY),
            on.LineEnded(line),
            on.KeyPressed("1", line),
        ):
            assert advance(site, state, foreign, world.now) == (state, ())


@promise
@given(site, begins, moves)
def test_a_deadline_that_comes_early_changes_nothing(
    site: Site, begins: datetime, moves: Moves
) -> None:
    world = _lived(site, begins, moves)

    for state in _states(world.exchange):
        due = moments.deadline(state)
        assert due is not None
        assert advance(site, state, on.DeadlinePassed(), due - 0.1) == (state, ())


@promise
@given(site, begins, moves)
def test_the_next_deadline_is_the_soonest_of_all(
    site: Site, begins: datetime, moves: Moves
) -> None:
    exchange = _lived(site, begins, moves).exchange

    dues = [moments.deadline(state) for state in _states(exchange)]
    seats = [seat.until for seat in exchange.floor.seats.values()]
    soonest = min([*(due for due in dues if due is not None), *seats], default=float("inf"))
    assert (exchange.next_deadline() or float("inf")) == soonest


@promise
@given(site, begins, moves)
def test_no_caller_waits_for_ever(site: Site, begins: datetime, moves: Moves) -> None:
    """Whoever presses nothing and gets no answer still comes to an end, without limits.seconds."""
    patient = replace(site, limits=replace(site.limits, seconds=1e9))
    world = _lived(patient, begins, moves)

    for _ in range(1000):
        if world.exchange.calls:
            world.wait()
    assert world.exchange.calls == 0
    assert world.now < 1e9


@promise
@given(site, site, begins, moves)
def test_every_line_that_is_dialled_comes_to_an_end(
    site: Site, other: Site, begins: datetime, moves: Moves
) -> None:
    world = _lived(site, begins, moves, other)
    world.hang_up()

    for subject in world.subjects():
        open_lines: set[int] = set()
        for step in world.of(subject):
            match step.event:
                case on.LineFailed(line) | on.LineEnded(line):
                    open_lines.discard(line)
            for action in step.actions:
                match action:
                    case do.Dial(line):
                        open_lines.add(line)
                    case do.HangUp(line):
                        open_lines.discard(line)
        assert not open_lines


@promise
@given(site, site, begins, moves)
def test_nothing_is_dialled_but_what_the_site_names(
    site: Site, other: Site, begins: datetime, moves: Moves
) -> None:
    """Toll fraud: agents, transfer targets, and whoever has called and is surveyed."""
    world = _lived(site, begins, moves, other)

    agents = {agent.address for each in (site, other) for agent in each.agents.values()}
    callers = {"+4520112233", "+4531445566"}
    for action in world.actions:
        match action:
            case do.Dial(target=target, trunk=""):
                assert target in agents
            case do.Dial(target=target, trunk=trunk):
                assert target in {TRANSFER} | callers
                assert trunk in {*site.trunks, *other.trunks}


@promise
@given(site, begins, moves)
def test_the_record_of_a_call_is_over_when_the_call_is(
    site: Site, begins: datetime, moves: Moves
) -> None:
    world = _lived(site, begins, moves)
    world.hang_up()

    for subject in world.subjects():
        first, *rest = world.of(subject)
        record = begin(first)
        for step in rest:
            assert not record.is_over
            record = fold(record, step)
        assert record.is_over
        assert record.seconds >= (record.waited or 0.0) + (record.talked or 0.0) >= 0.0


@promise
@given(site, begins, moves)
def test_nothing_is_played_while_a_message_is_recorded(
    site: Site, begins: datetime, moves: Moves
) -> None:
    world = _lived(site, begins, moves)

    for subject in world.subjects():
        records = False
        for step in world.of(subject):
            records &= not isinstance(step.event, on.RecordingEnded)
            for action in step.actions:
                assert not (records and isinstance(action, do.Play | do.PlayMusic | do.Bridge))
                records |= isinstance(action, do.Record)
                # A recorder that never answers is given up.
                records &= not isinstance(action, do.DropMessage)


@promise
@given(site, begins, moves, st.text("0123456789*#", min_size=50, max_size=200))
def test_a_storm_of_keys_is_survived(site: Site, begins: datetime, moves: Moves, keys: str) -> None:
    world = _lived(site, begins, moves)

    world.make([Happen(0, on.KeyPressed(key)) for key in keys])
    world.hang_up()
    assert world.exchange.calls == 0


def _actions(steps: Sequence[Step]) -> list[Action]:
    return [action for step in steps for action in step.actions]


def _states(exchange: Exchange) -> list[moments.Running]:
    """Return where every call stands that is up."""
    return [
        state
        for subject in exchange.live()
        if (state := exchange.state(subject))
        and not isinstance(state, moments.Expected | moments.Ended)
    ]
