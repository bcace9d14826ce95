"""How many agents a number of calls needs, and what callers then meet.

Calls come at random (Poisson), handling times and patience are exponential, the longest waiting
caller is served first. With that, three classical models:

- Erlang B (Erlang 1917): who finds no free agent is lost at once.
- Erlang C (Erlang 1917): everybody waits until he is answered. Says too much of bad hours: with
  fewer agents than Erlangs the queue grows without end, where real callers hang up.
- Erlang A (Palm 1946; Garnett, Mandelbaum and Reiman 2002: M/M/n+M): everybody hangs up when his
  patience ends. It lies between the other two, which are its limits for no patience and for ever.

The service level is measured over all calls that were offered: who hangs up was not answered in
time, however short he waited.

Times are seconds, calls are a mean per hour, shares and probabilities are from 0 to 1. What
cannot be raises `ValueError`. Nothing here overflows, with however many agents: no factorial or
power is ever computed by itself.
"""

import math
from collections.abc import Callable, Iterator, Sequence

from ivr.engine.value import value

SECONDS_AN_HOUR = 3600.0
HOURS_A_WEEK = 37.0
"""What is agreed for full time in Denmark."""
PAID_FOR_SERVED = 1.76
"""Hours paid for each at the telephone (37/21): holidays, illness, training, meetings, breaks."""
LEVELLING = 1.25
"""Hours rostered for each that is needed, since shifts never follow the calls exactly."""
HIGHEST_LEVEL = 0.999999
"""Beyond it a level differs from 1 by less than sums of floats can tell."""
LONGEST_QUEUE = 1_000_000
"""Who has fewer agents than Erlangs, and callers who wait for days, has no contact centre."""
_NEGLIGIBLE = 1e-20
"""A state so much rarer than the commonest has no part in any figure that is shown."""


@value
class Traffic:
    """Calls offered in an hour, and the seconds an agent has with each, wrap-up included."""

    calls: float
    handling: float

    @property
    def erlangs(self) -> float:
        """Agents that would be busy all the time."""
        return self.calls * self.handling / SECONDS_AN_HOUR


@value
class Goal:
    """The share of all calls that is to be answered within so many seconds: 0.8 within 20."""

    level: float
    within: float


@value
class Figures:
    """What callers meet in the long run.

    `waits`: share of calls not answered at once. `level`: share of all calls that is answered in
    time. `asa`: mean seconds until answered, of those who are (average speed of answer). `wait`:
    mean seconds of all, whether answered or not. `lost`: share that hangs up. `occupancy`: share
    of their time that agents are busy.
    """

    waits: float
    level: float
    asa: float
    wait: float
    lost: float
    occupancy: float


@value
class Stretch:
    """So many hours of a week with the same traffic and agents, and what callers meet in them."""

    hours: float
    traffic: Traffic
    agents: int
    figures: Figures


def agents_needed(traffic: Traffic, goal: Goal, patience: float | None = None) -> int:
    """Return the least number of agents that meets the goal; none where nobody calls.

    Patience is the callers' mean; without it they wait for ever. Raises `ValueError` also for a
    goal of no callers, which needs nobody, or of all, which nobody can promise.
    """
    _require(0 < goal.level <= HIGHEST_LEVEL, f"a level is above 0 and at most {HIGHEST_LEVEL}")
    _require_traffic(traffic)
    if not traffic.erlangs:
        return 0
    return _first(lambda agents: figures(traffic, agents, goal.within, patience).level, goal.level)


def figures(traffic: Traffic, agents: int, within: float, patience: float | None = None) -> Figures:
    """Return what callers meet: by Erlang C, or by Erlang A where their patience is known."""
    if patience is None:
        return erlang_c(traffic, agents, within)
    return erlang_a(traffic, agents, within, patience)


def together(stretches: Sequence[Stretch]) -> Figures:
    """Return what the callers of several stretches meet, each caller counting once.

    Raises `ValueError` where nobody calls.
    """

    def mean(figure: Callable[[Figures], float], weight: Callable[[Stretch], float]) -> float:
        weights = [weight(stretch) for stretch in stretches]
        sums = (figure(each.figures) * w for each, w in zip(stretches, weights, strict=True))
        return math.fsum(sums) / math.fsum(weights)

    def offered(stretch: Stretch) -> float:
        return stretch.traffic.calls * stretch.hours

    _require(any(map(offered, stretches)), "nobody calls, so nobody meets anything")
    return Figures(
        waits=mean(lambda met: met.waits, offered),
        level=mean(lambda met: met.level, offered),
        asa=mean(lambda met: met.asa, lambda each: offered(each) * (1 - each.figures.lost)),
        wait=mean(lambda met: met.wait, offered),
        lost=mean(lambda met: met.lost, offered),
        occupancy=mean(lambda met: met.occupancy, lambda each: each.agents * each.hours),
    )


def full_time(
    agent_hours: float,
    *,
    week: float = HOURS_A_WEEK,
    paid: float = PAID_FOR_SERVED,
    levelling: float = LEVELLING,
) -> float:
    """Return how many full-time employees fill so many agent hours in every week.

    The formula is the one of Copenhagen's contact centre (2006): 1266 hours need 75.28.
    """
    _require(agent_hours >= 0, "hours are not negative")
    _require(week > 0 and paid > 0 and levelling > 0, "a week and its factors are positive")
    return agent_hours / week * paid * levelling


