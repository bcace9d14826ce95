"""Every file in transcripts/ is a call we have agreed on, line by line."""

import os
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr.engine.actions import Admit
from ivr.engine.replay import replayed
from ivr.engine.step import FLOOR, PROGRAMME, Step
from tests.engine.agreed import SITES
from tests.engine.sites import ZONE
from tests.simulate import Entry, Simulation

FOLDER = Path(__file__).parent / "transcripts"
TRANSCRIPTS = sorted(FOLDER.glob("*.txt"))
HAPPENED = re.compile(r"\s*(?P<now>[0-9.]+)\s+(?P<subject>\S+)\s+>\s+(?P<text>.+?)\s*")
SETTING = re.compile(r"^# (?P<key>site|begins): (?P<value>.+)$", re.MULTILINE)


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_a_call_goes_as_agreed(path: Path) -> None:
    agreed = path.read_text(encoding="utf-8")
    simulation, actual = _played(agreed)

    if os.environ.get("REWRITE_TRANSCRIPTS"):
        path.write_text(actual, encoding="utf-8")
        return
    assert _words(actual) == _words(agreed)
    assert simulation.exchange.calls == 0


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_a_call_is_decided_alike_when_it_is_replayed(path: Path) -> None:
    simulation, _ = _played(path.read_text(encoding="utf-8"))

    for subject in {step.subject for step in simulation.steps} - {FLOOR, PROGRAMME}:
        steps = [step for step in simulation.steps if step.subject == subject]
        assert replayed(SITES[_configured(steps)], steps) == []


def test_each_transcript_begins_with_what_it_shows() -> None:
    for path in TRANSCRIPTS:
        assert re.match(r"# [A-Z0-9].+\.\n", path.read_text(encoding="utf-8")), path.name


def test_there_are_calls_to_read() -> None:
    assert len(TRANSCRIPTS) >= 35


def _played(transcript: str) -> tuple[Simulation, str]:
    settings = _settings(transcript)
    begins = datetime.fromisoformat(settings["begins"]).replace(tzinfo=ZONE).astimezone(UTC)
    head, timeline, tail = _timeline(transcript)
    simulation = Simulation(SITES, settings["site"], begins)
    return simulation, "\n".join([*head, *simulation.run(timeline), *tail]) + "\n"


def _settings(transcript: str) -> dict[str, str]:
    """Return where and when a transcript plays: an open office, unless it says otherwise."""
    found = {match["key"]: match["value"] for match in SETTING.finditer(transcript)}
    return {"site": "office", "begins": "2026-03-04 10:00", **found}


def _configured(steps: Sequence[Step]) -> str:
    """Return the site that a call says it was decided by; any will do for one turned away."""
    configs = [
        action.config for step in steps for action in step.actions if isinstance(action, Admit)
    ]
    return configs[0] if configs else "office"


def _timeline(transcript: str) -> tuple[list[str], list[Entry], list[str]]:
    """Return the remarks on top, what the world does, and the remarks at the end."""
    remarks: list[str] = []
    head: list[str] | None = None
    timeline: list[Entry] = []
    for line in transcript.splitlines():
        if line.startswith("#"):
            remarks.append(line)
        elif happened := HAPPENED.fullmatch(line):
            if head is None:
                head, remarks = remarks, []
            now, subject, text = happened["now"], happened["subject"], happened["text"]
            timeline.append(Entry(float(now), subject, text, tuple(remarks)))
            remarks = []
    return head or [], timeline, remarks


def _words(transcript: str) -> list[list[str]]:
    """Return the transcript without its spacing, which is nobody's concern."""
    return [line.split() for line in transcript.splitlines() if line.strip()]
