"""What holds for any traffic, any number of agents and any patience."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ivr.engine.staffing import (
    Goal,
    Traffic,
    agents_needed,
    erlang_a,
    erlang_b,
    erlang_c,
    figures,
)
from tests.engine.generated import promise

agents = st.integers(1, 300)
shares = st.floats(0.05, 0.95)
handlings = st.floats(5, 600)
withins = st.floats(0, 120)
patiences = st.floats(1, 600)
traffics = st.builds(Traffic, st.floats(0, 5000), handlings)
goals = st.builds(Goal, st.floats(0.01, 0.99), withins)
perhaps_patient = st.none() | patiences
HARDLY = 1e-9


@promise
@given(traffics, agents, withins, perhaps_patient)
def test_figures_are_what_they_are_called(
    traffic: Traffic, agents: int, within: float, patience: float | None
) -> None:
    met = figures(traffic, agents, within, patience)

    for share in (met.waits, met.level, met.lost, met.occupancy):
        assert 0 <= share <= 1
    assert met.level + met.lost <= 1 + HARDLY
    assert met.level >= 1 - met.waits - HARDLY
    assert met.asa >= 0
    assert met.wait >= 0


@promise
@given(traffics, agents, withins, perhaps_patient)
def test_one_more_agent_never_makes_anything_worse(
    traffic: Traffic, agents: int, within: float, patience: float | None
) -> None:
    fewer = figures(traffic, agents, within, patience)
    more = figures(traffic, agents + 1, within, patience)

    assert more.level >= fewer.level - HARDLY
    for better, worse in (
        (more.waits, fewer.waits),
        (more.asa, fewer.asa),
        (more.wait, fewer.wait),
        (more.lost, fewer.lost),
        (more.occupancy, fewer.occupancy),
    ):
        assert better <= worse + HARDLY
    assert erlang_b(agents + 1, traffic.erlangs) <= erlang_b(agents, traffic.erlangs)


@promise
@given(traffics, agents, withins, perhaps_patient, st.floats(1, 3))
def test_more_calls_never_make_anything_better(
    traffic: Traffic, agents: int, within: float, patience: float | None, times: float
) -> None:
    few = figures(traffic, agents, within, patience)
    many = figures(Traffic(traffic.calls * times, traffic.handling), agents, within, patience)

    assert many.level <= few.level + HARDLY
    assert many.asa >= few.asa - HARDLY
    assert many.lost >= few.lost - HARDLY


@promise
@given(traffics, agents, patiences, st.floats(1, 10))
def test_more_patient_callers_wait_longer_and_are_lost_less(
    traffic: Traffic, agents: int, patience: float, times: float
) -> None:
    hasty, patient = (erlang_a(traffic, agents, 20, each) for each in (patience, patience * times))

    assert patient.lost <= hasty.lost + HARDLY
    assert patient.wait >= hasty.wait - HARDLY
    assert patient.waits >= hasty.waits - HARDLY


@promise
@given(agents, shares, handlings, withins)
def test_endless_patience_is_erlang_c(
    agents: int, share: float, handling: float, within: float
) -> None:
    traffic = Traffic(agents * share * 3600 / handling, handling)

    patient, for_ever = erlang_a(traffic, agents, within, 1e12), erlang_c(traffic, agents, within)

    for name in ("waits", "level", "asa", "wait", "lost", "occupancy"):
        close = pytest.approx(getattr(for_ever, name), rel=1e-5, abs=1e-5)
        assert getattr(patient, name) == close, name


@promise
@given(traffics, agents, withins)
def test_no_patience_is_erlang_b(traffic: Traffic, agents: int, within: float) -> None:
    met = erlang_a(traffic, agents, within, 1e-9)

    lost = erlang_b(agents, traffic.erlangs)
    assert met.lost == pytest.approx(lost, rel=1e-6, abs=1e-9)
    assert met.level == pytest.approx(1 - lost, abs=1e-6)
    assert met.asa == pytest.approx(0, abs=1e-6)


@promise
@given(traffics, goals, perhaps_patient)
def test_what_is_needed_meets_the_goal_and_one_less_does_not(
    traffic: Traffic, goal: Goal, patience: float | None
) -> None:
    assume(traffic.erlangs)

    enough = agents_needed(traffic, goal, patience)

    assert figures(traffic, enough, goal.within, patience).level >= goal.level
    assert enough == 1 or figures(traffic, enough - 1, goal.within, patience).level < goal.level
