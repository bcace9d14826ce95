"""The demo's configuration, as it is shipped."""

import re
import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ivr.config import explain, load, schemas
from ivr.engine.hours import Reason, decide
from ivr.engine.script import (
    Collect,
    Consent,
    Goodbye,
    JoinTeam,
    Menu,
    OpenQuestion,
    Question,
    Transfer,
)
from ivr.gateway import Configuration

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "firmware_config" / "demo"


@pytest.fixture(scope="module")
def demo() -> Configuration:
    return load(DEMO)


def test_the_number_and_its_alias_open_the_same_entrance(demo: Configuration) -> None:
    entrances = demo.site.entrances

    assert entrances["+4533663333"].group == "virksomhed"
    assert entrances["3366"] is entrances["+4533663333"]


def test_three_branches_a_language_and_a_person(demo: Configuration) -> None:
    (stage,) = demo.site.groups["virksomhed"].stages
    menu = stage.script.nodes["hovedmenu"]

    assert isinstance(menu, Menu)
    assert set(menu.choices) == {"1", "2", "3", "6", "0"}


def test_refunds_go_straight_to_the_caseworkers(demo: Configuration) -> None:
    """The one branch of the report that passes the contact centre by."""
    nodes = demo.site.groups["virksomhed"].stages[0].script.nodes
    levels = {node.name: node.level for node in nodes.values() if isinstance(node, JoinTeam)}

    assert levels == {"kø": "1", "kø_refusion": "2"}


def test_the_survey_asks_the_four_questions_in_order(demo: Configuration) -> None:
    (questions,) = demo.site.questions.values()
    nodes = questions.script.nodes
    asked = [node.question for node in nodes.values() if isinstance(node, Question)]

    assert questions.id == "tilfredshed-2020"
    assert asked == ["tilfredshed", "imoedekommenhed", "ventetid", "afklaring"]
    assert isinstance(nodes[questions.script.start], Consent)
    assert isinstance(nodes["thanks"], Goodbye)


@pytest.mark.parametrize(
    ("calendar", "at", "is_open", "reason", "day"),
    [
        ("always", "2026-12-24 03:00", True, Reason.HOURS, ""),
        ("kontaktcenter", "2026-12-24 11:00", True, Reason.SPECIAL_DAY, "Juleaftensdag"),
        ("kontaktcenter", "2026-12-24 12:00", False, Reason.SPECIAL_DAY, "Juleaftensdag"),
        ("kontaktcenter", "2026-12-25 11:00", False, Reason.HOLIDAY, "Juledag"),
        ("kontaktcenter", "2026-12-31 11:00", False, Reason.HOLIDAY, "Nytårsaften"),
        ("kontaktcenter", "2027-05-05 12:00", True, Reason.HOURS, ""),
        ("kontaktcenter", "2027-05-05 17:00", False, Reason.HOURS, ""),
        ("byliv", "2027-05-05 12:00", False, Reason.BREAK, ""),
        ("byliv", "2026-12-24 11:00", False, Reason.HOLIDAY, "Juleaftensdag"),
        ("byliv", "2024-05-06 11:00", False, Reason.CLOCK, ""),
    ],
)
def test_hours(
    demo: Configuration, calendar: str, at: str, *, is_open: bool, reason: Reason, day: str
) -> None:
    instant = datetime.fromisoformat(at).replace(tzinfo=demo.site.zone)
    decision = decide(demo.site.calendars[calendar], instant)

    assert (decision.is_open, decision.reason, decision.day) == (is_open, reason, day)


def test_it_is_explained(demo: Configuration) -> None:
    text = explain(demo)

    assert f"Site demo, configuration {demo.site.hash}, Europe/Copenhagen, da, en\n" in text
    assert "\n  +4533663333 -> virksomhed, in da\n" in text
    assert "\n      choices 1 -> varsel\n" in text
    assert "\n  after a fault of ours: error\n" in text
    assert "\n      every 12-24: 08:00-12:00 (Juleaftensdag); when closed: closed.special\n" in text
    assert "\n      music: calm\n" in text
    assert "\n      position, at most every 10s: queue.position; queue.next for the first\n" in text
    assert "\n      reminders, every 30s: queue.reminder\n" in text
    assert "\n  hears da with speech_model/da-8k\n" in text
    assert "\n  anna: sip:anna@127.0.0.1:5081, virksomhed 9\n" in text


def test_every_file_is_kept_for_the_journal(demo: Configuration) -> None:
    assert list(demo.files) == [
        "calendar.yaml",
        "entrance.yaml",
        "gateway.yaml",
        "groups/virksomhed/etape-1.yaml",
        "speech.yaml",
        "survey.yaml",
        "teams.yaml",
    ]


def test_the_kinds_of_node_in_its_remarks_are_written_right(tmp_path: Path) -> None:
    """Without the marks of a remark they compile, once they are led to."""
    folder = shutil.copytree(DEMO, tmp_path / "demo")
    file = folder / "groups" / "virksomhed" / "etape-1.yaml"
    flow, remark = file.read_text(encoding="utf-8").split("# Three kinds of node", 1)
    nodes = [line[2:].replace("optaget", "besked") for line in remark.splitlines()[2:]]
    flow = flow.replace("6: engelsk", "6: engelsk\n      7: sagsnummer").replace(
        "5200: varsel", "5200: ydelsesservice"
    )
    flow = flow.replace("then: hovedmenu", "then: henvendelse", 1)
    file.write_text("\n".join([flow, *nodes]), encoding="utf-8")
    (stage,) = load(folder).site.groups["virksomhed"].stages

    assert isinstance(stage.script.nodes["sagsnummer"], Collect)
    assert isinstance(stage.script.nodes["ydelsesservice"], Transfer)
    question = stage.script.nodes["henvendelse"]
    assert isinstance(question, OpenQuestion)
    assert question.hearing is not None


def test_it_shows_every_option_there_is() -> None:
    """The demo is the reference: each option stands in it, written or in a remark."""
    text = "\n".join(file.read_text(encoding="utf-8") for file in DEMO.rglob("*.yaml"))
    options = {name for schema in schemas().values() for name in _options(schema)}

    assert not [name for name in options if not re.search(rf"\b{name}:", text)]


def _options(schema: dict[str, Any]) -> Iterator[str]:
    for part in (schema, *schema["$defs"].values()):
        yield from part["properties"]
