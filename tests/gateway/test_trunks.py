"""The robot calls when a trunk can carry its call, and not before."""

import pytest

from demo.world import Telephone
from tests.gateway import hurried
from tests.gateway.conftest import Open
from tests.gateway.house import House
from tests.gateway.log import Story
from tests.gateway.site import LOOPBACK
from tests.gateway.wire import Wire

pytestmark = pytest.mark.sip

NUMBER = "+4520111212"
UP = 'ivr_sip_trunk_up{trunk="pbx"}'
WATCHED = {"gateway.yaml": {"sip": {"trunks": {"pbx": {"options_every": "5s"}}}}}


def talked(house: House, agent: Telephone) -> Story:
    """Have a caller talk to an agent, who hangs up."""
    with Wire(house.site.sip) as wire:
        call = house.ring(wire, NUMBER)
        wire.press("1")
        call.tells("connects the caller")
        agent.do("hang_up")
        call.tells("the call is over: talked")
    return call


def test_while_the_trunk_is_down_the_survey_waits(opened: Open) -> None:
    house = opened(WATCHED)
    house.start(waits_for="started")
    anna = house.telephone("anna")
    assert house.metrics()[UP] == 0
    house.shows(UP, 0)
    house.gateway.tells("trunk                          name=pbx registered=None up=False")
    assert "trunks: pbx DOWN" in house.ivr("status", "--control", str(house.site.control))

    call = talked(house, anna)
    house.gateway.tells(f"survey {call.id} is on disk as planned")
    house.shows("ivr_survey_due", 1)
    assert house.rung == []

    caller = house.telephone("caller")
    house.gateway.tells("trunks up: pbx")
    house.shows(UP, 1)
    assert "trunks: pbx up" in house.ivr("status", "--control", str(house.site.control))
    assert house.metrics()['ivr_sip_options_rtt_seconds{trunk="pbx"}'] > 0
    caller.wait_until_it("incoming")
    assert house.rung == [NUMBER]


@pytest.fixture
def two_trunks(opened: Open) -> House:
    """Bo's telephone stands for the first trunk, and the caller's for the second."""
    house = opened()
    trunks = {
        "pbx": {"proxy": f"{LOOPBACK}:{house.site.bo}"},
        "other": {"proxy": f"{LOOPBACK}:{house.site.trunk}", "options_every": "never"},
    }
    agents = {"bo": {"logged_in": "no"}}
    house.site.change(
        {"gateway.yaml": {"sip": {"trunks": trunks}}, "teams.yaml": {"agents": agents}}
    )
    house.load = hurried.hurried
    house.start(program="tests.gateway.hurried")
    return house


def test_the_second_trunk_carries_the_call_when_the_first_one_cannot(two_trunks: House) -> None:
    house = two_trunks
    anna, caller, _ = house.telephones(("anna",), ("caller",), ("bo", "--reject", "503"))

    call = talked(house, anna)

    survey = house.story(f"{call.id}-s1")
    caller.wait_until_it("incoming")
    survey.tells("trunk pbx failed (503)")
    survey.tells("says survey.intro")
    assert house.metrics()['ivr_notes_total{kind="trunk_failed"}'] == 1


def test_the_second_trunk_carries_the_call_when_the_first_one_is_silent(
    two_trunks: House,
) -> None:
    house = two_trunks
    anna, caller = house.telephones(("anna",), ("caller",))

    talked(house, anna)

    caller.wait_until_it("incoming", hurried.SECONDS_TO_RING + 3)


def test_a_person_who_says_no_is_not_called_over_another_trunk(two_trunks: House) -> None:
    house = two_trunks
    anna, *_ = house.telephones(("anna",), ("caller",), ("bo", "--reject", "603"))

    call = talked(house, anna)

    house.gateway.tells(f"survey {call.id}: busy; survey {call.id}: planned")
    assert house.rung == []
