"""A journal as a gateway leaves it: a call with its survey, and one that ended in a message."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivr.config import load
from ivr.engine.record import CallRecord, begin, fold
from ivr.engine.step import FLOOR, PROGRAMME
from ivr.journal import Journal
from tests.simulate import Entry, Simulation

DEMO = Path("firmware_config/demo")
BEGAN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TIMELINE = """
 0 survey > TrunksChanged pbx
 0 call-1 > CallArrived +4520111217 +4533663333
 2 call-1 > KeyPressed 1
 8 call-1 > KeyPressed 1
 9 call-1 > LineAnswered 2
20 call-1 > LineEnded 2
23 call-1-s1 > LineAnswered 1
24 call-1-s1 > KeyPressed 1
26 call-1-s1 > KeyPressed 8
27 call-1-s1 > KeyPressed 9
28 call-1-s1 > KeyPressed 7
29 call-1-s1 > KeyPressed 9
30 call-1-s1 > PromptEnded 6
40 floor > AgentLoggedOut anna
40 floor > AgentLoggedOut bo
41 call-2 > CallArrived +4520111218 +4533663333
43 call-2 > KeyPressed 1
44 call-2 > KeyPressed 1
46 call-2 > PromptEnded 3
47 call-2 > PromptEnded 4
57 call-2 > RecordingEnded 5 9.5
57 call-2 > LineEnded 1
"""


@pytest.fixture(scope="session")
def journal(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of the journal."""
    folder = tmp_path_factory.mktemp("journal")
    url = f"sqlite:///{folder}/journal.db"
    write(url, folder)
    return url


def write(url: str, folder: Path) -> None:
    """Have the real engine play the timeline, and the real journal keep it."""
    configuration = load(DEMO)
    simulation = Simulation({"demo": configuration.site}, "demo", BEGAN)
    simulation.run(map(entry, TIMELINE.strip().splitlines()))
    journal = Journal(
        url,
        at=BEGAN,
        messages=lambda call, turn: folder / f"{call}-{turn}.wav",
        acknowledged=lambda _: None,
        troubled=lambda _: None,
    )
    journal.configured(configuration.site.hash, configuration.files, BEGAN)
    records: dict[str, CallRecord] = {}
    for step in simulation.steps:
        call = step.subject
        if call not in (FLOOR, PROGRAMME):
            records[call] = fold(records[call], step) if call in records else begin(step)
        journal.write(step, records.get(call))
    assert journal.close() == 0


def entry(line: str) -> Entry:
    now, subject, _, text = line.split(maxsplit=3)
    return Entry(float(now), subject, text)
