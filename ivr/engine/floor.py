"""Queues and agents: who is rung for whom.

    floor, actions = advance(floor, event, now)

Callers wait in order. Whenever an agent is free and a caller waits whom he has the skill for,
the longest waiting such caller gets the agent with the highest skill, the longest idle among
equals. An agent is set aside for one call at a time:

    logged_out ⇄ ready ─▶ ringing ─▶ talking ─▶ wrap_up ─▶ ready
                             └─ no answer ─▶ resting ─▶ ready

Pure and immutable: an event replaces only the queue and the agent it touches.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

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
from ivr.engine.site import Agent, Queue, Site

NEVER = float("inf")


class Manner(StrEnum):
    """What an agent is doing."""

    LOGGED_OUT = "logged_out"
    READY = "ready"
    RINGING = "ringing"
    TALKING = "talking"
    WRAP_UP = "wrap_up"
    RESTING = "resting"


@dataclass(frozen=True, slots=True)
class Seat:
    """An agent on the floor: what he does, since when, until when, and for which call.

    `leaves` says that he logged out while busy and goes when he is done.
    """

    agent: Agent
    manner: Manner
    since: float
    until: float = NEVER
    call: str = ""
    queue: str = ""
    idle_since: float = 0.0
    leaves: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A caller in a queue; `agent` is who is being rung for him, if anybody."""

    call: str
    queue: str
    since: float
    agent: str = ""


@dataclass(frozen=True, slots=True)
class Floor:
    """Everybody who waits and everybody who works.

    `waiting` maps a queue to its callers in order; `places` finds a caller's queue.
    """

    queues: Mapping[str, Queue]
    seats: Mapping[str, Seat]
    waiting: Mapping[str, Mapping[str, Place]]
    places: Mapping[str, str]

    @property
    def deadline(self) -> float | None:
        """When the next wrap-up or rest is over."""
        soonest = min((seat.until for seat in self.seats.values()), default=NEVER)
        return None if soonest == NEVER else soonest


Next = tuple[Floor, tuple[Action, ...]]


def opened(site: Site, now: float) -> Floor:
    """Return the floor as a working day begins: nobody waits, agents as configured."""
    seats = {agent.name: _seated(agent, now) for agent in site.agents.values()}
    return Floor(site.queues, seats, {name: {} for name in site.queues}, {})


def reopened(floor: Floor, site: Site, now: float) -> Floor:
    """Return the floor under a new configuration: everybody stays where he is.

    A queue that is gone keeps its callers until they have left; an agent who is gone leaves
    when he is done.
    """
    busy = {name for name, line in floor.waiting.items() if line}
    busy |= {seat.queue for seat in floor.seats.values() if seat.call}
    queues = {**{name: floor.queues[name] for name in busy}, **site.queues}
    seats = {agent.name: _seated(agent, now) for agent in site.agents.values()}
    for name, seat in floor.seats.items():
        if name in site.agents:
            seats[name] = replace(seat, agent=site.agents[name])
        elif seat.call:
            seats[name] = replace(seat, leaves=True)
    waiting = {name: floor.waiting.get(name, {}) for name in queues}
    return Floor(queues, seats, waiting, floor.places)


def _seated(agent: Agent, now: float) -> Seat:
    manner = Manner.READY if agent.logged_in else Manner.LOGGED_OUT
    return Seat(agent, manner, now, idle_since=now)


def advance(floor: Floor, event: FloorEvent, now: float) -> Next:
    """Return the floor after `event`, and what follows for callers and agents."""
    match event:
        case CallerJoined(call, queue):
            return _join(floor, call, queue, now)
        case CallerLeft(call):
            return _without(floor, call), ()
        case PositionAsked(call):
            return floor, _position(floor, call)
        case AgentReported(call, agent, outcome) if agent in floor.seats:
            return _reported(floor, call, floor.seats[agent], outcome, now)
        case AgentLoggedIn(agent) if agent in floor.seats:
            return _log_in(floor, floor.seats[agent], now)
        case AgentLoggedOut(agent) if agent in floor.seats:
            return _log_out(floor, floor.seats[agent], now)
        case DeadlinePassed():
            return _wake(floor, now)
    return floor, ()


