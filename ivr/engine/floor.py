"""Queues and agents: who is rung for whom.

    floor, actions = advance(floor, event, now)

Callers wait in order. Whenever an agent is free and a caller waits whom he has the skill for,
the longest waiting such caller gets the agent with the highest skill, the longest idle among
equals. An agent is set aside for one call at a time:

    logged_out ⇄ ready ─▶ ringing ─▶ talking ─▶ wrap_up ─▶ ready
                             └─ no answer ─▶ resting ─▶ ready

Pure and immutable: an event replaces only the queue and the agent it touches.
"""

from collections.abc import Mapping
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
from ivr.engine.replacing import replace
from ivr.engine.site import Agent, Queue, Site
from ivr.engine.value import value

NEVER = float("inf")


class Manner(StrEnum):
    """What an agent is doing."""

    LOGGED_OUT = "logged_out"
    READY = "ready"
    RINGING = "ringing"
    TALKING = "talking"
    WRAP_UP = "wrap_up"
    RESTING = "resting"


_READY = Manner.READY


@value
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


@value
class Place:
    """A caller in a queue; `agent` is who is being rung for him, if anybody."""

    call: str
    queue: str
    since: float
    agent: str = ""


@value
class Floor:
    """Everybody who waits and everybody who works.

    `waiting` maps a queue to its callers in order; `places` finds a caller's queue. `until` is
    when the next wrap-up or rest is over.
    """

    queues: Mapping[str, Queue]
    seats: Mapping[str, Seat]
    waiting: Mapping[str, Mapping[str, Place]]
    places: Mapping[str, str]
    until: float = NEVER

    @property
    def deadline(self) -> float | None:
        """When the floor must hear DeadlinePassed; None for not at all."""
        return None if self.until == NEVER else self.until


Next = tuple[Floor, tuple[Action, ...]]


def opened(site: Site, now: float) -> Floor:
    """Return the floor as a working day begins: nobody waits, agents as configured."""
    seats = {agent.name: _seated(agent, now) for agent in site.agents.values()}
    return Floor(site.queues, seats, {name: {} for name in site.queues}, {})


def reopened(floor: Floor, site: Site, now: float) -> Floor:
    """Return the floor under a new configuration: everybody stays where he is.

    A queue that is gone keeps its callers, and who serves them, until they have left. An agent
    who is gone leaves when he is done. The floor looks around at once, at its next deadline.
    """
    busy = {name for name, line in floor.waiting.items() if line}
    busy |= {seat.queue for seat in floor.seats.values() if seat.call}
    gone = {name: floor.queues[name] for name in busy if name not in site.queues}
    seats = {agent.name: _seated(agent, now) for agent in site.agents.values()}
    for name, seat in floor.seats.items():
        agent = site.agents.get(name)
        if agent is not None:
            kept = {queue: level for queue, level in seat.agent.skills.items() if queue in gone}
            seats[name] = replace(seat, agent=replace(agent, skills={**kept, **agent.skills}))
        elif seat.call:
            seats[name] = replace(seat, agent=replace(seat.agent, skills={}), leaves=True)
    queues = {**gone, **site.queues}
    waiting = {name: floor.waiting.get(name, {}) for name in queues}
    return Floor(queues, seats, waiting, floor.places, until=now)


def _seated(agent: Agent, now: float) -> Seat:
    return _ready(agent, now) if agent.logged_in else _gone(agent, now)


def _ready(agent: Agent, now: float) -> Seat:
    return Seat(agent, Manner.READY, now, idle_since=now)


def _gone(agent: Agent, now: float) -> Seat:
    return Seat(agent, Manner.LOGGED_OUT, now)


def advance(floor: Floor, event: FloorEvent, now: float) -> Next:
    """Return the floor after `event`, and what follows for callers and agents."""
    match event:
        case CallerJoined(call, queue):
            return _join(floor, call, queue, now)
        case CallerLeft(call) if call in floor.places:
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
    line = floor.waiting.get(name, {})
    if call in floor.places:
        return floor, _position(floor, call)
    if _unstaffed(floor, {name}):
        return floor, (RefuseCaller(call, QueueRefusal.EMPTY),)
    if len(line) >= floor.queues[name].most_waiting:
        return floor, (RefuseCaller(call, QueueRefusal.FULL),)
    line = {**line, call: Place(call, name, now)}
    waiting, places = {**floor.waiting, name: line}, {**floor.places, call: name}
    floor = Floor(floor.queues, floor.seats, waiting, places, floor.until)
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
    places = dict(floor.places)
    name = places.pop(call)
    line = dict(floor.waiting[name])
    del line[call]
    waiting = {**floor.waiting, name: line}
    return Floor(floor.queues, floor.seats, waiting, places, floor.until)


def _unstaffed(floor: Floor, queues: set[str]) -> set[str]:
    """Return those of `queues` that nobody serves who is logged in, now or when he is done."""
    for seat in floor.seats.values():
        if seat.manner is not Manner.LOGGED_OUT and not seat.leaves:
            queues = queues.difference(seat.agent.skills)
            if not queues:
                break
    return queues


def skill(seat: Seat, queue: str) -> int:
    """Return an agent's skill for a queue, 0 for none."""
    return seat.agent.skills.get(queue, 0)


# --- agents ---------------------------------------------------------------------------------


