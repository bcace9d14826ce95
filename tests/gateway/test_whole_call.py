"""One call, from the first ring to the last survey key, read back from the journal."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from demo.world import Telephone
from ivr.config import load
from ivr.engine import events as on
from ivr.engine.replay import replayed
from ivr.engine.step import PROGRAMME
from tests.gateway.house import House, until

pytestmark = pytest.mark.sip

NUMBER = "+4520111201"
SURVEY = (
    ("survey.intro", "1"),
    ("survey.q1", "8"),
    ("survey.q2", "9"),
    ("survey.q3", "0"),
    ("survey.stop", "7"),
    ("survey.q4", "9"),
)
ANSWERS = [("tilfredshed", 8), ("imoedekommenhed", 9), ("ventetid", 7), ("afklaring", 9)]
CALLERS_TONE = 600
AGENTS_TONE = 1000


@dataclass
class Played:
    """What there is when the call is over."""

    house: House
    call: str
    before: Mapping[str, float]
    heard: tuple[float, float]

    def rose(self, name: str) -> float:
        return self.house.metrics().get(name, 0.0) - self.before.get(name, 0.0)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, prompts: Path) -> Iterator[Played]:
    with closing(House(tmp_path_factory.mktemp("house"), prompts)) as house:
        yield _played(house)


def _played(house: House) -> Played:
    house.begin()
    caller, _, bo = house.telephones(("caller",), ("anna", "--never"), ("bo",))
    house.gateway.tells("trunks up: pbx")
    before = house.metrics()
    call = house.call(caller, NUMBER)
    call.tells("says menu.demo.long")
    caller.do("keys", keys="7")
    call.tells("says no_match")
    caller.do("keys", keys="1")
    for event in (
        "says survey.notice",
        "joins queue virksomhed",
        "rings sip:anna@",
        "plays music",
        "is not reached: no_answer",
        "rings sip:bo@",
        "connects the caller with line 3",
    ):
        call.tells(event)
    caller.do("tone", hz=CALLERS_TONE)
    bo.do("tone", hz=AGENTS_TONE)
    heard = (_heard(caller, AGENTS_TONE), _heard(bo, CALLERS_TONE))
    bo.do("hang_up")
    call.tells("the call is over: talked")
    survey = house.story(f"{call.id}-s1")
    caller.wait_until_it("incoming")
    for prompt, keys in SURVEY:
        survey.tells(f"says {prompt}")
        caller.do("keys", keys=keys)
    survey.tells("the call is over: surveyed")
    house.gateway.tells("is on disk as complete")
    return Played(house, call.id, before, heard)


def _heard(telephone: Telephone, wanted: float) -> float:
    """Return what it hears, once it is what is wanted: the sound is on its way a little."""

    def measured() -> float:
        telephone.do("measure", seconds=0.3)
        return float(telephone.wait_until_it("measured")["hz"])

    until(lambda: measured() == pytest.approx(wanted, rel=0.02), 3)
    return measured()


def test_caller_and_agent_heard_each_other(played: Played) -> None:
    assert played.heard == pytest.approx((AGENTS_TONE, CALLERS_TONE), rel=0.02)


def test_its_record_says_what_it_came_to(played: Played) -> None:
    record = played.house.record(played.call)

    assert (record.direction, record.number, record.dialled) == ("in", NUMBER, "+4533663333")
    assert (record.group, record.stage, record.language) == ("virksomhed", "etape-1", "da")
    assert (record.queue, record.agent, record.outcome) == ("virksomhed", "bo", "talked")
    assert record.config == load(played.house.site.folder).site.hash
    assert record.waited is not None
    assert record.talked is not None
    assert 2 < record.waited < record.seconds
    assert 0.5 < record.talked < record.seconds


def test_its_answers_stand_with_what_they_are_about(played: Played) -> None:
    answers = played.house.reader.answers(survey=played.call)

    assert [(answer.question, answer.value) for answer in answers] == ANSWERS
    assert {
        (answer.questions, answer.group, answer.stage, answer.team, answer.agent, answer.level)
        for answer in answers
    } == {("tilfredshed-2020", "virksomhed", "etape-1", "Virksomhedsservice", "bo", "1")}
    assert {answer.call for answer in answers} == {f"{played.call}-s1"}


def test_the_survey_call_has_a_record_of_its_own(played: Played) -> None:
    record = played.house.record(f"{played.call}-s1")

    assert (record.direction, record.number, record.survey) == ("out", NUMBER, played.call)
    assert (record.outcome, record.disposition) == ("surveyed", "complete")


def test_its_steps_are_what_the_engine_decides_when_it_is_replayed(played: Played) -> None:
    site = load(played.house.site.folder).site

    for call in (played.call, f"{played.call}-s1"):
        steps = played.house.reader.steps(call)

        assert len(steps) > 8
        assert replayed(site, steps) == []
        assert played.house.reader.gaps(call) == 0


def test_the_command_line_tells_and_replays_it(played: Played) -> None:
    journal = ("--journal", played.house.site.journal)

    told = played.house.ivr("call", played.call, *journal)
    replay = played.house.ivr("replay", played.call, *journal)
    calls = played.house.ivr("calls", *journal)

    assert "says no_match, menu.demo.short" in told
    assert "connects the caller with line 3" in told
    assert NUMBER not in told + calls
    assert "the same actions" in replay
    assert played.call in calls.replace("\n", "")


def test_what_happened_to_the_survey_is_written_in_order(played: Played) -> None:
    steps = played.house.reader.steps(PROGRAMME)
    saved = [step.event.disposition for step in steps if isinstance(step.event, on.SurveySaved)]

    assert saved == ["planned", "dialling", "reached", "complete"]


def test_promtool_finds_nothing_to_say_about_the_metrics(played: Played) -> None:
    promtool = shutil.which("promtool")
    if promtool is None and "CI" not in os.environ:
        pytest.skip("promtool is not installed")
    check = [promtool or "promtool", "check", "metrics"]
    text = played.house.scrape()

    run = subprocess.run(check, input=text, capture_output=True, text=True, check=False)

    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("name", "rise"),
    [
        ('ivr_calls_total{direction="in",group="virksomhed",result="talked"}', 1),
        ('ivr_calls_total{direction="out",group="virksomhed",result="surveyed"}', 1),
        ('ivr_calls_active{direction="in",group="virksomhed"}', 0),
        ('ivr_calls_active{direction="out",group="virksomhed"}', 0),
        ('ivr_stage_outcome_total{group="virksomhed",outcome="nomatch",stage="etape-1"}', 1),
        ('ivr_queue_left_total{queue="virksomhed",reason="answered"}', 1),
        ('ivr_queue_wait_seconds_count{outcome="answered",queue="virksomhed"}', 1),
        ('ivr_survey_total{disposition="complete",group="virksomhed"}', 1),
        ('ivr_survey_answer_count{group="virksomhed",question="ventetid"}', 1),
        ('ivr_survey_answer_sum{group="virksomhed",question="ventetid"}', 7),
        ('ivr_notes_total{kind="invalid_answer"}', 1),
        ('ivr_dtmf_digits_total{method="rfc4733"}', 8),
        ("ivr_rtp_loss_ratio_count", 2),
    ],
)
def test_the_counters_rose(played: Played, name: str, rise: float) -> None:
    assert until(lambda: played.rose(name) == rise), played.rose(name)
