"""Who called, and what he keyed in secret, stands in the journal at most; passwords nowhere.

That no caller's number is in the log is looked at in the end of every house.
"""

import json
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.gateway.floor import MENU, furnished
from tests.gateway.house import House

pytestmark = pytest.mark.sip

NUMBER = "+4520111215"
PEOPLE = re.compile("20111215")
PASSWORD = "tavst-og-hemmeligt"  # noqa: S105 -- it is what must not be seen
SECRET = "31415926"  # noqa: S105 -- the same
CHANGES = {
    "gateway.yaml": {
        "log": {"format": "json"},
        "sip": {
            "trunks": {
                "other": {
                    "proxy": "127.0.0.1:9",
                    "options_every": "never",
                    "registration": {
                        "user": "gateway",
                        "realm": "pbx.example.com",
                        "password": {"environment": "PBX_PASSWORD"},
                    },
                }
            }
        },
    }
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, prompts: Path) -> Iterator[House]:
    """A house after a call with a secret number, a talk, and a survey."""
    with closing(House(tmp_path_factory.mktemp("house"), prompts, CHANGES)) as house:
        floor = furnished(house, "env", f"PBX_PASSWORD={PASSWORD}")
        call = floor.call(NUMBER, (MENU, "4"), ("says collect.case.long", SECRET))
        call.tells("connects the caller")
        floor.anna.do("hang_up")
        survey = house.story(f"{call.id}-s1")
        survey.tells("says survey.intro")
        floor.caller.do("keys", keys="0")
        survey.tells("the call is over: surveyed")
        house.gateway.tells("is on disk as refused")
        yield house


def journal(house: House) -> bytes:
    """Return everything that the journal's files hold."""
    files = house.site.journal_file.parent.glob("journal.db*")
    return b"".join(file.read_bytes() for file in files)


def test_no_number_of_a_person_stands_in_the_log_or_the_metrics(house: House) -> None:
    lines = "\n".join(house.log.lines)

    assert "a hidden number" in lines
    assert PEOPLE.search(lines) is None
    assert PEOPLE.search(house.scrape()) is None


def test_there_is_one_structured_line_for_each_call(house: House) -> None:
    lines = [json.loads(line) for line in house.log.lines if line.startswith("{")]

    calls = [line for line in lines if line["event"] == "call"]
    assert [(one["outcome"], one["direction"]) for one in calls] == [
        ("talked", "in"),
        ("surveyed", "out"),
    ]
    assert calls[1]["disposition"] == "refused"


def test_the_digits_of_a_secret_entry_stand_nowhere(house: House) -> None:
    pressed = [line for line in house.log.lines if "the caller presses" in line]

    assert len([line for line in pressed if "presses •" in line]) == len(SECRET)
    assert sorted(line.rsplit("presses ")[1][0] for line in pressed) == sorted("40" + "•" * 8)
    assert SECRET.encode() not in journal(house)


def test_a_password_stands_nowhere(house: House) -> None:
    explained = house.ivr("check", "--explain", str(house.site.folder), status=1)

    assert "PBX_PASSWORD" in explained
    for text in ("\n".join(house.log.lines), house.scrape(), explained):
        assert PASSWORD not in text
    assert PASSWORD.encode() not in journal(house)
    assert b"PBX_PASSWORD" in journal(house)


def test_who_refused_is_not_called_again(house: House) -> None:
    assert house.rung == [NUMBER]
    assert house.metrics()['ivr_survey_total{disposition="refused",group="virksomhed"}'] == 1
