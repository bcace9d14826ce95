"""A bug that meets one call ends that call with an apology, and no other."""

from dataclasses import replace
from pathlib import Path

import pytest

from ivr.engine import events as on
from ivr.engine.floor import Manner
from ivr.engine.step import FLOOR, Step
from tests.engine.sites import queue
from tests.shell.fakes import FakeLeg
from tests.shell.test_switchboard import AT, BUG, House, office


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def apologised_to(house: House, leg: FakeLeg) -> bool:
    """Whether the apology is being said; it is then let come to its end."""
    said = leg.orders[-1].split()[2:3] == ["error"]
    house.end_prompt(leg)
    return said and leg.orders[-1] == "hang_up"


def test_a_fault_ends_its_call_with_an_apology_and_no_other(house: House) -> None:
    other = house.arrive("other")
    leg = house.arrive("c1")
    house.library.bugs = {"main.long"}

    house.end_prompt(leg)

    assert house.faults == [("c1", BUG)]
    assert apologised_to(house, leg)
    assert [(record.id, record.outcome) for record in house.over] == [("c1", "failed")]
    house.library.bugs = set()
    house.end_prompt(other)
    assert other.orders[-1] == "play 2 main.long 1.0"
    assert house.exchange.live() == ("other",)


def test_a_fault_in_the_very_first_step_is_apologised_for(house: House) -> None:
    house.library.bugs = {"greeting"}

    leg = house.arrive("c1")

    assert apologised_to(house, leg)
    assert house.is_empty


def test_a_fault_of_the_engine_is_apologised_for(house: House) -> None:
    lost = replace(queue("office"), calendar="nowhere")
    house.exchange.reload(replace(office(), queues={"office": lost}), 0.0)
    leg = house.arrive("c1")

    house.press(leg, "1")

    assert [(call, type(error)) for call, error in house.faults] == [("c1", KeyError)]
    assert apologised_to(house, leg)
    assert house.is_empty


def test_when_even_the_apology_fails_the_call_is_hung_up_and_forgotten(house: House) -> None:
    leg = house.arrive("c1")
    house.library.bugs = {"main.long", "error"}

    house.end_prompt(leg)

    assert [call for call, _ in house.faults] == ["c1", "c1"]
    assert leg.orders[-1] == "hang_up"
    assert house.is_empty


def test_a_fault_while_an_agent_is_rung_sets_the_agent_free(house: House) -> None:
    leg = house.arrive("c1")
    house.press(leg, "1")
    waiting = house.arrive("c2")
    house.press(waiting, "1")
    assert house.manner("anna") is Manner.RINGING

    def fail(step: Step) -> None:
        if step.subject == "c1" and isinstance(step.event, on.PromptEnded):
            raise BUG

    house.watch = fail
    house.end_prompt(leg)

    assert house.agents[0].orders == ["hang_up"]
    assert leg.orders[-1].startswith("play 3 error")
    assert len(house.agents) == 2  # she is rung for the next one at once
    assert house.manner("anna") is Manner.RINGING
    assert house.exchange.floor.seats["anna"].call == "c2"


@pytest.mark.parametrize("manner", [Manner.RINGING, Manner.TALKING])
def test_a_call_that_must_be_forgotten_sets_its_agent_free(house: House, manner: Manner) -> None:
    leg = house.arrive("c1")
    house.press(leg, "1")
    if manner is Manner.TALKING:
        house.happen(house.agents[0], on.LineAnswered(2))
    assert house.manner("anna") is manner

    def fail(step: Step) -> None:
        if step.subject == "c1":
            raise BUG

    house.watch = fail
    house.press(leg, "5")

    assert leg.orders[-1] == "hang_up"
    assert house.agents[0].orders[-1] == "hang_up"
    assert house.manner("anna") in {Manner.READY, Manner.WRAP_UP}
    assert house.is_empty


def test_a_fault_does_not_lose_what_the_same_turn_ordered_for_others(house: House) -> None:
    leg, waiting = house.arrive("c1"), house.arrive("c2")
    house.press(leg, "1")
    house.happen(house.agents[0], on.LineAnswered(2))
    house.press(waiting, "1")
    house.pass_time(0.0)

    def fail(step: Step) -> None:
        if step.subject == "c1":
            raise BUG

    house.watch = fail
    house.happen(house.agents[0], on.LineEnded(2))
    house.watch = lambda _step: None
    house.pass_time(20.0)

    assert [call for call, _ in house.faults] == ["c1"]
    assert house.exchange.live() == ("c2",)
    assert len(house.agents) == 2
    house.happen(house.agents[1], on.LineAnswered(2))
    assert waiting.orders[-1] == "bridge"


def test_a_fault_in_the_last_step_forgets_the_call_all_the_same(house: House) -> None:
    leg = house.arrive("c1")

    def fail(step: Step) -> None:
        if isinstance(step.event, on.LineEnded):
            raise BUG

    house.watch = fail
    house.happen(leg, on.LineEnded(1))

    assert house.faults == [("c1", BUG)]
    assert house.is_empty


def test_a_fault_on_the_floor_or_everywhere_stops_nothing(house: House) -> None:
    leg = house.arrive("c1")

    def fail(step: Step) -> None:
        raise RuntimeError(step)

    house.watch = fail
    house.board.handle(FLOOR, on.AgentLoggedOut("anna"), 0.0, AT)
    house.press(leg, "1")

    assert house.faults
    assert house.is_empty
    house.watch = lambda _step: None
    assert house.arrive("c2").orders[0] == "answer"
