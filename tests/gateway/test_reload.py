"""A new configuration is for new calls; one that is not good changes nothing."""

import shutil
import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ivr.prompts import manifest
from tests.gateway.house import House
from tests.gateway.site import STAGE
from tests.gateway.wire import Wire

pytestmark = pytest.mark.sip

NUMBER = "+46701740609"
SUCCESSFUL = "ivr_config_last_reload_successful"
MENU = "says menu.demo.long"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, prompts: Path) -> Iterator[House]:
    own = tmp_path_factory.mktemp("own") / "prompts"
    shutil.copytree(prompts, own)
    with closing(House(tmp_path_factory.mktemp("house"), own)) as house:
        house.start()
        yield house


def choice(key: str, node: str | None) -> dict[str, object]:
    return {STAGE: {"nodes": {"hovedmenu": {"choices": {key: node}}}}}


def test_a_call_keeps_the_configuration_it_began_with(house: House) -> None:
    with Wire(house.site.sip) as old, Wire(house.site.sip) as new:
        first = house.ring(old, NUMBER)
        first.tells(MENU)
        house.site.change(choice("9", "besked"))
        story = house.story()
        house.gateway.signal(signal.SIGHUP)
        story.tells("reloaded")
        second = house.ring(new, NUMBER)
        second.tells(MENU)
        for wire in (old, new):
            wire.press("9")
        first.tells("no such choice in hovedmenu")
        second.tells("says message.invite")

    before, after = house.record(first.id).config, house.record(second.id).config
    assert before != after
    assert house.reader.configuration(before) != house.reader.configuration(after)
    name = f'ivr_build_info{{config_sha="{after}",version="0.1.0"}}'
    assert house.metrics()[name] == house.metrics()[SUCCESSFUL] == 1
    assert not [one for one in house.metrics() if before in one]


def test_ivr_reload_says_which_configuration_is_in_force(house: House) -> None:
    house.site.change(choice("7", "besked"))

    text = house.ivr("reload", "--control", str(house.site.control))

    with Wire(house.site.sip) as wire:
        call = house.ring(wire, NUMBER)
    assert text == f"configuration {house.record(call.id).config} is in force for new calls\n"


def test_a_bad_file_keeps_the_old_configuration_and_says_where_it_is_bad(house: House) -> None:
    file = house.site.folder / STAGE
    good = file.read_text()
    bad = good.replace("then: kø\n", "then: koe\n")
    line = bad.split("\n").index(next(one for one in bad.split("\n") if "koe" in one)) + 1
    with Wire(house.site.sip) as wire:
        before = house.ring(wire, NUMBER)
    file.write_text(bad)
    story = house.story()

    text = house.ivr("reload", "--control", str(house.site.control), status=1)

    said = story.tells("reload refused; the old configuration stays")
    assert f"{file}:{line}: " in said
    assert f"{file}:{line}: " in text
    assert house.metrics()[SUCCESSFUL] == 0
    with Wire(house.site.sip) as wire:
        after = house.ring(wire, NUMBER)
    assert house.record(after.id).config == house.record(before.id).config

    file.write_text(good)
    house.gateway.signal(signal.SIGHUP)
    story.tells("reloaded")
    assert house.metrics()[SUCCESSFUL] == 1


def test_words_that_nobody_has_spoken_yet_are_not_taken(house: House) -> None:
    new_words(house)
    house.site.change(GREETED)

    text = house.ivr("reload", "--control", str(house.site.control), status=1)

    assert "the first: da/hello" in text
    assert "run `ivr prompts render`" in text
    assert house.metrics()[SUCCESSFUL] == 0


def test_words_that_were_spoken_since_the_start_are_heard(house: House) -> None:
    for language in ("da", "en"):
        folder = house.site.prompts / language / manifest.RENDERED
        shutil.copyfile(folder / "greeting.wav", folder / "hello.wav")
        rendered = manifest.read(folder)
        rendered.prompts["hello"] = ("hello",)
        manifest.write(folder, rendered)

    house.ivr("reload", "--control", str(house.site.control))

    with Wire(house.site.sip) as wire:
        call = house.ring(wire, NUMBER)
        call.tells("says hello")
        call.tells("it has been said; comes to hovedmenu")


GREETED = {STAGE: {"nodes": {"velkomst": {"prompts": "hello"}}}}


def new_words(house: House) -> None:
    for language in ("da", "en"):
        with (house.site.prompts / language / "texts.yaml").open("a") as texts:
            texts.write("hello: Goddag.\n")


def test_what_needs_a_restart_is_said(house: House) -> None:
    house.site.change({"gateway.yaml": {"sip": {"user_agent": "another"}}})

    text = house.ivr("reload", "--control", str(house.site.control))

    assert "other changes in gateway.yaml than those of limits need a restart" in text


def test_an_agent_who_talks_stays_on_the_floor(house: House) -> None:
    """Nobody is at the telephones here: an agent is rung until his time is up."""
    with Wire(house.site.sip) as wire:
        call = house.ring(wire, NUMBER)
        wire.press("1")
        call.tells("rings sip:anna@")
        house.ivr("reload", "--control", str(house.site.control))
        house.shows('ivr_queue_waiting{queue="virksomhed"}', 1)
        call.tells("rings sip:bo@")
    assert house.record(call.id).outcome == "abandoned"
