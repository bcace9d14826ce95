"""Who was asked is left in peace, who refused for ever, also by a gateway that starts again."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.gateway.floor import Floor, furnished
from tests.gateway.house import House

pytestmark = pytest.mark.sip

ASKED = "+4520111216"
REFUSED = "+4520111219"
SHORT = "1813"
WITHHELD = "anonymous"


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory, prompts: Path) -> Iterator[Floor]:
    """A house that has asked one number and was refused by another, and then was restarted."""
    with closing(House(tmp_path_factory.mktemp("house"), prompts)) as house:
        floor = furnished(house)
        for number, keys, last in ((ASKED, "", "no_consent"), (REFUSED, "0", "refused")):
            call = talked(floor, number)
            floor.caller.wait_until_it("incoming")
            house.gateway.tells(f"{call}-s1  the caller answers")
            floor.caller.do("keys", keys=keys)
            if not keys:
                floor.caller.do("hang_up")
            house.gateway.tells(f"survey {call} is on disk as {last}")
            floor.caller.wait_until_it("ended")
        house.stop()
        house.start()
        yield floor


def talked(floor: Floor, number: str) -> str:
    """Have a caller talk to Anna, who hangs up; return the call's id."""
    call = floor.talk(number)
    floor.anna.do("hang_up")
    call.tells("the call is over: talked")
    floor.is_free()
    return call.id


@pytest.mark.parametrize(
    ("number", "disposition"), [(ASKED, "quarantined"), (REFUSED, "opted_out")]
)
def test_a_number_is_not_called_again(floor: Floor, number: str, disposition: str) -> None:
    call = talked(floor, number)

    floor.house.gateway.tells(f"survey {call} is on disk as {disposition}")
    assert floor.house.rung == [ASKED, REFUSED]


@pytest.mark.parametrize("number", [SHORT, WITHHELD, "+46701740615"])
def test_who_cannot_be_called_is_not_told_that_he_will_be(floor: Floor, number: str) -> None:
    call = talked(floor, number)
    floor.house.gateway.tells(f"survey {call} is on disk as not_callable")

    steps = floor.house.reader.steps(call)
    said = [str(action) for step in steps for action in step.actions]
    assert floor.house.record(call).outcome == "talked"
    assert not [one for one in said if "survey.notice" in one]


def test_nothing_is_left_to_do(floor: Floor) -> None:
    floor.house.shows("ivr_survey_planned", 0)

    assert floor.house.rung == [ASKED, REFUSED]