def _reported(floor: Floor, call: str, seat: Seat, outcome: AgentOutcome, now: float) -> Next:
    if seat.call != call:
        return floor, ()
    queue = floor.queues[seat.queue]
    match outcome:
        case AgentOutcome.ANSWERED:
            talks = replace(seat, manner=Manner.TALKING, since=now)
            return _seat(_without(floor, call), talks)
        case AgentOutcome.RELEASED:
            return _pause(floor, seat, Manner.WRAP_UP, queue.wrap_up, now)
        case AgentOutcome.WITHDRAWN:
            # How long he has been idle is as it was: it was not his doing.
            free = replace(seat, manner=Manner.READY, since=now, call="")
            return _done(_released_place(floor, call), free, now)
    floor = _released_place(floor, call)
    floor, actions = _pause(floor, seat, Manner.RESTING, queue.seconds_of_rest, now)
    # A reload may have taken the skill he was rung with; who goes home sends callers on himself.
    return floor, actions if seat.leaves else (*actions, *_send_on(floor))


def _pause(floor: Floor, seat: Seat, manner: Manner, seconds: float, now: float) -> Next:
    pauses = Seat(seat.agent, manner, now, now + seconds, idle_since=now, leaves=seat.leaves)
    return _done(floor, pauses, now)


def _done(floor: Floor, seat: Seat, now: float) -> Next:
    """Seat an agent who is done with a call; out he goes if he logged out meanwhile."""
    so_far = _send_home(floor, seat, now) if seat.leaves else _seat(floor, seat)
    return _then_match(so_far, now)


def _released_place(floor: Floor, call: str) -> Floor:
    """Return the floor in which nobody is rung for `call` any more."""
    name = floor.places.get(call)
    if name is None:
        return floor
    line = floor.waiting[name]
    line = {**line, call: replace(line[call], agent="")}
    return replace(floor, waiting={**floor.waiting, name: line})


def _log_in(floor: Floor, seat: Seat, now: float) -> Next:
    if seat.manner is Manner.LOGGED_OUT:
        return _then_match(_seat(floor, _ready(seat.agent, now)), now)
    stays = replace(seat, leaves=False)
    return replace(floor, seats={**floor.seats, seat.agent.name: stays}), ()


def _log_out(floor: Floor, seat: Seat, now: float) -> Next:
    if seat.manner is Manner.LOGGED_OUT:
        return floor, ()
    if not seat.call:
        return _send_home(floor, seat, now)
    leaves = replace(seat, leaves=True)
    floor = replace(floor, seats={**floor.seats, seat.agent.name: leaves})
    return floor, _send_on(floor)


def _send_home(floor: Floor, seat: Seat, now: float) -> Next:
    floor, actions = _seat(floor, _gone(seat.agent, now))
    return floor, (*actions, *_send_on(floor))


def _send_on(floor: Floor) -> tuple[Action, ...]:
    """Refuse everybody who waits where nobody works any more, and for whom nobody is rung."""
    lost = _unstaffed(floor, {name for name, line in floor.waiting.items() if line})
    return tuple(
        RefuseCaller(place.call, QueueRefusal.EMPTY)
        for name in floor.waiting
        if name in lost
        for place in floor.waiting[name].values()
        if not place.agent
    )


def _wake(floor: Floor, now: float) -> Next:
    """Set free who has rested, and look around: a reload may have changed who serves whom."""
    rested = [seat for seat in floor.seats.values() if seat.until <= now]
    ready = {seat.agent.name: _ready(seat.agent, now) for seat in rested}
    seats = {**floor.seats, **ready}
    changes = tuple(ChangeAgent(name, Manner.READY.value) for name in ready)
    floor, more = _match(replace(floor, seats=seats, until=_soonest(seats)), now)
    return floor, (*changes, *more, *_send_on(floor))


def _seat(floor: Floor, seat: Seat) -> Next:
    name = seat.agent.name
    before = floor.seats[name].until
    seats = {**floor.seats, name: seat}
    until = min(floor.until, seat.until) if before > floor.until else _soonest(seats)
    change = ChangeAgent(name, seat.manner.value)
    return Floor(floor.queues, seats, floor.waiting, floor.places, until), (change,)


def _soonest(seats: Mapping[str, Seat]) -> float:
    return min([seat.until for seat in seats.values()], default=NEVER)


# --- matching -------------------------------------------------------------------------------


def _then_match(so_far: Next, now: float) -> Next:
    floor, actions = so_far
    floor, more = _match(floor, now)
    return floor, (*actions, *more)


def _match(floor: Floor, now: float) -> Next:
    """Set agents aside for callers as long as any pair is possible."""
    actions: tuple[Action, ...] = ()
    while pair := _first_pair(floor):
        floor, more = _offer(floor, *pair, now)
        actions = (*actions, *more)
    return floor, actions


def _first_pair(floor: Floor) -> tuple[Place, Seat] | None:
    """Return the longest waiting caller whom anybody free can serve, and the best for him."""
    free = [seat for seat in floor.seats.values() if seat.manner is _READY]
    if not free:
        return None
    firsts = [place for line in floor.waiting.values() if (place := _first_unserved(line))]
    for place in sorted(firsts, key=lambda waits: waits.since):
        able = [seat for seat in free if place.queue in seat.agent.skills]
        if able:
            return place, max(able, key=lambda seat: (skill(seat, place.queue), -seat.idle_since))
    return None


def _first_unserved(line: Mapping[str, Place]) -> Place | None:
    return next((place for place in line.values() if not place.agent), None)


def _offer(floor: Floor, place: Place, seat: Seat, now: float) -> Next:
    agent, name = seat.agent, place.queue
    rung = Place(place.call, name, place.since, agent.name)
    waiting = {**floor.waiting, name: {**floor.waiting[name], place.call: rung}}
    floor = Floor(floor.queues, floor.seats, waiting, floor.places, floor.until)
    rings = Seat(agent, Manner.RINGING, now, NEVER, place.call, name, seat.idle_since)
    floor, actions = _seat(floor, rings)
    seconds = floor.queues[name].seconds_to_ring
    return floor, (*actions, OfferAgent(place.call, agent.name, agent.address, seconds))
