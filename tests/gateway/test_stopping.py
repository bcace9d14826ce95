"""A gateway that is stopped lets its callers finish, for a while."""

import signal
from threading import Event

import pytest

from tests.gateway.conftest import Open
from tests.gateway.house import House
from tests.gateway.wire import Wire

pytestmark = pytest.mark.sip

NUMBER = "+46701740607"


def drained(opened: Open, seconds: int) -> House:
    house = opened({"gateway.yaml": {"limits": {"seconds_to_drain": str(seconds)}}})
    house.start()
    return house


def test_while_it_drains_new_callers_are_turned_away_and_the_last_one_finishes(
    opened: Open,
) -> None:
    house = drained(opened, 60)
    with Wire(house.site.sip) as first, Wire(house.site.sip) as second:
        call = house.ring(first, NUMBER)
        house.gateway.signal(signal.SIGTERM)
        refused = second.ring(NUMBER)
        assert (refused.status, refused.header("Retry-After")) == (503, "7")
        assert house.metrics()['ivr_sip_rejected_total{reason="draining"}'] == 1

        call.tells("says menu.demo.long")
        first.press("1")
        call.tells("chooses 1 in hovedmenu")
        assert house.gateway.is_running
        first.hang_up()
        assert house.gateway.ends() == 0

    assert house.record(call.id).outcome == "abandoned"


def test_draining_lasts_no_longer_than_it_may(opened: Open) -> None:
    house = drained(opened, 1)
    with Wire(house.site.sip) as wire:
        call = house.ring(wire, NUMBER)
        house.gateway.signal(signal.SIGTERM)
        assert wire.has_ended.wait(4)
        assert house.gateway.ends() == 0

    record = house.record(call.id)
    assert record.outcome == "stopped"
    assert 0.9 < record.seconds < 3


def test_told_twice_it_stops_at_once(opened: Open) -> None:
    house = drained(opened, 60)
    with Wire(house.site.sip) as wire:
        call = house.ring(wire, NUMBER)
        house.gateway.signal(signal.SIGTERM)
        Event().wait(0.2)
        assert not wire.has_ended.is_set()
        house.gateway.signal(signal.SIGINT)
        assert wire.has_ended.wait(3)
        assert house.gateway.ends() == 0

    assert house.record(call.id).outcome == "stopped"


def test_ivr_drain_does_the_same(opened: Open) -> None:
    house = drained(opened, 60)

    assert house.ivr("drain", "--control", str(house.site.control)) == "draining\n"

    assert house.gateway.ends() == 0
    assert not house.site.control.exists()
