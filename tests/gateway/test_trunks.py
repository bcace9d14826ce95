"""The robot calls when a trunk can carry its call, and not before."""

import pytest

from demo.world import Telephone
from tests.gateway.conftest import Open
from tests.gateway.house import House
from tests.gateway.log import Story
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

    caller.stop()
    house.gateway.tells("trunks up: none")
    house.shows(UP, 0)


def test_the_second_trunk_carries_the_call_when_the_first_one_cannot(opened: Open) -> None:
    trunks = {"old": None, "pbx": None}
    house = opened()
    nobody, somebody = house.site.bo, house.site.trunk
    trunks = {
        "pbx": {"proxy": f"127.0.0.1:{nobody}"},
        "other": {"proxy": f"127.0.0.1:{somebody}", "options_every": "never"},
    }
    house.site.change({"gateway.yaml": {"sip": {"trunks": trunks}}})
    house.start()
    anna, caller = house.telephone("anna"), house.telephone("caller")

    call = talked(house, anna)

    survey = house.story(f"{call.id}-s1")
    caller.wait_until_it("incoming", 40)
    survey.tells("trunk pbx failed")
    survey.tells("says survey.intro")
    assert house.metrics()['ivr_notes_total{kind="trunk_failed"}'] == 1


def test_a_person_who_says_no_is_not_called_over_another_trunk(opened: Open) -> None:
    house = opened()
    other = {"proxy": f"127.0.0.1:{house.site.bo}", "options_every": "never"}
    house.site.change({"gateway.yaml": {"sip": {"trunks": {"other": other}}}})
    house.start()
    anna, caller, bo = (house.telephone(name) for name in ("anna", "caller", "bo"))
    house.site.change({})
    caller.do("on_call", reject=603)

    call = talked(house, anna)

    house.gateway.tells(f"survey {call.id}: busy; survey {call.id}: planned")
    assert house.rung == [NUMBER]
    del bo
