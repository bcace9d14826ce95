"""Promises of the floor: order, fairness, and agents who are left in peace when they should be."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from ivr.engine import actions as do
from ivr.engine import events as on
from ivr.engine import moments
from ivr.engine.events import AgentOutcome
from ivr.engine.floor import Floor, Manner
from ivr.engine.site import Site
from ivr.engine.step import FLOOR, Step
from tests.engine.generated import BEGINNINGS, busy_sites, promise
from tests.engine.world import Move, Reload, World, moves

Moves = Sequence[Move]
site = busy_sites()
begins = st.sampled_from(BEGINNINGS)


def _days(site: Site, other: Site, begins: datetime, moves: Moves) -> Iterator[World]:
    """Yield the world after each of its moves."""
    world = World(site, other, begins)
    for move in moves:
        world.move(move)
        yield world


def _stays(moves: Moves) -> Moves:
    return [move for move in moves if not isinstance(move, Reload)]


@promise
@given(site, site, begins, moves)
def test_no_caller_waits_while_somebody_free_could_serve_him(
    site: Site, other: Site, begins: datetime, moves: Moves
) -> None:
    for world in _days(site, other, begins, moves):
        floor = world.exchange.floor
        free = [seat for seat in floor.seats.values() if seat.manner is Manner.READY]
        for seat in free:
            for queue in seat.agent.skills:
                assert all(place.agent for place in floor.waiting.get(queue, {}).values())


@promise
@given(site, site, begins, moves)
def test_no_caller_waits_where_nobody_works(
    site: Site, other: Site, begins: datetime, moves: Moves
) -> None:
    for world in _days(site, other, begins, moves):
        floor = world.exchange.floor
        for name, line in floor.waiting.items():
            if any(not place.agent for place in line.values()):
                assert any(
                    name in seat.agent.skills
                    for seat in floor.seats.values()
                    if seat.manner is not Manner.LOGGED_OUT and not seat.leaves
                )


@promise
@given(site, site, begins, moves)
def test_calls_and_floor_agree_on_who_waits_and_who_is_with_whom(
    site: Site, other: Site, begins: datetime, moves: Moves
) -> None:
    """So an agent who was set aside is always released, and none has two calls."""
    for world in _days(site, other, begins, moves):
        exchange = world.exchange
        states = {call: exchange.state(call) for call in exchange.live()}
        waiting = {
            call
            for call, state in states.items()
            if isinstance(state, moments.Queued | moments.Offered)
        }
        busy = [
            (state.agent, call)
            for call, state in states.items()
            if isinstance(state, moments.Offered | moments.Talking) and state.agent
        ]
        assert _waiting(exchange.floor) == waiting == set(exchange.floor.places)
        assert _busy(exchange.floor) == sorted(busy)


def _waiting(floor: Floor) -> set[str]:
    return {call for line in floor.waiting.values() for call in line}


def _busy(floor: Floor) -> list[tuple[str, str]]:
    with_call = {Manner.RINGING, Manner.TALKING}
    seats = floor.seats.values()
    assert all(bool(seat.call) == (seat.manner in with_call) for seat in seats)
    return sorted((seat.agent.name, seat.call) for seat in seats if seat.call)


@promise
@given(site, site, begins, moves)
def test_the_first_of_a_queue_is_served_first(
    site: Site, other: Site, begins: datetime, moves: Moves
) -> None:
    world = World(site, other, begins).make(moves)

    lines: dict[str, list[str]] = {}
    rung: set[str] = set()
    for step in _floor_steps(world):
        match step.event:
            case on.CallerJoined(call, queue):
                # A caller who is refused leaves again at once, and is rung by nobody.
                lines.setdefault(queue, []).append(call)
            case on.CallerLeft(call):
                _leave(lines, call)
            case on.AgentReported(call, outcome=outcome):
                rung.discard(call)
                if outcome is AgentOutcome.ANSWERED:
                    _leave(lines, call)
        for action in step.actions:
            match action:
                case do.OfferAgent(call):
                    line = next(line for line in lines.values() if call in line)
                    assert next(other for other in line if other not in rung) == call
                    rung.add(call)
                case do.RefuseCaller(call):
                    _leave(lines, call)


def _leave(lines: dict[str, list[str]], call: str) -> None:
    for line in lines.values():
        if call in line:
            line.remove(call)


@promise
@given(site, begins, moves)
def test_an_agent_is_rung_only_when_he_is_ready(site: Site, begins: datetime, moves: Moves) -> None:
    world = World(site, site, begins).make(moves)

    standing = {
        name: "ready" if agent.logged_in else "logged_out" for name, agent in site.agents.items()
    }
    for change, _ in _changes(world):
        if change.state == "ringing":
            assert standing[change.agent] == "ready"
        standing[change.agent] = change.state


@promise
@given(site, begins, moves)
def test_wrap_up_and_rest_are_respected(site: Site, begins: datetime, moves: Moves) -> None:
    """Unless the agent himself logs out and in again."""
    world = World(site, site, begins).make(_stays(moves))

    queues: dict[str, str] = {}
    until: dict[str, float] = {}
    for step in _floor_steps(world):
        match step.event:
            case on.CallerJoined(call, queue):
                queues[call] = queue
            case on.AgentLoggedOut(agent):
                until.pop(agent, None)
            case on.AgentReported(call, agent, AgentOutcome.RELEASED):
                until[agent] = step.now + site.queues[queues[call]].wrap_up
            case on.AgentReported(call, agent, outcome) if outcome not in (
                AgentOutcome.ANSWERED,
                AgentOutcome.WITHDRAWN,
            ):
                until[agent] = step.now + site.queues[queues[call]].seconds_of_rest
        for action in step.actions:
            if isinstance(action, do.OfferAgent):
                assert step.now >= until.get(action.agent, 0.0)


@promise
@given(site, begins, moves)
def test_a_position_never_grows_and_is_told_only_when_it_improves(
    site: Site, begins: datetime, moves: Moves
) -> None:
    world = World(site, site, begins).make(_stays(moves))

    for subject in world.subjects():
        told = float("inf")
        for action in (action for step in world.of(subject) for action in step.actions):
            match action:
                case do.JoinQueue():
                    told = float("inf")
                case do.Play(prompts=(do.Prompt("position", (("position", position),)),)):
                    assert position < told
                    told = position
                case do.Play(prompts=(do.Prompt("next"),)):
                    assert told > 1
                    told = 1


@promise
@given(site, begins, moves)
def test_nobody_waits_longer_than_the_longest_wait_and_one_ring(
    site: Site, begins: datetime, moves: Moves
) -> None:
    world = World(site, site, begins).make(_stays(moves))
    world.pass_time(world.now + 10_000)

    for action in world.actions:
        if isinstance(action, do.LeaveQueue):
            queue = site.queues[action.queue]
            assert action.seconds <= queue.longest_wait + queue.seconds_to_ring + 5.0


def _floor_steps(world: World) -> list[Step]:
    return world.of(FLOOR)


def _changes(world: World) -> list[tuple[do.ChangeAgent, float]]:
    return [
        (action, step.now)
        for step in _floor_steps(world)
        for action in step.actions
        if isinstance(action, do.ChangeAgent)
    ]
