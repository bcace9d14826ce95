"""Killed at any moment, the gateway starts again and knows what it had promised."""

import re
import sqlite3
from collections.abc import Sequence
from contextlib import closing

import pytest

from ivr.story import told
from tests.gateway import hurried
from tests.gateway.conftest import Open
from tests.gateway.floor import Floor, furnished
from tests.gateway.house import House, until
from tests.gateway.log import Story
from tests.gateway.wire import Wire

pytestmark = pytest.mark.sip

ASKED = "+4520111210"
PLANNED = "+4520111211"
HURRIED = "tests.gateway.hurried"


def test_killed_in_a_survey_it_loses_no_answer_asks_nobody_twice_and_calls_who_was_planned(
    opened: Open,
) -> None:
    house = opened({"survey.yaml": {"rules": {"lines": "1"}}})
    floor = furnished(house)
    asked = surveyed(floor)
    planned = talked(floor)
    house.gateway.tells(f"survey {planned} is on disk as planned")
    floor.caller.do("keys", keys="7")
    asked.tells("stores ventetid = 7")
    house.gateway.kill()
    assert is_sound(house)
    check_steps(house, asked.id)

    again = restarted(floor)
    again.tells(f"survey {planned} was planned before the restart")
    again.tells(f"survey {asked.id.removesuffix('-s1')} was reached before the restart")
    again.tells(f"{planned}-s1  the robot calls")
    again.tells("says survey.intro")
    floor.caller.do("hang_up")
    again.tells("is on disk as no_consent")

    values = [answer.value for answer in house.reader.answers()]
    assert values[:2] == [8, 9]
    assert values[2:] in ([], [7])
    assert house.rung == [ASKED, PLANNED]
    assert dispositions(house) == {ASKED: "partial", PLANNED: "no_consent"}
    house.shows("ivr_survey_planned", 0)


def surveyed(floor: Floor) -> Story:
    """Talk, be called by the robot, and give two answers; return the story of that call."""
    call = floor.talk(ASKED)
    floor.anna.do("hang_up")
    floor.caller.wait_until_it("incoming")
    survey = floor.house.story(f"{call.id}-s1")
    for said, key in (("survey.intro", "1"), ("survey.q1", "8"), ("survey.q2", "9")):
        survey.tells(f"says {said}")
        floor.caller.do("keys", keys=key)
    survey.tells("says survey.q3")
    return survey


def talked(floor: Floor) -> str:
    """Have another caller talk to an agent; return the call that the robot will ask about."""
    with Wire(floor.house.site.sip) as wire:
        call = floor.house.ring(wire, PLANNED)
        wire.press("1")
        call.tells("connects the caller")
    return call.id


def restarted(floor: Floor, program: str = "ivr") -> Story:
    """Start the gateway again, and the caller's telephone, which still thinks it talks."""
    floor.caller.stop()
    floor.caller = floor.house.telephone("caller")
    story = floor.house.story()
    floor.house.start(program=program)
    assert "damaged" not in floor.house.log
    return story


def is_sound(house: House) -> bool:
    with closing(sqlite3.connect(house.site.journal_file)) as connection:
        return connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def check_steps(house: House, call: str) -> None:
    """What was told of a call is what the journal holds of it, but for its last second."""
    line = re.compile(rf"(\d\d):(\d\d):(\d\d\.\d)  {call}  (.*)")
    lines = [found for one in house.log.lines if (found := line.fullmatch(one))]
    kept = [words for step in house.reader.steps(call) if (words := told(step))]
    assert kept == [found[4] for found in lines[: len(kept)]]
    assert seconds(lines[-1].groups()) - seconds(lines[len(kept) - 1].groups()) <= 1
    assert house.reader.gaps(call) == 0


def seconds(found: Sequence[str]) -> float:
    return int(found[0]) * 3600 + int(found[1]) * 60 + float(found[2])


def dispositions(house: House) -> dict[str, str]:
    with closing(sqlite3.connect(house.site.journal_file)) as connection:
        return dict(connection.execute("SELECT number, disposition FROM surveys"))


def test_killed_while_the_robot_rings_it_rings_again_later(opened: Open) -> None:
    house = opened()
    house.load = hurried.hurried
    floor = furnished(house, program=HURRIED)
    floor.caller.do("on_call", never=True)
    call = floor.talk(ASKED)
    floor.anna.do("hang_up")
    house.gateway.tells(f"{call.id}-s1  line 1 rings")
    house.gateway.kill()

    again = restarted(floor, HURRIED)

    again.tells(f"{call.id}-s2  the robot calls")
    for said, key in (("survey.intro", "1"), ("survey.q1", "#"), ("survey.q2", "#")):
        again.tells(f"says {said}")
        floor.caller.do("keys", keys=key)
    again.tells("says survey.q3")
    floor.caller.do("keys", keys="1#")
    again.tells("is on disk as complete")
    assert house.rung == [ASKED, ASKED]
    assert dispositions(house) == {ASKED: "complete"}
    assert until(lambda: [answer.value for answer in house.reader.answers()]) == [1]
