"""The clock on the wall may jump: a call does not notice, and what is planned stays planned."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.gateway.house import House
from tests.gateway.wire import Wire

FAKED = next(iter(Path("/usr/lib").glob("*/faketime/libfaketime.so.1")), None)
pytestmark = [
    pytest.mark.sip,
    pytest.mark.skipif(
        FAKED is None and "CI" not in os.environ, reason="libfaketime is not installed"
    ),
]

NUMBER = "+46701740612"
ASKED = "+4520111214"

Turn = Callable[[str], None]


@pytest.fixture(scope="module")
def offset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that says by how much the clock on the wall is wrong."""
    return tmp_path_factory.mktemp("clock") / "offset"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, prompts: Path, offset: Path) -> Iterator[House]:
    """A house whose clock on the wall shows what a test wants; its steady clock is true."""
    offset.write_text("+0\n")
    faked = ("FAKETIME_NO_CACHE=1", "FAKETIME_DONT_FAKE_MONOTONIC=1")
    with closing(House(tmp_path_factory.mktemp("house"), prompts)) as house:
        house.start("env", f"LD_PRELOAD={FAKED}", f"FAKETIME_TIMESTAMP_FILE={offset}", *faked)
        yield house


@pytest.fixture
def turn_clock(offset: Path) -> Iterator[Turn]:
    """Turns the clock by so much; it is right again after the test."""

    def turn(by: str) -> None:
        offset.write_text(f"{by}\n")

    yield turn
    turn("+0")


@pytest.mark.parametrize("jump", ["+3h", "-3h"])
def test_a_call_does_not_notice_that_the_clock_jumps(
    house: House, turn_clock: Turn, jump: str
) -> None:
    with Wire(house.site.sip) as wire:
        call = house.ring(wire, NUMBER)
        call.tells("says menu.demo.long")
        turn_clock(jump)
        wire.press("9")
        call.tells("no such choice")
        call.tells("it has been said", 5)
        wire.press("6")
        call.tells("says greeting, menu.demo.long")
    record = house.record(call.id)
    assert record.outcome == "hung_up"
    assert record.seconds < 10
    first, last = house.reader.steps(call.id)[0], house.reader.steps(call.id)[-1]
    assert abs((last.at - first.at).total_seconds()) > 10_000


def test_a_survey_that_was_planned_is_made_after_the_clock_has_jumped_forward(
    house: House, turn_clock: Turn
) -> None:
    anna, caller = house.telephones(("anna",), ("caller",))
    house.site.change({"survey.yaml": {"rules": {"delay": "1h"}}})
    house.ivr("reload", "--control", str(house.site.control))
    with Wire(house.site.sip) as wire:
        call = house.ring(wire, ASKED)
        wire.press("1")
        call.tells("connects the caller")
        anna.do("hang_up")
        call.tells("the call is over: talked")
    house.gateway.tells(f"survey {call.id} is on disk as planned")
    house.shows("ivr_survey_planned", 1)

    turn_clock("+61m")

    caller.wait_until_it("incoming")
    assert house.rung == [ASKED]


def test_a_clock_that_cannot_be_right_is_shown(house: House, turn_clock: Turn) -> None:
    house.shows("ivr_time_synced", 1)

    turn_clock("-20y")

    house.shows("ivr_time_synced", 0)