def erlang_b(agents: int, erlangs: float) -> float:
    """Return the probability that all agents are busy where nobody waits (Erlang's loss formula).

    By recursion over the number of agents, in which nothing can grow: every step is a probability.
    """
    _require(agents >= 0, "agents are not negative")
    _require(0 <= erlangs < math.inf, "the load is a number of Erlangs, not negative")
    blocked = 1.0
    for busy in range(1, agents + 1):
        blocked = erlangs * blocked / (busy + erlangs * blocked)
    return blocked


def erlang_c(traffic: Traffic, agents: int, within: float) -> Figures:
    """Return what callers meet who wait for ever (Erlang's delay formula).

    With no more agents than Erlangs the queue grows without end: everybody waits, infinitely.
    """
    _require_inputs(traffic, agents, within)
    erlangs = traffic.erlangs
    if erlangs >= agents:
        return Figures(waits=1.0, level=0.0, asa=math.inf, wait=math.inf, lost=0.0, occupancy=1.0)
    blocked = erlang_b(agents, erlangs)
    occupancy = erlangs / agents
    waits = blocked / (1 - occupancy * (1 - blocked))
    late = waits * math.exp(-(agents - erlangs) * within / traffic.handling)
    asa = waits * traffic.handling / (agents - erlangs)
    return Figures(waits, level=1 - late, asa=asa, wait=asa, lost=0.0, occupancy=occupancy)


def erlang_a(traffic: Traffic, agents: int, within: float, patience: float) -> Figures:
    """Return what callers meet who hang up, after so many seconds of patience on average.

    A sum over the states of the birth-death process. Who is at the third place of the queue stays
    there until an agent is free or one of three callers hangs up, himself included. So the mean
    times at all places add up, however each ends, and the odds of never being the one who hangs
    up telescope into those of the place he joined at.
    """
    _require_inputs(traffic, agents, within)
    _require(0 < patience < math.inf, "patience is a number of seconds, above 0")
    serving, leaving = agents / traffic.handling, 1 / patience
    states = _states(traffic, agents, leaving)
    at_once, queue = math.fsum(states[:agents]), states[agents:]
    late = _late(serving, leaving, within)
    lost = answered = in_time = waited = turn = 0.0
    for place, probability in enumerate(queue, start=1):
        departures = serving + place * leaving
        turn += 1 / departures
        served = probability * serving / departures
        lost += probability * place * leaving / departures
        answered += served
        in_time += served * (1 - next(late))
        waited += served * turn
    return Figures(
        waits=min(1.0, math.fsum(queue)),
        level=min(1.0, at_once + in_time),
        asa=waited / (at_once + answered),
        wait=lost * patience,
        lost=lost,
        occupancy=min(1.0, traffic.erlangs * (1 - lost) / agents),
    )


def _states(traffic: Traffic, agents: int, leaving: float) -> Sequence[float]:
    """Return the probability of each number of calls in the centre: 0, 1, 2, ...

    Counted from the commonest state outward, as a share of it, so that no weight exceeds 1.
    """
    arriving, handling = traffic.calls / SECONDS_AN_HOUR, traffic.handling

    def departing(present: int) -> float:
        return min(present, agents) / handling + max(0, present - agents) * leaving

    excess = arriving - agents / handling
    _require(excess <= LONGEST_QUEUE * leaving, "the queue would be endless: agents are too few")
    commonest = agents + int(excess / leaving) if excess > 0 else int(traffic.erlangs)
    weights = [1.0]
    for present in range(commonest, 0, -1):
        weights.append(weights[-1] * departing(present) / arriving)
    weights.reverse()
    while weights[-1] > _NEGLIGIBLE:
        weights.append(weights[-1] * arriving / departing(len(weights)))
    total = math.fsum(weights)
    return [weight / total for weight in weights]


def _late(serving: float, leaving: float, within: float) -> Iterator[float]:
    """Yield, for each place in the queue, the probability that who is answered is answered late.

    He waits one exponential time at each place, and their rates differ in equal steps. He is late
    when too few of them end in time, and how many do has a negative binomial distribution (with
    endless patience Poisson's). Summed in logarithms, as in a large centre its first term is
    smaller than any float.
    """
    grown = -math.expm1(-leaving * within) / leaving
    term = -(serving + leaving) * within
    late, departures = math.exp(term), 0
    while True:
        yield min(1.0, late)
        departures += 1
        factor = (serving + departures * leaving) * grown / departures
        term += math.log(factor) if factor else -math.inf
        late += math.exp(term)


def _first(level: Callable[[int], float], wanted: float) -> int:
    """Return the least number of agents with this level, which only rises with their number."""
    short, enough = 0, 1
    while level(enough) < wanted:
        short, enough = enough, 2 * enough
    while enough - short > 1:
        middle = (short + enough) // 2
        short, enough = (short, middle) if level(middle) >= wanted else (middle, enough)
    return enough


def _require_inputs(traffic: Traffic, agents: int, within: float) -> None:
    _require_traffic(traffic)
    _require(agents >= 1, "somebody must answer: one agent or more")
    _require(0 <= within < math.inf, "the time to answer is a number of seconds, not negative")


def _require_traffic(traffic: Traffic) -> None:
    _require(0 <= traffic.calls < math.inf, "calls are a number, not negative")
    _require(0 < traffic.handling < math.inf, "handling takes a number of seconds, above 0")


def _require(holds: bool, otherwise: str) -> None:  # noqa: FBT001 -- it reads as a claim
    if not holds:
        raise ValueError(otherwise)
