"""Staffing agrees with a real table, with formulas written out, and with another way to them."""

import math
from collections.abc import Callable
from fractions import Fraction

import pytest

from ivr.engine.staffing import (
    Figures,
    Goal,
    Stretch,
    Traffic,
    agents_needed,
    erlang_a,
    erlang_b,
    erlang_c,
    figures,
    full_time,
    together,
)

# Copenhagen's contact centre, 2006: calls/agents of each hour from 8, Monday to Friday.
COPENHAGEN = """
 363/12  281/10  247/9   280/10  261/9
1229/35  966/29  993/29 1002/29 1053/31
1662/47 1418/40 1301/37 1332/38 1404/40
1575/45 1349/39 1387/40 1277/37 1371/39
1388/40 1219/35 1238/36 1174/34 1183/34
1424/41 1213/35 1308/38 1303/37  976/29
1162/34  941/28 1044/31 1143/33  467/15
 596/19  500/16  599/19  761/23  197/8
 227/8   316/11  197/8   494/16  133/6
 118/5    99/5    99/5   262/9    49/3
"""
CELLS = [(int(calls), int(agents)) for calls, agents in (
    cell.split("/") for cell in COPENHAGEN.split()
)]  # fmt: skip
HANDLING = 92.0
EIGHTY_IN_TWENTY = Goal(0.8, 20)
MONDAY_AT_TEN = Traffic(1662, HANDLING)


def needed(calls: int) -> int:
    return agents_needed(Traffic(calls, HANDLING), EIGHTY_IN_TWENTY)


@pytest.mark.parametrize(("calls", "agents"), CELLS)
def test_each_hour_of_copenhagens_week_needs_what_its_planners_found(
    calls: int, agents: int
) -> None:
    assert needed(calls) == agents


def test_copenhagens_week_needs_1266_agent_hours_and_so_many_employees() -> None:
    hours = sum(needed(calls) for calls, _ in CELLS)

    assert (len(CELLS), sum(calls for calls, _ in CELLS), hours) == (50, 42_581, 1266)
    assert f"{full_time(hours):.2f}" == "75.28"


def test_an_hour_is_as_good_as_its_calls_are_on_average() -> None:
    week = together([
        Stretch(1, traffic, agents, figures(traffic, agents, 20))
        for traffic, agents in ((Traffic(calls, HANDLING), agents) for calls, agents in CELLS)
    ])  # fmt: skip

    assert f"{week.level:.1%} {week.asa:.1f} {week.occupancy:.1%}" == "84.7% 8.5 86.0%"


def test_monday_at_ten_without_callers_who_hang_up() -> None:
    met = erlang_c(MONDAY_AT_TEN, 47, 20)

    assert f"{MONDAY_AT_TEN.erlangs:.2f}" == "42.47"
    assert f"{met.level:.1%} {met.asa:.1f} {met.waits:.3f}" == "85.3% 8.0 0.393"
    assert (met.lost, met.wait) == (0, met.asa)
    assert f"{erlang_c(MONDAY_AT_TEN, 46, 20).level:.1%}" == "77.1%"


@pytest.mark.parametrize(("agents", "lost"), [(47, "3.1%"), (42, "7.9%"), (40, "10.7%")])
def test_monday_at_ten_with_callers_of_forty_seconds_patience(agents: int, lost: str) -> None:
    assert f"{erlang_a(MONDAY_AT_TEN, agents, 20, 40).lost:.1%}" == lost


def test_a_common_example_of_erlang_c() -> None:
    """360 calls in half an hour of 4 minutes each, 55 agents, 15 seconds."""
    met = erlang_c(Traffic(720, 240), 55, 15)

    assert f"{met.waits:.3f} {met.level:.3f} {met.asa:.1f}" == "0.239 0.846 8.2"
    assert f"{met.occupancy:.1%}" == "87.3%"


def test_a_common_example_of_what_patience_changes() -> None:
    """48 calls a minute of 1 minute each, 50 agents; callers who wait for ever, or 2 minutes."""
    minutes = Traffic(48 * 60, 60)
    for_ever, patient = erlang_c(minutes, 50, 20), erlang_a(minutes, 50, 20, 120)

    assert f"{for_ever.wait:.1f} {for_ever.occupancy:.0%}" == "20.8 96%"
    assert f"{patient.wait:.1f} {patient.occupancy:.0%} {patient.lost:.1%}" == "3.7 93% 3.1%"


