"""The clock on the wall may jump: a call does not notice, and what is planned stays planned."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.gateway.conftest import Open
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

Jump = Callable[[str], None]


@pytest.fixture
def jumping(opened: Open, tmp_path: Path) -> tuple[House, Jump]:
    """A house whose clock on the wall shows what a test wants; its steady clock is true."""
    house = opened()
    offset = tmp_path / "offset"
    offset.write_text("+0\n")
    house.start(
        "env",
        f"LD_PRELOAD={FAKED}",
        f"FAKETIME_TIMESTAMP_FILE={offset}",
        "FAKETIME_NO_CACHE=1",
        "FAKETIME_DONT_FAKE_MONOTONIC=1",
    )
    return house, lambda text: print_offset(offset, text)


def print_offset(file: Path, text: str) -> None:
    file.write_text(f"{text}\n")


@pytest.mark.parametrize("jump", ["+3h", "-3h"])
def test_a_call_does_not_notice_that_the_clock_jumps(
    jumping: tuple[House, Jump], jump: str
) -> None:
    house, turn_clock = jumping
    with Wire(house.site.sip) as wire:
        call = house.ring(wire, NUMBER)
        call.tells("says menu.demo.long")
        turn_clock(jump)
        wire.press("9")
        call.tells("no such choice")
        call.tells("it has been said", 5)
        wire.press("1")
        call.tells("joins queue")
    record = house.record(call.id)
    assert record.outcome == "abandoned"
    assert record.seconds < 10
    first, last = house.reader.steps(call.id)[0], house.reader.steps(call.id)[-1]
    assert abs((last.at - first.at).total_seconds()) > 10_000


def test_a_survey_that_was_planned_is_made_after_the_clock_has_jumped_forward(
    jumping: tuple[House, Jump],
) -> None:
    house, turn_clock = jumping
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


def test_a_clock_that_cannot_be_right_is_shown(jumping: tuple[House, Jump]) -> None:
    house, turn_clock = jumping
    house.shows("ivr_time_synced", 1)

    turn_clock("-20y")

    house.shows("ivr_time_synced", 0)
