"""What a gateway does when a time is up that is longer than a test may last."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.gateway import hurried
from tests.gateway.floor import Floor, furnished
from tests.gateway.house import House

pytestmark = pytest.mark.sip

FOREIGN = "+46701740608"
NUMBER = "+4520111209"


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory, prompts: Path) -> Iterator[Floor]:
    with closing(House(tmp_path_factory.mktemp("house"), prompts)) as house:
        house.load = hurried.hurried
        yield furnished(house, program="tests.gateway.hurried")


def test_a_call_lasts_no_longer_than_its_limit(floor: Floor) -> None:
    call = floor.talk(FOREIGN)
    floor.caller.wait_until_it("ended")
    floor.anna.wait_until_it("ended")

    record = floor.house.record(call.id)
    assert record.outcome == "too_long"
    assert record.seconds == pytest.approx(hurried.SECONDS_OF_A_CALL, abs=0.5)
    floor.is_free()


def test_who_is_busy_or_does_not_answer_is_called_again_and_then_left_in_peace(
    floor: Floor,
) -> None:
    call = floor.talk(NUMBER)
    floor.caller.do("on_call", reject=486)
    floor.anna.do("hang_up")
    floor.caller.wait_until_it("incoming")
    floor.caller.do("on_call", never=True)
    floor.caller.wait_until_it("incoming")
    floor.caller.do("on_call", reject=480)
    floor.caller.wait_until_it("ended")
    floor.house.gateway.tells("is on disk as no_answer")

    survey = [record for record in floor.house.reader.calls() if record.survey == call.id]
    assert sorted(record.disposition for record in survey) == ["busy", "no_answer", "no_answer"]
