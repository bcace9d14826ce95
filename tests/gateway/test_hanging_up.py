"""Either side may hang up at any time: the call ends in its outcome, and nobody stays busy."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.gateway.floor import MENU, TALKING, TO_MESSAGE, TO_QUEUE, Floor, furnished
from tests.gateway.house import House, until
from tests.gateway.wire import Wire

pytestmark = pytest.mark.sip

NUMBER = "+46701740605"
"""Of a foreigner: the robot calls nobody abroad."""
ASKED = "+4520111206"
ASKED_TOO = "+4520111207"
RINGING = "line 2 rings"


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory, prompts: Path) -> Iterator[Floor]:
    with closing(House(tmp_path_factory.mktemp("house"), prompts)) as house:
        yield furnished(house)


@pytest.fixture(autouse=True)
def _agents_answer(floor: Floor) -> None:
    for agent in (floor.anna, floor.bo):
        agent.do("on_call")


def counter(outcome: str) -> str:
    return f'ivr_calls_total{{direction="in",group="virksomhed",result="{outcome}"}}'


@pytest.mark.parametrize(
    ("keys", "last", "outcome"),
    [
        ((), "says greeting", "hung_up"),
        ((), MENU, "hung_up"),
        (((MENU, "4"), ("says collect.case.long", "12")), "presses", "hung_up"),
        (TO_QUEUE, RINGING, "abandoned"),
        (TO_QUEUE, TALKING, "talked"),
        (((MENU, "8"),), "says message.invite", "hung_up"),
    ],
    ids=["greeting", "menu", "collect", "ringing", "talking", "invited"],
)
def test_the_caller_hangs_up(
    floor: Floor, keys: tuple[tuple[str, str], ...], last: str, outcome: str
) -> None:
    if last == RINGING:
        floor.anna.do("on_call", never=True)
    before = floor.house.metrics().get(counter(outcome), 0)

    call = floor.call(NUMBER, *keys)
    call.tells(last)
    floor.caller.do("hang_up")

    assert floor.house.record(call.id).outcome == outcome
    assert floor.house.metrics()[counter(outcome)] == before + 1
    if last in {RINGING, TALKING}:
        floor.anna.wait_until_it("ended")
    floor.is_free()


def test_the_caller_hangs_up_while_he_is_told_of_the_survey_and_is_not_surveyed(
    floor: Floor,
) -> None:
    call = floor.call(ASKED, (MENU, "1"))
    call.tells("says survey.notice")
    floor.caller.do("hang_up")

    assert floor.house.record(call.id).outcome == "hung_up"
    floor.is_free()


def test_the_caller_hangs_up_in_the_queue_and_hears_music_until_then(floor: Floor) -> None:
    for agent in (floor.anna, floor.bo):
        agent.do("on_call", never=True)
    with Wire(floor.house.site.sip) as one, Wire(floor.house.site.sip) as two:
        for wire in (one, two):
            floor.house.ring(wire, NUMBER)
            wire.press("1")
        call = floor.call(NUMBER, *TO_QUEUE)
        call.tells("stands at position 3; says queue.position(position=3)")
        floor.house.shows('ivr_queue_waiting{queue="virksomhed"}', 3)
        call.tells("plays music")
        floor.caller.do("measure", seconds=0.5)
        assert floor.caller.wait_until_it("measured")["hz"] > 0
        floor.caller.do("hang_up")

        assert floor.house.record(call.id).outcome == "abandoned"
        floor.house.shows('ivr_queue_waiting{queue="virksomhed"}', 2)
    floor.is_free()


def test_the_caller_hangs_up_before_he_has_said_anything(floor: Floor) -> None:
    call = floor.call(NUMBER, *TO_MESSAGE)
    call.tells("records for box")
    floor.caller.do("hang_up")

    assert floor.house.record(call.id).outcome == "hung_up"


def test_a_message_that_ends_with_a_hang_up_is_kept(floor: Floor) -> None:
    call = floor.call(NUMBER, *TO_MESSAGE)
    call.tells("records for box")
    floor.caller.do("tone", hz=500)
    floor.caller.do("measure", seconds=1.5)
    floor.caller.wait_until_it("measured")
    floor.caller.do("hang_up")

    assert floor.house.record(call.id).outcome == "message"
    message = until(lambda: floor.house.reader.messages(box="virksomhed"))[-1]
    assert (message.call, message.caller) == (call.id, NUMBER)
    assert 1 < message.seconds < 3
    assert Path(message.path).stat().st_size > message.seconds * 8000
    assert floor.house.metrics()['ivr_messages_total{box="virksomhed"}'] == 1


@pytest.mark.parametrize(
    ("number", "keys", "last", "disposition"),
    [
        (ASKED, (), "says survey.intro", "no_consent"),
        (ASKED_TOO, (("says survey.intro", "1"), ("says survey.q1", "4")), "q2", "partial"),
    ],
)
def test_the_called_person_hangs_up_on_the_robot(
    floor: Floor, number: str, keys: tuple[tuple[str, str], ...], last: str, disposition: str
) -> None:
    call = floor.talk(number)
    floor.anna.do("hang_up")
    call.tells("the call is over: talked")
    floor.caller.wait_until_it("incoming")
    survey = floor.house.story(f"{call.id}-s1")
    for said, key in keys:
        survey.tells(said)
        floor.caller.do("keys", keys=key)
    survey.tells(last)
    floor.caller.do("hang_up")

    record = floor.house.record(f"{call.id}-s1")
    assert (record.outcome, record.disposition) == ("surveyed", disposition)
    answers = floor.house.reader.answers(survey=call.id)
    assert [answer.value for answer in answers] == [4] * len(keys[1:])
    floor.house.shows(f'ivr_survey_total{{disposition="{disposition}",group="virksomhed"}}', 1)
    floor.is_free()


@pytest.mark.parametrize(
    ("manner", "outcome"),
    [
        ({"reject": 486}, "busy"),
        ({"reject": 603}, "busy"),
        ({"reject": 480}, "no_answer"),
        ({"reject": 500}, "failed"),
        ({"never": True}, "busy"),
    ],
    ids=["busy", "declines", "unavailable", "broken", "hangs up while it rings"],
)
def test_the_agent_does_not_take_the_call_and_the_next_one_does(
    floor: Floor, manner: dict[str, object], outcome: str
) -> None:
    floor.anna.do("on_call", **manner)
    call = floor.call(NUMBER, *TO_QUEUE)
    floor.anna.wait_until_it("incoming")
    if "never" in manner:
        call.tells(RINGING)
        floor.anna.do("hang_up")
    floor.house.gateway.tells(f"{call.id}: anna {outcome}; anna is resting; bo is ringing")
    call.tells("connects the caller with line 3")
    floor.bo.do("hang_up")

    record = floor.house.record(call.id)
    assert (record.outcome, record.agent) == ("talked", "bo")
    floor.is_free()


def test_after_all_this_the_next_caller_gets_an_agent(floor: Floor) -> None:
    call = floor.talk(NUMBER)
    floor.anna.do("hang_up")

    assert floor.house.record(call.id).agent == "anna"
    floor.is_free()
    floor.is_empty()


def test_an_agent_whose_telephone_is_gone_keeps_nobody_waiting(floor: Floor) -> None:
    floor.anna.stop()
    call = floor.talk(NUMBER)
    floor.caller.do("hang_up")

    assert floor.house.record(call.id).agent == "bo"
