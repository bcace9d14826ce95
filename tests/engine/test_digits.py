"""What an entry of keys comes to, key by key."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ivr.engine.actions import Note
from ivr.engine.digits import (
    Again,
    Done,
    Heard,
    More,
    collect_key,
    collect_silence,
    menu_key,
    menu_silence,
)
from ivr.engine.events import MASKED
from ivr.engine.moments import Facts, Tries
from ivr.engine.script import Collect, Extensions, Menu, Retries
from tests.engine.sites import collect, goodbye, menu, script

FACTS = Facts(
    id="call",
    number="+4520112233",
    dialled="+4533663333",
    at=datetime(2026, 3, 4, tzinfo=UTC),
    began=0.0,
    cut_off=1800.0,
    group="business",
    stage="stage1",
    questions="",
    language="da",
    script=script(goodbye()),
)
MENU = replace(
    menu("main", {"1": "one", "0": "person"}, otherwise="gave up"),
    no_input=Retries(2, ("silent",), "was silent"),
    no_match=Retries(2, ("wrong",), "was wrong"),
)
EXTENDED = replace(
    MENU, extensions=Extensions({"12": "twelve", "123": "long", "77": "seven"}, 2.0, ("unknown",))
)
CASE = replace(
    collect("case", 2, 4, "found"),
    no_input=Retries(2, ("silent",), "was silent"),
    no_match=Retries(2, ("wrong",), "was wrong"),
)
NONE = Tries()
ONE_SILENCE, ONE_WRONG = Tries(no_input=1), Tries(no_match=1)


def _chosen(to: str, keys: str) -> Done:
    return Done(FACTS, to, (Note("key", "main", keys),))


WRONG = Again(("wrong", "main.short"), ONE_WRONG, (Note("no_match", "main"),))
SILENT = Again(("silent", "main.short"), ONE_SILENCE, (Note("no_input", "main"),))
UNKNOWN = Again(("unknown", "main.short"), ONE_WRONG, (Note("no_match", "main"),))


@pytest.mark.parametrize(
    ("asked", "digits", "key", "heard"),
    [
        (MENU, "", "1", _chosen("one", "1")),
        (MENU, "", "0", _chosen("person", "0")),
        (MENU, "", "9", WRONG),
        (MENU, "", "#", WRONG),
        (MENU, "", "A", WRONG),
        (MENU, "", "*", Again(("main.long",), NONE)),
        (replace(MENU, choices={"*": "star"}), "", "*", _chosen("star", "*")),
        (replace(MENU, choices={"#": "hash"}), "", "#", _chosen("hash", "#")),
        (EXTENDED, "", "1", More("1", 2.0)),  # a choice, and the beginning of an extension
        (EXTENDED, "1", "#", _chosen("one", "1")),
        (EXTENDED, "1", "2", More("12", 2.0)),  # an extension, and the beginning of another
        (EXTENDED, "12", "#", _chosen("twelve", "12")),
        (EXTENDED, "12", "3", _chosen("long", "123")),  # nothing can follow
        (EXTENDED, "1", "9", More("19", 2.0)),  # not listed, yet no choice of the next digit
        (EXTENDED, "19", "1", UNKNOWN),
        (EXTENDED, "1", "A", UNKNOWN),
        (EXTENDED, "7", "9", UNKNOWN),  # nothing that begins with 7 is longer
        (EXTENDED, "1", "*", Again(("main.long",), NONE)),
        (EXTENDED, "", "0", _chosen("person", "0")),  # begins no extension: no wait
        (EXTENDED, "", "9", WRONG),
        (EXTENDED, "7", "#", WRONG),
    ],
)
def test_a_key_in_a_menu(asked: Menu, digits: str, key: str, heard: Heard) -> None:
    assert menu_key(FACTS, asked, digits, key, NONE) == heard


@pytest.mark.parametrize(
    ("asked", "digits", "heard"),
    [
        (MENU, "", SILENT),
        (EXTENDED, "1", _chosen("one", "1")),
        (EXTENDED, "12", _chosen("twelve", "12")),
        (EXTENDED, "7", WRONG),
    ],
)
def test_silence_in_a_menu(asked: Menu, digits: str, heard: Heard) -> None:
    assert menu_silence(FACTS, asked, digits, NONE) == heard


def test_the_last_wrong_key_and_the_last_silence_have_their_own_ways_out() -> None:
    wrong = menu_key(FACTS, MENU, "", "9", ONE_WRONG)
    silent = menu_silence(FACTS, MENU, "", ONE_SILENCE)

    assert wrong == Done(FACTS, "was wrong", (Note("no_match", "main"),))
    assert silent == Done(FACTS, "was silent", (Note("no_input", "main"),))


def test_a_silence_does_not_use_up_a_wrong_key_nor_a_wrong_key_a_silence() -> None:
    assert isinstance(menu_key(FACTS, MENU, "", "9", ONE_SILENCE), Again)
    assert isinstance(menu_silence(FACTS, MENU, "", ONE_WRONG), Again)


# --- digits ---------------------------------------------------------------------------------


def _collected(value: str) -> Done:
    facts = replace(FACTS, collected=(("case", value),))
    return Done(facts, "found", (Note("collected", "case", "case"),))


NOT_THAT = Again(("wrong", "case.short"), ONE_WRONG, (Note("no_match", "case"),))
NOTHING = Again(("silent", "case.short"), ONE_SILENCE, (Note("no_input", "case"),))
SECRET = replace(CASE, secret=True)


@pytest.mark.parametrize(
    ("asked", "digits", "key", "heard"),
    [
        (CASE, "", "1", More("1", 3.0)),
        (CASE, "123", "4", _collected("1234")),
        (CASE, "12", "#", _collected("12")),
        (CASE, "1", "#", NOT_THAT),
        (CASE, "", "#", NOT_THAT),
        (CASE, "12", "*", Again(("case.long",), NONE)),
        (CASE, "12", "A", NOT_THAT),
        (replace(CASE, least=0), "", "#", _collected("")),
        (SECRET, "123", "4", _collected(MASKED * 4)),
        (SECRET, MASKED * 3, MASKED, _collected(MASKED * 4)),  # when it is replayed
    ],
)
def test_a_key_of_a_number(asked: Collect, digits: str, key: str, heard: Heard) -> None:
    assert collect_key(FACTS, asked, digits, key, NONE) == heard


@pytest.mark.parametrize(
    ("digits", "heard"), [("", NOTHING), ("1", NOT_THAT), ("12", _collected("12"))]
)
def test_silence_in_a_number(digits: str, heard: Heard) -> None:
    assert collect_silence(FACTS, CASE, digits, NONE) == heard
