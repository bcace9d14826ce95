"""A session puts the recogniser to a line and takes it off; what fails is told to the engine."""

from pathlib import Path

import pytest

from ivr.engine import actions as do
from ivr.engine import events as on
from ivr.engine.grammar import Grammar
from ivr.session import Session
from tests.shell.fakes import FakeLeg, FakeLibrary, FakeRecogniser

MENU = Grammar("menu", "da", ("ja",))
LISTEN = do.Listen(4, 1, MENU, 8.0)


class House:
    """One session with a caller's leg, a recogniser if there is one, and what it posted."""

    def __init__(self, recogniser: FakeRecogniser | None) -> None:
        self.caller = FakeLeg()
        self.posted: list[on.CallEvent] = []
        self.session = Session(
            "c1",
            library=FakeLibrary(),
            dial=lambda _order, _post: FakeLeg(),
            messages=Path("messages"),
            post=self.posted.append,
            recogniser=recogniser,
        )
        self.session.take(self.caller)


@pytest.fixture
def recogniser() -> FakeRecogniser:
    return FakeRecogniser()


@pytest.fixture
def house(recogniser: FakeRecogniser) -> House:
    return House(recogniser)


def test_a_line_is_listened_to_until_the_order_to_stop(
    house: House, recogniser: FakeRecogniser
) -> None:
    house.session.perform((LISTEN,))
    assert house.caller.orders == ["listen"]

    house.session.perform((do.StopListening(1), do.StopListening(1)))

    assert house.caller.orders == ["listen", "stop_listening"]
    assert [step.is_over for step in recogniser.begun] == [True]
    assert house.posted == []


def test_a_step_that_has_ended_by_itself_is_taken_off_the_line_at_the_next_turn(
    house: House, recogniser: FakeRecogniser
) -> None:
    """Frames nobody hears would still cost the media thread its time."""
    house.session.perform((LISTEN,))
    recogniser.begun[0].is_over = True

    house.session.perform(())

    assert house.caller.orders == ["listen", "stop_listening"]


def test_a_new_step_takes_the_place_of_the_one_before(
    house: House, recogniser: FakeRecogniser
) -> None:
    house.session.perform((LISTEN, do.Listen(5, 1, MENU, 8.0)))

    assert house.caller.orders == ["listen", "stop_listening", "listen"]
    assert [step.is_over for step in recogniser.begun] == [True, False]


def test_without_a_recogniser_the_engine_is_told_at_once() -> None:
    house = House(None)

    house.session.perform((LISTEN,))

    assert house.posted == [on.RecogniserFailed(4)]
    assert house.caller.orders == []


def test_a_recogniser_that_cannot_is_told(house: House, recogniser: FakeRecogniser) -> None:
    recogniser.deaf = True

    house.session.perform((LISTEN,))

    assert house.posted == [on.RecogniserFailed(4)]


def test_a_line_that_cannot_be_listened_to_is_told(
    house: House, recogniser: FakeRecogniser
) -> None:
    house.caller.broken = {"listen"}

    house.session.perform((LISTEN,))

    assert house.posted == [on.RecogniserFailed(4)]
    assert [step.is_over for step in recogniser.begun] == [True]


def test_a_line_that_was_never_there_is_not_listened_to(
    house: House, recogniser: FakeRecogniser
) -> None:
    house.session.perform((do.Listen(4, 9, MENU, 8.0), do.StopListening(9)))

    assert recogniser.begun == []
    assert house.posted == []
