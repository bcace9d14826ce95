"""What the gateway takes on, and how it says no: every caller gets an answer."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ivr.engine.record import CallRecord
from tests.gateway.conftest import Open
from tests.gateway.house import House, until
from tests.gateway.sipp import Sipp
from tests.gateway.site import NUMBER as OURS
from tests.gateway.wire import Wire

pytestmark = pytest.mark.sip

NUMBER = "+46701740606"
MANY = 1000
LIMIT = 110
"""More than the ports in a row that PJSIP would try by itself."""
STRANGER = "127.0.0.2"


def rejected(reason: str) -> str:
    return f'ivr_sip_rejected_total{{reason="{reason}"}}'


def test_of_a_thousand_calls_at_once_none_is_lost_within_the_limit(
    opened: Open, tmp_path: Path
) -> None:
    ports = "12000-13999"
    house = opened({"gateway.yaml": {"limits": {"calls": str(LIMIT)}, "sip": {"rtp_ports": ports}}})
    house.start()
    options = ("-m", str(MANY), "-r", str(MANY), "-l", str(MANY), "-d", "2000")
    with Sipp("uac-expect-200-or-503", house.site.sip, tmp_path, *options) as crowd:
        crowd.ends(60)
        refused = crowd.count("turned away")
    assert house.metrics()[rejected("full")] == refused
    records = until(lambda: all_over(house, MANY))
    assert sum(record.outcome == "turned_away" for record in records) == refused
    assert sum(record.outcome == "hung_up" for record in records) == MANY - refused
    assert at_once(records) == LIMIT


def all_over(house: House, many: int) -> list[CallRecord]:
    """Return the records of so many calls when they all are over."""
    records = house.reader.calls(2 * many)
    return records if len(records) == many and all(one.is_over for one in records) else []


def at_once(records: list[CallRecord]) -> int:
    """Return how many calls were up at the same time, at most."""
    up = most = 0
    taken = [record for record in records if record.outcome != "turned_away"]
    begun = [(record.began, 1) for record in taken]
    ended = [(record.began + record.seconds, -1) for record in taken]
    for _, change in sorted(begun + ended):
        up += change
        most = max(most, up)
    return most


# --- who is let in ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, prompts: Path) -> Iterator[House]:
    """A house with room for one call."""
    changes = {"gateway.yaml": {"limits": {"calls": "1", "seconds_without_audio": "5"}}}
    with closing(House(tmp_path_factory.mktemp("house"), prompts, changes)) as house:
        house.start()
        yield house


def test_beyond_the_limit_a_caller_is_told_when_to_try_again(house: House) -> None:
    with Wire(house.site.sip) as first, Wire(house.site.sip) as second:
        assert first.ring(NUMBER).status == 200
        refused = second.ring(NUMBER)
        assert (refused.status, refused.header("Retry-After")) == (503, "7")

        first.hang_up()
        house.shows('ivr_calls_active{direction="in",group="virksomhed"}', 0)
        assert second.ring(NUMBER).status == 200
    assert house.metrics()[rejected("full")] == 1


def test_a_number_that_is_not_ours_is_not_found(house: House) -> None:
    story = house.story()
    with Wire(house.site.sip) as wire:
        assert wire.ring(NUMBER, dialled="+4533660000").status == 404

    assert house.record(story.of_next_call().id).outcome == "unknown_number"
    assert house.metrics()[rejected("unknown_number")] == 1


def test_an_older_number_leads_to_the_same_place(house: House) -> None:
    with Wire(house.site.sip) as wire:
        assert wire.ring(NUMBER, dialled="3366").status == 200


def test_a_stranger_is_forbidden_and_leaves_no_call(house: House) -> None:
    before = len(house.reader.calls(1000))
    with Wire(house.site.sip, source=STRANGER) as wire:
        assert wire.ring(NUMBER, dialled=OURS).status == 403

    assert house.metrics()[rejected("not_a_trunk")] == 1
    assert len(house.reader.calls(1000)) == before


def test_a_caller_whose_sound_stops_is_hung_up_on(house: House) -> None:
    with Wire(house.site.sip) as wire:
        call = house.ring(wire, NUMBER)
        wire.murmur()
        call.tells("says menu.demo.long")
        wire.hush()
        wire.has_ended.wait(12)

        assert wire.has_ended.is_set()
    record = house.record(call.id)
    assert record.outcome == "no_audio"
    assert 5 < record.seconds < 10
    name = 'ivr_calls_total{direction="in",group="virksomhed",result="no_audio"}'
    assert house.metrics()[name] == 1


def test_the_status_says_how_it_stands(house: House) -> None:
    text = house.ivr("status", "--control", str(house.site.control))

    assert text.startswith("demo ")
    assert "0 calls; trunks: pbx up" in text
