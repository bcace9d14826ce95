"""Whatever is wrong with the disk or the database, callers do not notice."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from tests.gateway.conftest import Open
from tests.gateway.disk import small_disk
from tests.gateway.floor import furnished
from tests.gateway.house import House, until
from tests.gateway.wire import Wire

pytestmark = pytest.mark.sip

NUMBER = "+46701740610"
ASKED = "+4520111213"
DEGRADED = 'ivr_degraded{reason="journal"}'
MENU = "says menu.demo.long"


def test_on_a_full_disk_calls_go_on_and_no_answer_is_lost(prompts: Path, tmp_path: Path) -> None:
    with small_disk(tmp_path / "var") as disk, closing(House(tmp_path, prompts)) as house:
        floor = furnished(house)
        call = floor.talk(ASKED)
        floor.anna.do("hang_up")
        survey = house.story(f"{call.id}-s1")
        survey.tells("says survey.intro")
        floor.caller.do("keys", keys="1")
        survey.tells("says survey.q1")
        disk.fill(house.gateway.pid)

        for said, key in (("q1", "8"), ("q2", "9"), ("q3", "7"), ("q4", "9")):
            if said != "q1":
                survey.tells(f"says survey.{said}")
            floor.caller.do("keys", keys=key)
        survey.tells("the call is over: surveyed")
        with Wire(house.site.sip) as wire:
            busy = house.ring(wire, NUMBER)
            busy.tells(MENU)
            assert until(lambda: is_degraded_by(wire, house))
            assert "the journal cannot write; calls go on" in house.log
            assert house.metrics()["ivr_journal_waiting_steps"] > 0
            wire.press("1")
            busy.tells("connects the caller")

        disk.make_room(house.gateway.pid)
        house.gateway.tells("the journal writes again")
        house.shows(DEGRADED, 0)
        house.shows("ivr_journal_waiting_steps", 0)
        assert house.metrics()["ivr_journal_dropped_steps_total"] == 0
        assert [answer.value for answer in house.reader.answers()] == [8, 9, 7, 9]
        assert house.record(busy.id).outcome == "talked"
        assert house.reader.gaps(busy.id) == 0
        house.stop()


def is_degraded_by(wire: Wire, house: House) -> bool:
    """Press keys, each of which is something to write, and look whether that still works."""
    wire.press("**")
    return house.metrics()[DEGRADED] == 1


@contextmanager
def held(file: Path) -> Iterator[None]:
    """Hold the database as another program would."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield


def test_a_database_that_another_program_holds_stops_the_start_with_a_clear_word(
    opened: Open,
) -> None:
    house = opened()
    house.start()
    house.stop()

    with held(house.site.journal_file):
        said = house.ivr("run", str(house.site.folder), status=1)

    assert said.startswith("ivr: ")
    assert "another program holds it" in said
    assert "Traceback" not in said


def test_a_database_that_is_locked_while_calls_run_is_written_to_later(opened: Open) -> None:
    house = opened()
    house.start()
    with Wire(house.site.sip) as wire:
        call = house.ring(wire, NUMBER)
        call.tells(MENU)
        with held(house.site.journal_file):
            wire.press("99")
            call.tells("no such choice")
            house.gateway.tells("the journal cannot write; calls go on", 30)
            house.shows(DEGRADED, 1)
        house.gateway.tells("the journal writes again")
    assert house.record(call.id).outcome == "hung_up"
    assert house.reader.gaps(call.id) == 0


def test_a_damaged_database_is_kept_beside_and_a_new_one_begun(opened: Open) -> None:
    house = opened()
    file = house.site.journal_file
    file.parent.mkdir(parents=True)
    file.write_bytes(b"no database" * 1000)

    house.start()

    with Wire(house.site.sip) as wire:
        call = house.ring(wire, NUMBER)
    assert "the journal was damaged" in house.log
    kept = list(file.parent.glob("journal.db.corrupt-*"))
    assert [one.read_bytes() for one in kept] == [b"no database" * 1000]
    assert house.record(call.id).outcome == "hung_up"