LOADS = [(1, 1), (3, 2), (10, 10), (30, 20), (5, 40), (120, 110), (800, 790)]


def blocked(agents: int, erlangs: int) -> Fraction:
    """Erlang's loss formula as he wrote it, in exact fractions."""
    terms = [Fraction(erlangs**busy, math.factorial(busy)) for busy in range(agents + 1)]
    return terms[-1] / sum(terms)


@pytest.mark.parametrize(("agents", "erlangs"), LOADS)
def test_the_loss_formula_is_the_written_one(agents: int, erlangs: int) -> None:
    assert erlang_b(agents, erlangs) == pytest.approx(float(blocked(agents, erlangs)), rel=1e-12)


@pytest.mark.parametrize(("agents", "erlangs"), [each for each in LOADS if each[0] > each[1]])
def test_the_delay_formula_is_the_written_one(agents: int, erlangs: int) -> None:
    last = Fraction(erlangs**agents, math.factorial(agents)) * Fraction(agents, agents - erlangs)
    others = (Fraction(erlangs**busy, math.factorial(busy)) for busy in range(agents))
    waits = float(last / (last + sum(others)))
    handling, within = 60.0, 15.0

    met = erlang_c(Traffic(erlangs * 60, handling), agents, within)

    late = waits * math.exp(-(agents - erlangs) * within / handling)
    assert met.waits == pytest.approx(waits, rel=1e-12)
    assert met.level == pytest.approx(1 - late, rel=1e-12)
    assert met.asa == pytest.approx(waits * handling / (agents - erlangs), rel=1e-12)


@pytest.mark.parametrize(
    ("calls", "handling", "agents", "within", "patience"),
    [
        (1662, 92, 47, 20, 40),
        (1662, 92, 30, 20, 40),
        (60, 240, 3, 45, 600),
        (60, 240, 7, 30, 15),
        (30_000, 92, 700, 20, 60),
        (49, 92, 3, 0, 40),
    ],
)
def test_who_hangs_up_agrees_with_the_density_of_the_wait(
    calls: float, handling: float, agents: int, within: float, patience: float
) -> None:
    """By another way: the wait that is offered has a density, which is added up over time."""
    met = erlang_a(Traffic(calls, handling), agents, within, patience)

    expected = by_density(calls / 3600, handling, agents, within, patience)
    for name in ("waits", "level", "asa", "wait", "lost", "occupancy"):
        assert getattr(met, name) == pytest.approx(getattr(expected, name), rel=1e-6), name


def by_density(
    arriving: float, handling: float, agents: int, within: float, patience: float
) -> Figures:
    below = [1.0]  # the states with a free agent, as shares of the one with a single free agent
    for busy in range(agents - 1, 0, -1):
        below.append(below[-1] * busy / handling / arriving)
    free = math.fsum(below)

    def density(wait: float) -> float:
        joined = arriving * patience * -math.expm1(-wait / patience)
        return arriving * math.exp(joined - agents * wait / handling)

    def over(weight: Callable[[float], float], begin: float, end: float) -> float:
        def weighed(wait: float) -> float:
            return density(wait) * weight(wait)

        return simpson(weighed, begin, end)

    def stays(wait: float) -> float:
        return math.exp(-wait / patience)

    longest = max(patience * math.log(max(1.0, arriving * handling / agents)), 0) + 12 * handling
    waits = over(lambda _: 1, 0, longest)
    answered = over(stays, 0, longest)
    in_time = over(stays, 0, within)
    waited = over(lambda wait: wait * stays(wait), 0, longest)
    everybody = free + waits
    lost = (waits - answered) / everybody
    return Figures(
        waits=waits / everybody,
        level=(free + in_time) / everybody,
        asa=waited / (free + answered),
        wait=lost * patience,
        lost=lost,
        occupancy=arriving * handling * (1 - lost) / agents,
    )


