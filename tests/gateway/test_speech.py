"""Callers who speak, over SIP, with the real model: who is heard, who is not, and what is left."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # psutil carries no types
import pytest

from ivr.engine import events as on
from tests.gateway.conftest import Open
from tests.gateway.floor import Floor, furnished
from tests.gateway.house import House, until
from tests.gateway.log import Story
from tests.gateway.sayings import noise, say
from tests.gateway.site import STAGE

pytestmark = pytest.mark.sip

NUMBER = "+4520111281"
MODEL = "speech_model/da-8k"
LISTENS: Mapping[str, object] = {
    "gateway.yaml": {"speech": {"model": MODEL}},
    STAGE: {"nodes": {"hovedmenu": {"answer_within": "4s"}}},
}
ASKED = "listens in hovedmenu"
DEGRADED = 'ivr_degraded{reason="speech"}'


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory, prompts: Path) -> Iterator[Floor]:
    with closing(House(tmp_path_factory.mktemp("house"), prompts, LISTENS)) as house:
        floor = furnished(house)
        house.shows(DEGRADED, 0)
        yield floor


def asked(floor: Floor) -> Story:
    """Return the story of a call whose caller has been asked what it is about."""
    story = floor.house.call(floor.caller, NUMBER)
    story.tells(ASKED)
    return story


def hang_up(floor: Floor, story: Story) -> None:
    floor.caller.do("hang_up")
    story.tells("the call is over")
    floor.is_free()


def speech_events(house: House, call: str) -> list[on.CallEvent]:
    house.record(call)
    kinds = on.SpeechStarted | on.SpeechHeard | on.NothingHeard | on.RecogniserFailed
    return [step.event for step in house.reader.steps(call) if isinstance(step.event, kinds)]


@pytest.mark.parametrize(
    ("words", "choice"),
    [("byggetilladelse", "2"), ("jeg ringer angående rekruttering", "1")],
)
def test_who_says_his_errand_comes_to_the_right_team(
    floor: Floor, tmp_path: Path, words: str, choice: str
) -> None:
    story = asked(floor)

    floor.caller.do("play", file=say(words, tmp_path))

    story.tells(f"is understood in hovedmenu: {choice}")
    story.tells("joins queue virksomhed")
    story.tells("connects the caller")
    hang_up(floor, story)
    heard = speech_events(floor.house, story.id)
    assert any(isinstance(event, on.SpeechStarted) for event in heard)
    assert floor.house.record(story.id).outcome == "talked"


def test_words_are_in_the_journal_and_not_in_the_log(floor: Floor, tmp_path: Path) -> None:
    story = asked(floor)

    floor.caller.do("play", file=say("byggetilladelse", tmp_path))

    story.tells("is understood in hovedmenu: 2")
    hang_up(floor, story)
    (heard,) = (e for e in speech_events(floor.house, story.id) if isinstance(e, on.SpeechHeard))
    assert heard.text == "byggetilladelse"
    assert "byggetilladelse" not in floor.house.log
    assert "byggetilladelse" not in floor.house.scrape()


def test_the_first_word_cuts_the_question_short(floor: Floor, tmp_path: Path) -> None:
    story = asked(floor)
    floor.caller.do("play", file=say("byggetilladelse", tmp_path))

    story.tells("the caller speaks")
    story.tells("is understood in hovedmenu: 2")
    hang_up(floor, story)


def test_keys_work_while_somebody_speaks(floor: Floor, tmp_path: Path) -> None:
    story = asked(floor)

    floor.caller.do("play", file=say("jeg vil gerne høre mere om byggetilladelse", tmp_path))
    floor.caller.do("keys", keys="1")

    story.tells("chooses 1 in hovedmenu")
    story.tells("connects the caller")
    hang_up(floor, story)
    assert floor.house.record(story.id).outcome == "talked"


def test_who_hangs_up_while_he_is_listened_to_harms_nobody(floor: Floor, tmp_path: Path) -> None:
    story = asked(floor)
    floor.caller.do("play", file=say("jeg vil gerne", tmp_path))

    floor.caller.do("hang_up")

    story.tells("the call is over")
    assert floor.house.record(story.id).outcome == "hung_up"
    story = asked(floor)
    floor.caller.do("play", file=say("byggetilladelse", tmp_path))
    story.tells("is understood in hovedmenu: 2")
    hang_up(floor, story)


def test_a_hold_in_the_midst_of_it_is_survived(floor: Floor, tmp_path: Path) -> None:
    story = asked(floor)

    floor.caller.do("hold")
    floor.caller.wait_until_it("done")
    floor.caller.do("unhold")
    floor.caller.wait_until_it("done")
    floor.caller.do("play", file=say("byggetilladelse", tmp_path))

    story.tells("is understood in hovedmenu: 2")
    hang_up(floor, story)


def test_noise_ends_with_keys_and_never_with_a_choice(floor: Floor, tmp_path: Path) -> None:
    story = asked(floor)

    floor.caller.do("play", file=noise(25.0, tmp_path))

    story.tells("says no_input")
    floor.caller.do("keys", keys="1")
    story.tells("chooses 1 in hovedmenu")
    hang_up(floor, story)
    assert not any(isinstance(e, on.SpeechStarted) for e in speech_events(floor.house, story.id))


def test_a_recogniser_that_dies_in_a_call_leaves_its_caller_the_keys(
    opened: Open, tmp_path: Path
) -> None:
    house = opened(LISTENS)
    floor = furnished(house)
    house.shows(DEGRADED, 0)
    story = asked(floor)

    recogniser(house).kill()

    story.tells("the recogniser fails")
    story.tells("says speech.failed")
    house.shows(DEGRADED, 1)
    floor.caller.do("keys", keys="2")
    story.tells("chooses 2 in hovedmenu")
    story.tells("connects the caller")
    hang_up(floor, story)
    assert on.RecogniserFailed in map(type, speech_events(house, story.id))

    house.gateway.tells("another recogniser listens")
    story = asked(floor)
    floor.caller.do("play", file=say("jeg ringer angående rekruttering", tmp_path))
    story.tells("is understood in hovedmenu: 1")
    hang_up(floor, story)
    house.shows(DEGRADED, 0)


def test_a_recogniser_that_hangs_in_a_call_leaves_its_caller_the_keys(opened: Open) -> None:
    floor = furnished(opened(LISTENS))
    story = asked(floor)

    recogniser(floor.house).suspend()

    story.tells("the recogniser fails")
    story.tells("says speech.failed")
    floor.caller.do("keys", keys="2")
    story.tells("chooses 2 in hovedmenu")
    story.tells("connects the caller")
    hang_up(floor, story)


def recogniser(house: House) -> psutil.Process:
    """Return the process that listens for a gateway; there is one within PATIENCE."""

    def found() -> psutil.Process | None:
        children = psutil.Process(house.gateway.pid).children(recursive=True)
        return next((each for each in children if "ivr.speech.serving" in each.cmdline()), None)

    return until(found)


@pytest.mark.parametrize("damage", ["nowhere", "empty", "broken"])
def test_without_a_usable_model_the_gateway_runs_on_keys(
    opened: Open, tmp_path: Path, damage: str
) -> None:
    model = tmp_path / "da-8k"
    if damage != "nowhere":
        model.mkdir()
    if damage == "broken":
        for name in ("am/final.mdl", "graph/HCLr.fst", "graph/Gr.fst", "graph/disambig_tid.int"):
            (model / name).parent.mkdir(exist_ok=True)
            (model / name).write_bytes(b"\0B nonsense")
        (model / "conf").mkdir()
        (model / "conf/mfcc.conf").write_text("--sample-frequency=8000\n")
        (model / "conf/model.conf").write_text("--beam=13\n")
        (model / "graph/words.txt").write_text("<eps> 0\nja 1\n[unk] 2\n")
    house = opened({"gateway.yaml": {"speech": {"model": str(model)}}})

    floor = furnished(house)

    assert "callers have keys only" in house.log
    house.shows(DEGRADED, 1)
    story = house.call(floor.caller, NUMBER)
    story.tells("says menu.demo.long")
    floor.caller.do("keys", keys="1")
    story.tells("connects the caller")
    hang_up(floor, story)
