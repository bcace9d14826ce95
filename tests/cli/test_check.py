"""`ivr check` and `ivr hours` say what a configuration does, and every mistake in it."""

import json
import shutil
from pathlib import Path

import pytest

from ivr.cli.check import _WHY
from ivr.engine.hours import Reason
from tests.cli.command import ivr
from tests.cli.conftest import DEMO


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """The demo with one mistake in each of two files."""
    folder = tmp_path / "bad"
    shutil.copytree(DEMO, folder)
    for name, right, wrong in (
        ("gateway.yaml", "  calls: 200", "  calls: 200\n  colour: blue"),
        ("teams.yaml", "calendar: always", "calendar: alwyas"),
    ):
        file = folder / name
        text = file.read_text()
        assert right in text
        file.write_text(text.replace(right, wrong))
    return folder


def line_of(file: Path, text: str) -> int:
    lines = file.read_text().splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def test_a_good_site_is_good() -> None:
    said = ivr("check", DEMO)

    assert (said.status, said.out, said.err) == (0, f"{DEMO}: good\n", "")


def test_every_mistake_is_told_at_once_with_its_place(bad: Path) -> None:
    said = ivr("check", DEMO, bad)

    gateway, teams = bad / "gateway.yaml", bad / "teams.yaml"
    good, first, second = said.out.splitlines()
    assert said.status == 1
    assert good == f"{DEMO}: good"
    assert first.startswith(f"{gateway}:{line_of(gateway, 'colour')}: ")
    assert second.startswith(f"{teams}:{line_of(teams, 'alwyas')}: ")
    assert "did you mean `always`" in second
    assert said.err == f"{bad}: 2 problems\n"


def test_words_that_could_not_be_spoken_are_told_with_their_place(tmp_path: Path) -> None:
    site = tmp_path / "site"
    shutil.copytree(DEMO, site)
    file = site / "gateway.yaml"
    file.write_text(file.read_text().replace("folder: prompts", f"folder: {tmp_path}/prompts"))
    for words in Path("prompts").glob("*/texts.yaml"):
        (tmp_path / "prompts" / words.parent.name).mkdir(parents=True)
        shutil.copy(words, tmp_path / words)
    texts = tmp_path / "prompts" / "da" / "texts.yaml"
    texts.write_text(texts.read_text().replace("no_input: Jeg hørte ikke noget.", "no_input:"))

    said = ivr("check", site)

    line = line_of(texts, "no_input:")
    assert said.status == 1
    assert said.out == f"{texts}:{line}: no_input: there is nothing to say\n"
    assert said.err == f"{site}: 1 problem\n"


def test_a_compiled_site_is_explained_in_words() -> None:
    said = ivr("check", DEMO, "--explain")

    assert said.status == 0
    assert "+4533663333 -> virksomhed, in da" in said.out
    assert "hovedmenu: menu" in said.out
    assert "choices 1 -> varsel" in said.out


def test_schemas_for_editors_are_written(tmp_path: Path) -> None:
    said = ivr("check", "--schema", tmp_path / "schemas")

    written = sorted((tmp_path / "schemas").glob("*.schema.json"))
    assert said.status == 0
    assert len(said.out.splitlines()) == len(written) >= 6
    assert all(json.loads(file.read_text())["$schema"] for file in written)


def test_a_folder_for_schemas_that_is_none_is_said_so(tmp_path: Path) -> None:
    file = tmp_path / "schemas"
    file.touch()

    said = ivr("check", "--schema", file)

    assert said.status == 1
    assert said.err == f"ivr: {file} cannot be written to: File exists\n"


def test_without_a_folder_it_says_what_is_missing() -> None:
    said = ivr("check")

    assert said.status == 1
    assert said.err == "ivr: name a folder to check, for example firmware_config/demo\n"


def test_a_gateway_does_not_start_with_a_bad_site(bad: Path) -> None:
    said = ivr("run", bad)

    assert said.status == 1
    assert f"{bad / 'gateway.yaml'}:" in said.err
    assert f"{bad / 'teams.yaml'}:" in said.err


# --- hours ------------------------------------------------------------------------------------


def test_on_christmas_eve_it_says_who_is_open_and_why() -> None:
    said = ivr("hours", DEMO, "--at", "2026-12-24 11:00")

    assert said.status == 0
    assert said.out.splitlines() == [
        "2026-12-24 11:00 Thu  always: open: by the weekly hours",
        (
            "2026-12-24 11:00 Thu  kontaktcenter: open: "
            "it is a special day with its own hours (Juleaftensdag)"
        ),
        "2026-12-24 11:00 Thu  byliv: closed: it is a public holiday (Juleaftensdag)",
    ]


@pytest.mark.parametrize(
    ("at", "said"),
    [
        ("2026-12-24 12:00", "closed: it is a special day with its own hours (Juleaftensdag)"),
        ("2026-12-25 11:00", "closed: it is a public holiday (Juledag)"),
        ("2026-12-27 11:00", "closed: by the weekly hours"),
        ("2026-07-01 07:59", "closed: by the weekly hours"),
        ("2026-07-01 08:00", "open: by the weekly hours"),
        ("2026-07-01 06:00+00:00", "open: by the weekly hours"),
        ("1970-01-01 00:10", "closed: the clock shows a year that cannot be right"),
    ],
)
def test_one_calendar_at_one_time(at: str, said: str) -> None:
    assert ivr("hours", DEMO, "--calendar", "kontaktcenter", "--at", at).out.endswith(
        f"kontaktcenter: {said}\n"
    )


def test_without_a_time_it_is_now_that_is_meant() -> None:
    assert ": open: by the weekly hours\n" in ivr("hours", DEMO, "--calendar", "always").out


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--at", "juleaften"), "'juleaften' is no time; write for example 2026-12-24 11:00"),
        (
            ("--at", "0001-01-01T00:00+10:00"),
            "'0001-01-01T00:00+10:00' is no time; write for example 2026-12-24 11:00",
        ),
        (
            ("--calendar", "altid"),
            "there is no calendar 'altid'; there are always, kontaktcenter, byliv",
        ),
    ],
)
def test_what_makes_no_sense_is_said(options: tuple[str, ...], message: str) -> None:
    said = ivr("hours", DEMO, *options)

    assert (said.status, said.out, said.err) == (1, "", f"ivr: {message}\n")


def test_there_are_words_for_every_reason() -> None:
    assert set(_WHY) == set(Reason)
