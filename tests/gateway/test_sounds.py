"""A sound that is missing at run time costs a caller a sentence, never his call."""

import shutil
from pathlib import Path

import pytest

from tests.gateway.conftest import Open
from tests.gateway.house import House
from tests.gateway.wire import Wire

pytestmark = pytest.mark.sip

NUMBER = "+46701740611"
FAILED = 'ivr_notes_total{kind="prompt_failed"}'


@pytest.fixture
def unopened(opened: Open, prompts: Path, tmp_path: Path) -> House:
    """A house with prompts of its own, which may be taken away."""
    own = tmp_path / "prompts"
    shutil.copytree(prompts, own)
    return opened(prompts=own)


@pytest.fixture
def house(unopened: House) -> House:
    """The same, its gateway running."""
    unopened.start()
    return unopened


@pytest.mark.parametrize("damage", ["gone", "empty", "garbage"])
def test_a_call_goes_on_without_a_prompt_that_is(house: House, damage: str) -> None:
    for prompt in ("greeting", "menu.demo.long", "no_match"):
        file = house.site.prompts / "da" / "rendered" / f"{prompt}.wav"
        match damage:
            case "gone":
                file.unlink()
            case "empty":
                file.write_bytes(b"")
            case "garbage":
                file.write_bytes(b"RIFF" + bytes(range(256)) * 40)
    with Wire(house.site.sip) as wire:
        call = house.ring(wire, NUMBER)
        call.tells("the prompt could not be played; goes on without the prompt")
        call.tells("the prompt could not be played; goes on without the prompt")
        wire.press("9")
        call.tells("no such choice in hovedmenu")
        call.tells("the prompt could not be played")
        wire.press("1")
        call.tells("joins queue")
    assert house.record(call.id).outcome == "abandoned"
    assert house.metrics()[FAILED] == 3


def test_a_prompt_that_was_heard_before_may_vanish_too(house: House) -> None:
    for times in (1, 2):
        with Wire(house.site.sip) as wire:
            call = house.ring(wire, NUMBER)
            call.tells("says menu.demo.long")
            if times == 2:
                call.tells("the prompt could not be played")
            wire.press("1")
            call.tells("joins queue")
        (house.site.prompts / "da" / "rendered" / "menu.demo.long.wav").unlink(missing_ok=True)
    assert house.metrics()[FAILED] == 1


def test_without_music_there_is_silence_and_the_agent_still_answers(house: House) -> None:
    (house.site.prompts / "music" / "rendered" / "calm.wav").unlink()
    house.telephone("bo")
    with Wire(house.site.sip) as wire:
        wire.murmur()
        call = house.ring(wire, NUMBER)
        wire.press("1")
        call.tells("plays music")
        call.tells("connects the caller with line 3")
    assert house.record(call.id).outcome == "talked"


def test_a_gateway_that_lacks_prompts_says_so_and_takes_calls(unopened: House) -> None:
    shutil.rmtree(unopened.site.prompts / "en" / "rendered")

    unopened.start()

    assert "some prompts are silent" in unopened.log
    assert unopened.metrics()['ivr_degraded{reason="prompts"}'] == 1
    with Wire(unopened.site.sip) as wire:
        unopened.ring(wire, NUMBER).tells("it has been said; comes to hovedmenu")