# --- callers --------------------------------------------------------------------------------


def _join(floor: Floor, call: str, name: str, now: float) -> Next:
    line = floor.waiting[name]
    if call in floor.places:
        return floor, _position(floor, call)
    if not _is_staffed(floor, name):
        return floor, (RefuseCaller(call, QueueRefusal.EMPTY),)
    if len(line) >= floor.queues[name].most_waiting:
        return floor, (RefuseCaller(call, QueueRefusal.FULL),)
    line = {**line, call: Place(call, name, now)}
    floor = replace(
        floor, waiting={**floor.waiting, name: line}, places={**floor.places, call: name}
    )
    told = TellPosition(call, len(line))
    floor, actions = _match(floor, now)
    return floor, (told, *actions)


def _position(floor: Floor, call: str) -> tuple[Action, ...]:
    line = floor.waiting.get(floor.places.get(call, ""), {})
    for position, waits in enumerate(line, 1):
        if waits == call:
            return (TellPosition(call, position),)
    return ()


def _without(floor: Floor, call: str) -> Floor:
    name = floor.places.get(call)
    if name is None:
        return floor
    line = {other: place for other, place in floor.waiting[name].items() if other != call}
    places = {other: queue for other, queue in floor.places.items() if other != call}
    return replace(floor, waiting={**floor.waiting, name: line}, places=places)


def _is_staffed(floor: Floor, queue: str) -> bool:
    return any(
        seat.manner is not Manner.LOGGED_OUT and not seat.leaves and skill(seat, queue)
        for seat in floor.seats.values()
    )


def skill(seat: Seat, queue: str) -> int:
    """Return an agent's skill for a queue, 0 for none."""
    return seat.agent.skills.get(queue, 0)


# --- agents ---------------------------------------------------------------------------------


def _reported(floor: Floor, call: str, seat: Seat, outcome: AgentOutcome, now: float) -> Next:
    if seat.call != call:
        return floor, ()
    match outcome:
        case AgentOutcome.ANSWERED:
            talks = replace(seat, manner=Manner.TALKING, since=now)
            return _seat(_without(floor, call), talks)
        case AgentOutcome.RELEASED:
            return _wrap_up(floor, seat, now)
        case AgentOutcome.WITHDRAWN:
            return _free(floor, seat, now)
    rested = _released_place(floor, call)
    seconds = floor.queues[seat.queue].seconds_of_rest
    return _then_match(_pause(rested, seat, Manner.RESTING, now + seconds, now), now)


def _wrap_up(floor: Floor, seat: Seat, now: float) -> Next:
    seconds = floor.queues[seat.queue].wrap_up
    return _then_match(_pause(floor, seat, Manner.WRAP_UP, now + seconds, now), now)


def _free(floor: Floor, seat: Seat, now: float) -> Next:
    """Set an agent free at once; how long he has been idle is as it was."""
    free = replace(seat, manner=Manner.READY, since=now, until=NEVER, call="")
    return _then_match(_seat(_released_place(floor, seat.call), free), now)


def _pause(floor: Floor, seat: Seat, manner: Manner, until: float, now: float) -> Next:
    pauses = replace(seat, manner=manner, since=now, until=until, call="", idle_since=now)
    if not seat.leaves:
        return _seat(floor, pauses)
    gone = replace(pauses, manner=Manner.LOGGED_OUT, until=NEVER, leaves=False)
    floor, actions = _seat(floor, gone)
    return floor, (*actions, *_send_on(floor))


def _released_place(floor: Floor, call: str) -> Floor:
    """Return the floor in which nobody is rung for `call` any more."""
    name = floor.places.get(call)
    if name is None:
        return floor
    line = floor.waiting[name]
    line = {**line, call: replace(line[call], agent="")}
    return replace(floor, waiting={**floor.waiting, name: line})


