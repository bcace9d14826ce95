"""Keys, however they come: in one burst, in a storm, by SIP INFO."""

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ivr.engine import events as on
from tests.gateway.house import House
from tests.gateway.wire import Wire

pytestmark = pytest.mark.sip

NUMBER = "+4520111202"
OTHER = "+4520111203"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, prompts: Path) -> Iterator[House]:
    with closing(House(tmp_path_factory.mktemp("house"), prompts)) as house:
        house.start()
        yield house


def pressed(house: House, call: str) -> str:
    """Return the keys of a call that is over, as the journal holds them."""
    house.record(call)
    events = [step.event for step in house.reader.steps(call)]
    return "".join(event.key for event in events if isinstance(event, on.KeyPressed))


def test_two_keys_in_one_burst_are_two_keys(house: House) -> None:
    with Wire(house.site.sip) as wire:
        call = house.ring(wire, NUMBER)
        call.tells("says menu.demo.long")
        wire.press("77")
        call.tells("says no_match")
        call.tells("says no_match")

    assert pressed(house, call.id) == "77"


def test_a_burst_of_ten_different_keys_arrives_whole_and_in_order(house: House) -> None:
    with Wire(house.site.sip) as wire:
        call = house.ring(wire, NUMBER)
        call.tells("says menu.demo.long")
        wire.press("4123456789")
        call.tells("has keyed in sagsnummer")

    assert len(pressed(house, call.id)) == 10


def test_keys_by_sip_info_are_keys(house: House) -> None:
    before = house.metrics().get('ivr_dtmf_digits_total{method="info"}', 0)
    with Wire(house.site.sip) as wire:
        call = house.ring(wire, NUMBER)
        call.tells("says menu.demo.long")
        assert wire.inform("9").status == 200
        call.tells("says no_match")
        assert wire.inform("1").status == 200
        call.tells("says survey.notice")

    assert pressed(house, call.id) == "91"
    house.shows('ivr_dtmf_digits_total{method="info"}', before + 2)


def test_a_storm_of_keys_on_one_call_does_not_touch_another(house: House) -> None:
    with Wire(house.site.sip) as wild, Wire(house.site.sip) as calm:
        stormy = house.ring(wild, OTHER)
        stormy.tells("says menu.demo.long")
        call = house.ring(calm, NUMBER)
        call.tells("says menu.demo.long")
        storm = threading.Thread(target=wild.press, args=("*" * 150, 0.02))
        storm.start()
        calm.press("9")
        call.tells("says no_match", 2)
        calm.press("1")
        call.tells("says survey.notice", 2)
        storm.join()
        wild.press("1")
        stormy.tells("says survey.notice")

    assert pressed(house, stormy.id) == "*" * 150 + "1"
    assert house.record(call.id).outcome == "abandoned"