def simpson(of: Callable[[float], float], begin: float, end: float, pieces: int = 20_000) -> float:
    step = (end - begin) / pieces
    inner = math.fsum(of(begin + step * at) * (4 if at % 2 else 2) for at in range(1, pieces))
    return (of(begin) + inner + of(end)) * step / 3


def test_nobody_is_needed_where_nobody_calls() -> None:
    nobody = Traffic(0, HANDLING)

    assert agents_needed(nobody, EIGHTY_IN_TWENTY) == 0
    met = Figures(waits=0, level=1, asa=0, wait=0, lost=0, occupancy=0)
    assert (figures(nobody, 3, 20), figures(nobody, 3, 20, 40)) == (met, met)


def test_a_queue_that_grows_without_end_is_told_as_such() -> None:
    for agents in (30, 42):
        met = erlang_c(MONDAY_AT_TEN, agents, 20)

        assert (met.waits, met.level, met.occupancy, met.lost) == (1, 0, 1, 0)
        assert (met.asa, met.wait) == (math.inf, math.inf)


def test_hundreds_of_agents_are_no_more_than_numbers() -> None:
    for agents in (900, 5000):
        load = Traffic(agents * 0.99 * 3600 / HANDLING, HANDLING)
        met = figures(load, agents, 20), figures(load, agents, 600, 40), figures(load, agents, 0, 9)

        assert all(0 < each.level <= 1 and 0 < each.occupancy <= 1 for each in met)
    idle = figures(Traffic(1, 1), 5000, 20, 40)
    assert idle.level == pytest.approx(1)
    assert (idle.waits, idle.lost) == (0, 0)


def test_hours_of_unlike_length_count_as_their_callers() -> None:
    busy, calm = Traffic(100, HANDLING), Traffic(20, HANDLING)
    bad, good = figures(busy, 3, 20, 40), figures(calm, 3, 20, 40)

    met = together([
        Stretch(0.5, busy, 3, bad),
        Stretch(1, calm, 3, good),
        Stretch(9, Traffic(0, HANDLING), 0, good),
    ])  # fmt: skip

    assert met.lost == pytest.approx((50 * bad.lost + 20 * good.lost) / 70)
    assert met.level == pytest.approx((50 * bad.level + 20 * good.level) / 70)
    answered = 50 * (1 - bad.lost), 20 * (1 - good.lost)
    asa = (answered[0] * bad.asa + answered[1] * good.asa) / sum(answered)
    assert met.asa == pytest.approx(asa)
    assert met.occupancy == pytest.approx((1.5 * bad.occupancy + 3 * good.occupancy) / 4.5)


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda: erlang_b(-1, 1), "agents are not negative"),
        (lambda: erlang_b(1, -1), "the load is"),
        (lambda: erlang_b(1, math.nan), "the load is"),
        (lambda: erlang_c(Traffic(-1, 1), 1, 1), "calls are"),
        (lambda: erlang_c(Traffic(math.inf, 1), 1, 1), "calls are"),
        (lambda: erlang_c(Traffic(1, 0), 1, 1), "handling takes"),
        (lambda: erlang_c(Traffic(1, 1), 0, 1), "one agent or more"),
        (lambda: erlang_c(Traffic(1, 1), 1, -1), "the time to answer"),
        (lambda: erlang_a(Traffic(1, 1), 0, 1, 1), "one agent or more"),
        (lambda: erlang_a(Traffic(1, 1), 1, 1, 0), "patience is"),
        (lambda: erlang_a(MONDAY_AT_TEN, 40, 20, math.inf), "patience is"),
        (lambda: erlang_a(MONDAY_AT_TEN, 40, 20, 1e300), "agents are too few"),
        (lambda: agents_needed(MONDAY_AT_TEN, Goal(1, 20)), "a level is"),
        (lambda: agents_needed(MONDAY_AT_TEN, Goal(0, 20)), "a level is"),
        (lambda: agents_needed(Traffic(0, 0), EIGHTY_IN_TWENTY), "handling takes"),
        (lambda: full_time(-1), "hours are not negative"),
        (lambda: full_time(1, week=0), "a week and its factors"),
        (lambda: together([]), "nobody calls"),
    ],
)
def test_what_cannot_be_is_refused(ask: Callable[[], object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        ask()