def _log_in(floor: Floor, seat: Seat, now: float) -> Next:
    if seat.manner is not Manner.LOGGED_OUT:
        return replace(floor, seats={**floor.seats, seat.agent.name: replace(seat, leaves=False)}), ()
    return _then_match(_seat(floor, replace(_seated(seat.agent, now), manner=Manner.READY)), now)


def _log_out(floor: Floor, seat: Seat, now: float) -> Next:
    if seat.call:
        return replace(floor, seats={**floor.seats, seat.agent.name: replace(seat, leaves=True)}), ()
    gone = replace(seat, manner=Manner.LOGGED_OUT, since=now, until=NEVER)
    floor, actions = _seat(floor, gone)
    return floor, (*actions, *_send_on(floor))


def _send_on(floor: Floor) -> tuple[Action, ...]:
    """Refuse everybody who waits in a queue that nobody works in any more."""
    return tuple(
        RefuseCaller(call, QueueRefusal.EMPTY)
        for name, line in floor.waiting.items()
        if line and not _is_staffed(floor, name)
        for call in line
    )


def _wake(floor: Floor, now: float) -> Next:
    actions: tuple[Action, ...] = ()
    for seat in floor.seats.values():
        if seat.until <= now:
            ready = replace(seat, manner=Manner.READY, since=now, until=NEVER, idle_since=now)
            floor, more = _seat(floor, ready)
            actions = (*actions, *more)
    floor, more = _match(floor, now)
    return floor, (*actions, *more)


def _seat(floor: Floor, seat: Seat) -> Next:
    name = seat.agent.name
    change = ChangeAgent(name, seat.manner.value)
    return replace(floor, seats={**floor.seats, name: seat}), (change,)


# --- matching -------------------------------------------------------------------------------


def _then_match(so_far: Next, now: float) -> Next:
    floor, actions = so_far
    floor, more = _match(floor, now)
    return floor, (*actions, *more)


def _match(floor: Floor, now: float) -> Next:
    """Set agents aside for callers as long as any pair is possible."""
    actions: tuple[Action, ...] = ()
    free = [seat for seat in floor.seats.values() if seat.manner is Manner.READY]
    while free:
        pair = _first_pair(floor, free)
        if pair is None:
            break
        place, seat = pair
        free.remove(seat)
        floor, more = _offer(floor, place, seat, now)
        actions = (*actions, *more)
    return floor, actions


def _first_pair(floor: Floor, free: list[Seat]) -> tuple[Place, Seat] | None:
    """Return the longest waiting caller whom anybody free can serve, and the best for him."""
    able = {name: able for name in floor.waiting if (able := _able(free, name))}
    firsts = [place for name in able if (place := next(_unserved(floor, name), None))]
    if not firsts:
        return None
    place = min(firsts, key=lambda waits: waits.since)
    best = max(able[place.queue], key=lambda seat: (skill(seat, place.queue), -seat.idle_since))
    return place, best


def _able(free: list[Seat], queue: str) -> list[Seat]:
    return [seat for seat in free if skill(seat, queue)]


def _unserved(floor: Floor, queue: str) -> Iterator[Place]:
    return (place for place in floor.waiting[queue].values() if not place.agent)


def _offer(floor: Floor, place: Place, seat: Seat, now: float) -> Next:
    agent = seat.agent
    line = {**floor.waiting[place.queue], place.call: replace(place, agent=agent.name)}
    floor = replace(floor, waiting={**floor.waiting, place.queue: line})
    rings = replace(
        seat, manner=Manner.RINGING, since=now, until=NEVER, call=place.call, queue=place.queue
    )
    floor, actions = _seat(floor, rings)
    seconds = floor.queues[place.queue].seconds_to_ring
    return floor, (*actions, OfferAgent(place.call, agent.name, agent.address, seconds))

