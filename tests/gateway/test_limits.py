"""What the gateway takes on, and how it says no: every caller gets an answer."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ivr.engine.record import CallRecord
from tests.gateway.conftest import Open
from tests.gateway.house import House, until
from tests.gateway.site import NUMBER as OURS
from tests.gateway.sipp import Sipp
from tests.gateway.wire import Wire

pytestmark = pytest.mark.sip

NUMBER = "+46701740606"
MANY = 1000
STRANGER = "127.0.0.2"


def rejected(reason: str) -> str:
    return f'ivr_sip_rejected_total{{reason="{reason}"}}'


@pytest.mark.parametrize(
    "limit",
    [
        60,
        pytest.param(
            110,
            marks=pytest.mark.xfail(
                reason="PJSIP tries 100 ports in a row, then refuses with 500", strict=True
            ),
        ),
    ],
)
def test_of_a_thousand_calls_at_once_none_is_lost_within_the_limit(
    opened: Open, tmp_path: Path, limit: int
) -> None:
    ports = "12000-13999"
    house = opened({"gateway.yaml": {"limits": {"calls": str(limit)}, "sip": {"rtp_ports": ports}}})
    house.start()
    options = ("-m", str(MANY), "-r", str(MANY), "-l", str(MANY), "-d", "2000")
    with Sipp("uac-expect-200-or-503", house.site.sip, tmp_path, *options) as crowd:
        crowd.ends(60)
        refused = crowd.count("turned away")
    assert house.metrics()[rejected("full")] == refused
    records = until(lambda: all_over(house, MANY))
    assert sum(record.outcome == "turned_away" for record in records) == refused
    assert sum(record.outcome == "hung_up" for record in records) == MANY - refused
    assert at_once(records) == limit


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


