"""The metrics: each rises when its step happens, labels are bounded, nobody is named."""

import re
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from prometheus_client.parser import text_string_to_metric_families

from ivr.engine import actions as do
from ivr.engine import events as on
from ivr.engine import floor, programme
from ivr.engine.record import CallRecord, begin, fold
from ivr.engine.script import (
    Extensions,
    Goodbye,
    Menu,
    Message,
    Question,
    Retries,
    Script,
    Stage,
    Transfer,
)
from ivr.engine.site import (
    Agent,
    Announcements,
    Calendar,
    Group,
    Limits,
    QuestionSet,
    Queue,
    Site,
    SurveyRules,
    Switch,
)
from ivr.engine.step import PROGRAMME, Step
from ivr.metrics import Metrics
from ivr.metrics.labels import OTHER, labels
from tests.journal.generated import RECORDS, steps

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Copenhagen")
CALLER = "+4570121416"
TARGET = "+4533112233"
TASK = on.SurveyTask("call-1", CALLER, "demo-1", "byg", "start", "byg", "anna", "1", "da")
RULES = Path(__file__).parent.parent / "deploy/prometheus/ivr-alerts.yaml"


def site(group: str = "byg", queue: str = "byg", hash_: str = "c0ffee") -> Site:
    """One group with a menu, a message box, a transfer; one queue, one agent, one question."""
    retries = Retries(2, (), "bye")
    nodes = (
        Menu(
            name="main",
            long=(),
            short=(),
            choices={"1": "bye", "2": "skat"},
            no_input=retries,
            no_match=retries,
            extensions=Extensions({"5200": "bye"}, 2.0, ()),
        ),
        Message(
            name="post",
            box="byg-post",
            prompts=(),
            seconds=60.0,
            seconds_of_silence=5.0,
            shortest=2.0,
            then="bye",
            empty="bye",
        ),
        Transfer(
            name="skat",
            number=TARGET,
            prompts=(),
            seconds_to_ring=20.0,
            busy="bye",
            no_answer="bye",
            failed="bye",
        ),
        Goodbye("bye", ()),
    )
    asked = Question(
        name="q1",
        question="satisfied",
        prompts=(),
        invalid=(),
        stop=(),
        attempts=2,
        then="bye",
        stopped="bye",
    )
    script = Script({node.name: node for node in nodes}, "main")
    questions = QuestionSet("demo", "1", Script({"q1": asked}, "q1"))
    calm = Announcements("", "", 60.0, (), 0.0)
    calendar = Calendar("always", ZONE, (), (), {}, {}, {}, Switch.OPEN, 2026)
    return Site(
        name="test",
        hash=hash_,
        zone=ZONE,
        languages=("da",),
        entrances={},
        groups={group: Group(group, (Stage("start", date(2026, 1, 1), script),))},
        calendars={"always": calendar},
        queues={queue: Queue(queue, queue, "always", "", 600, 50, 20, 60, 30, calm)},
        agents={"anna": Agent("anna", "sip:anna@127.0.0.1", {queue: 9}, logged_in=True)},
        questions={"demo-1": questions},
        survey=SurveyRules(300, 604800, 3, 3600, 86400, 2, "always", "+4533663333", 30),
        trunks=("pbx",),
        limits=Limits(40, 3600, 30, 30, 10),
        apology=(),
    )


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(site(), "1.2.3")


def values(metrics: Metrics) -> dict[str, float]:
    """Every series of ours and its value, as `name{label="value"}`."""
    lines = metrics.text().splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if line.startswith("ivr_"))
    return {name: float(value) for name, value in pairs}


@dataclass
class Counted:
    """The series that have changed since `since`."""

    metrics: Metrics
    before: dict[str, float]

    def changes(self) -> dict[str, float]:
        after = values(self.metrics)
        return {
            name: after[name] - self.before.get(name, 0.0)
            for name in after
            if after[name] != self.before.get(name, 0.0) and "_bucket" not in name
        }


def count(metrics: Metrics, step: Step, record: CallRecord | None = None) -> dict[str, float]:
    """Count one step and return what changed."""
    since = Counted(metrics, values(metrics))
    metrics.count(step, record)
    return since.changes()


def step(subject: str, event: on.Event, *actions: do.Action, now: float = 1.0) -> Step:
    return Step(subject, now, AT, event, actions)


def call(*later: Step) -> tuple[Step, CallRecord]:
    """Return the last of a call's steps with the record after it."""
    admit = do.Admit("byg", "start", "da", "c0ffee")
    last = step("call-1", on.CallArrived(CALLER, "33663333", AT), do.Answer(), admit)
    record = begin(last)
    for last in later:
        record = fold(record, last)
    return last, record


# --- each rises when its step happens -------------------------------------------------------


def test_a_call_is_counted_when_it_is_over_and_active_until_then(metrics: Metrics) -> None:
    arrived = count(metrics, *call())
    over = step("call-1", on.LineEnded(1), do.Conclude(do.Outcome.TALKED), now=31.0)

    assert arrived == {'ivr_calls_active{direction="in"}': 1.0}
    assert count(metrics, *call(over)) == {
        'ivr_calls_active{direction="in"}': -1.0,
        'ivr_calls_total{direction="in",group="byg",result="talked"}': 1.0,
        'ivr_call_duration_seconds_count{direction="in"}': 1.0,
        'ivr_call_duration_seconds_sum{direction="in"}': 30.0,
    }


def test_hanging_up_in_the_dialogue_is_an_outcome_of_the_stage(metrics: Metrics) -> None:
    metrics.count(*call())

    changes = count(
        metrics, *call(step("call-1", on.LineEnded(1), do.Conclude(do.Outcome.HUNG_UP)))
    )

    assert changes['ivr_stage_outcome_total{group="byg",outcome="hangup",stage="start"}'] == 1.0


@pytest.mark.parametrize(
    ("note", "expected"),
    [
        (
            do.Note("key", "main", "1"),
            {
                'ivr_stage_outcome_total{group="byg",outcome="dtmf",stage="start"}': 1.0,
                'ivr_choice_total{choice="main:1",group="byg",input="dtmf",stage="start"}': 1.0,
            },
        ),
        (
            do.Note("key", "main", "5200"),
            {
                'ivr_stage_outcome_total{group="byg",outcome="dtmf",stage="start"}': 1.0,
                'ivr_choice_total{choice="extension",group="byg",input="dtmf",stage="start"}': 1.0,
            },
        ),
        (
            do.Note("no_input", "main"),
            {'ivr_stage_outcome_total{group="byg",outcome="noinput",stage="start"}': 1.0},
        ),
        (
            do.Note("no_match", "main"),
            {'ivr_stage_outcome_total{group="byg",outcome="nomatch",stage="start"}': 1.0},
        ),
        (do.Note("prompt_failed", "main"), {'ivr_notes_total{kind="prompt_failed"}': 1.0}),
        (do.Note("node", "main"), {}),
    ],
)
def test_what_a_caller_does_in_a_menu_is_counted(
    metrics: Metrics, note: do.Note, expected: dict[str, float]
) -> None:
    assert count(metrics, *call(step("call-1", on.KeyPressed("1"), note))) == expected


def test_leaving_a_queue_is_counted_with_why_and_how_long(metrics: Metrics) -> None:
    leave = do.LeaveQueue("byg", do.LeaveReason.TIMEOUT, 42.0)

    assert count(metrics, *call(step("call-1", on.DeadlinePassed(), leave))) == {
        'ivr_queue_left_total{queue="byg",reason="timeout"}': 1.0,
        'ivr_queue_wait_seconds_count{outcome="sent_on",queue="byg"}': 1.0,
        'ivr_queue_wait_seconds_sum{outcome="sent_on",queue="byg"}': 42.0,
    }


@pytest.mark.parametrize(
    ("event", "labels_"),
    [
        (on.LineAnswered(2), 'result="answered",sip_code="200"'),
        (on.LineFailed(2, on.Failure.BUSY, 486), 'result="busy",sip_code="486"'),
        (on.LineFailed(2, on.Failure.REFUSED, 499), 'result="refused",sip_code="other"'),
    ],
)
def test_a_transfer_is_counted_by_what_became_of_it(
    metrics: Metrics, event: on.Event, labels_: str
) -> None:
    dial = step("call-1", on.PromptEnded(1), do.Dial(2, TARGET, "pbx", CALLER, 20.0))
    metrics.count(*call(dial))

    changes = count(metrics, *call(dial, step("call-1", event)))

    assert changes == {f'ivr_transfer_total{{destination="byg/skat",{labels_}}}': 1.0}
    assert count(metrics, *call(dial, step("call-1", event))) == {}


def test_a_caller_who_hangs_up_before_the_transfer_answers_gave_up(metrics: Metrics) -> None:
    dial = step("call-1", on.PromptEnded(1), do.Dial(2, TARGET, "pbx", CALLER, 20.0))
    metrics.count(*call(dial))

    over = step("call-1", on.LineEnded(1), do.Conclude(do.Outcome.HUNG_UP))

    transfer = 'ivr_transfer_total{destination="byg/skat",result="abandoned",sip_code="0"}'
    assert count(metrics, *call(dial, over))[transfer] == 1.0


def test_ringing_an_agent_is_no_transfer(metrics: Metrics) -> None:
    dial = step("call-1", on.DeadlinePassed(), do.Dial(2, "sip:anna@127.0.0.1", "", CALLER, 20.0))
    metrics.count(*call(dial))

    assert count(metrics, *call(dial, step("call-1", on.LineAnswered(2)))) == {}


def test_surveys_answers_and_messages_are_counted(metrics: Metrics) -> None:
    save = do.SaveSurvey(TASK, on.Disposition.COMPLETE, 1, AT, AT)
    report = on.SurveyReported("call-1", on.Disposition.COMPLETE)

    assert count(metrics, step(PROGRAMME, report, save)) == {
        'ivr_survey_total{disposition="complete",group="byg"}': 1.0
    }
    answer = do.SaveAnswer(TASK, "satisfied", 8)
    assert count(metrics, step("call-2", on.KeyPressed("8"), answer)) == {
        'ivr_survey_answer_count{group="byg",question="satisfied"}': 1.0,
        'ivr_survey_answer_sum{group="byg",question="satisfied"}': 8.0,
    }
    kept = step("call-1", on.RecordingEnded(1, 9.0), do.KeepMessage(1, "byg-post", 9.0))
    assert count(metrics, *call(kept)) == {'ivr_messages_total{box="byg-post"}': 1.0}


def test_the_answers_have_nine_buckets(metrics: Metrics) -> None:
    metrics.count(step("call-2", on.KeyPressed("8"), do.SaveAnswer(TASK, "satisfied", 8)), None)

    buckets = re.findall(r'ivr_survey_answer_bucket{.*le="(.*?)".*} (.*)', metrics.text())

    assert buckets == [
        *((f"{number}.0", "0.0" if number < 8 else "1.0") for number in range(1, 10)),
        ("+Inf", "1.0"),
    ]


def test_a_call_turned_away_is_counted_once_as_a_rejection(metrics: Metrics) -> None:
    away = on.CallTurnedAway(CALLER, "33663333", AT, on.Refusal.FULL)
    first = step("call-1", away, do.Reject(503, 10), do.Conclude(do.Outcome.TURNED_AWAY))

    changes = count(metrics, first, begin(first))

    assert changes['ivr_sip_rejected_total{reason="full"}'] == 1.0
    assert changes['ivr_calls_total{direction="in",group="none",result="turned_away"}'] == 1.0


def test_an_unknown_number_is_counted_as_a_rejection(metrics: Metrics) -> None:
    arrived = on.CallArrived(CALLER, "999", AT)
    first = step("call-1", arrived, do.Reject(404), do.Conclude(do.Outcome.UNKNOWN_NUMBER))

    changes = count(metrics, first, begin(first))

    assert changes['ivr_sip_rejected_total{reason="unknown_number"}'] == 1.0


# --- how things stand -----------------------------------------------------------------------


def test_the_floor_shows_who_waits_and_what_the_agents_do(metrics: Metrics) -> None:
    busy, _ = floor.advance(floor.opened(site(), 0.0), on.CallerJoined("call-1", "byg"), 10.0)
    busy, _ = floor.advance(busy, on.CallerJoined("call-2", "byg"), 25.0)

    metrics.floor(busy, 40.0)

    shown = values(metrics)
    assert shown['ivr_queue_waiting{queue="byg"}'] == 2
    assert shown['ivr_queue_longest_wait_seconds{queue="byg"}'] == 30
    assert shown['ivr_agents{state="ringing"}'] == 1
    assert shown['ivr_agents{state="ready"}'] == 0


def test_the_programme_shows_what_is_due_and_for_how_long(metrics: Metrics) -> None:
    surveys = {
        str(minutes): programme.Survey(
            TASK, on.Disposition.PLANNED, 0, AT, AT + timedelta(minutes=minutes)
        )
        for minutes in (5, 7, 30)
    }

    metrics.programme(replace(programme.EMPTY, surveys=surveys), AT + timedelta(minutes=10))

    shown = values(metrics)
    assert shown["ivr_survey_planned"] == 3
    assert shown["ivr_survey_due"] == 2
    assert shown["ivr_survey_oldest_due_seconds"] == 300


def test_a_call_that_ended_by_a_fault_is_not_active_for_ever(metrics: Metrics) -> None:
    metrics.count(*call())

    metrics.calls(["call-2"])

    assert values(metrics)['ivr_calls_active{direction="in"}'] == 0


def test_a_trunk_shows_its_health(metrics: Metrics) -> None:
    metrics.trunk("pbx", up=True, registered=True, rtt=0.01)
    metrics.trunk("spare", up=False, registered=None, rtt=None)

    shown = values(metrics)
    assert shown['ivr_sip_trunk_up{trunk="pbx"}'] == 1
    assert shown['ivr_sip_registered{trunk="pbx"}'] == 1
    assert shown['ivr_sip_options_rtt_seconds{trunk="pbx"}'] == 0.01
    assert shown['ivr_sip_trunk_up{trunk="spare"}'] == 0
    assert 'ivr_sip_registered{trunk="spare"}' not in shown


def test_totals_of_others_are_followed_and_never_fall(metrics: Metrics) -> None:
    metrics.keys({"rfc4733": 5, "smoke": 1})
    metrics.keys({"rfc4733": 7, "info": 2})
    metrics.journal(waiting=3, dropped=4, put_aside=1)
    metrics.journal(waiting=0, dropped=4, put_aside=1)

    shown = values(metrics)
    assert shown['ivr_dtmf_digits_total{method="rfc4733"}'] == 7
    assert shown['ivr_dtmf_digits_total{method="info"}'] == 2
    assert shown['ivr_dtmf_digits_total{method="other"}'] == 1
    assert shown["ivr_journal_waiting_steps"] == 0
    assert shown["ivr_journal_dropped_steps_total"] == 4
    assert shown["ivr_journal_set_aside_steps_total"] == 1


def test_a_refused_reload_leaves_the_time_of_the_last_good_one(metrics: Metrics) -> None:
    metrics.reloaded(successful=True, at=AT)
    metrics.reloaded(successful=False, at=AT + timedelta(hours=1))

    shown = values(metrics)
    assert shown["ivr_config_last_reload_successful"] == 0
    assert shown["ivr_config_last_reload_success_timestamp_seconds"] == AT.timestamp()


@dataclass
class Heard:
    received: int
    lost: int
    jitter_seconds: float


def test_the_rest_is_what_the_daemon_says(metrics: Metrics) -> None:
    metrics.degraded("journal", on=True)
    metrics.degraded("fault", on=False)
    metrics.time_synced(is_synced=True)
    metrics.no_telephone_event()
    metrics.sip_rejected("not_a_trunk")
    metrics.late_frames(3)
    metrics.quality(Heard(99, 1, 0.004))
    metrics.quality(Heard(0, 0, 0.0))

    shown = values(metrics)
    assert shown['ivr_degraded{reason="journal"}'] == 1
    assert shown['ivr_degraded{reason="fault"}'] == 0
    assert shown["ivr_time_synced"] == 1
    assert shown["ivr_dtmf_unnegotiated_total"] == 1
    assert shown['ivr_sip_rejected_total{reason="not_a_trunk"}'] == 1
    assert shown["ivr_media_late_frames_total"] == 3
    assert shown["ivr_rtp_loss_ratio_sum"] == 0.01
    assert shown["ivr_rtp_loss_ratio_count"] == 1


# --- labels ---------------------------------------------------------------------------------


@given(counted=steps("call-1"), record=RECORDS)
@settings(deadline=None)
def test_labels_come_from_closed_lists_only(counted: list[Step], record: CallRecord) -> None:
    metrics = Metrics(site(), "1.2.3")
    allowed = labels(site()).allowed

    for one in counted:
        metrics.count(one, record)

    for family in text_string_to_metric_families(metrics.text()):
        for sample in family.samples:
            for name, value in sample.labels.items():
                if name in allowed:
                    assert value in allowed[name] | {OTHER}


def test_nobody_is_named(metrics: Metrics) -> None:
    stranger = on.CallArrived("+4512345678", "+4587654321", AT)
    first = step("id-1234", stranger, do.Admit("+4512345678", "id-1234", "da", "x"))
    record = begin(first)
    metrics.count(first, record)
    for action in (
        do.Note("key", "+4512345678", "9"),
        do.Note("+4512345678", "main"),
        do.LeaveQueue("+4512345678", do.LeaveReason.KEY, 1.0),
        do.Dial(2, "+4587654321", "pbx", "+4512345678", 9.0),
        do.SaveAnswer(replace(TASK, number="+4512345678", group="id-1234"), "id-1234", 9),
        do.SaveSurvey(replace(TASK, group="+4512345678"), on.Disposition.REFUSED, 1, AT, AT),
        do.KeepMessage(1, "id-1234", 3.0),
        do.ChangeAgent("anna", "ready"),
        do.Conclude(do.Outcome.TALKED),
    ):
        metrics.count(step("id-1234", on.KeyPressed("9"), action), record)

    text = metrics.text()

    for secret in ("12345678", "87654321", "id-1234", "anna"):
        assert secret not in text


def test_labels_follow_a_new_configuration(metrics: Metrics) -> None:
    for queue in ("byg", "skat"):
        metrics.count(*call(leave(queue)))
    metrics.floor(floor.opened(site(), 0.0), 1.0)

    metrics.reconfigure(site(group="skat", queue="skat", hash_="decade"))
    metrics.floor(floor.opened(site(queue="skat"), 0.0), 1.0)
    metrics.count(*call(leave("skat")))
    metrics.count(*call(leave("byg")))  # a call that began before

    shown = values(metrics)
    assert shown['ivr_build_info{config_sha="decade",version="1.2.3"}'] == 1
    assert [name for name in shown if "c0ffee" in name] == []
    assert [name for name in shown if name.startswith("ivr_queue_waiting")] == [
        'ivr_queue_waiting{queue="skat"}'
    ]
    assert shown['ivr_queue_left_total{queue="skat",reason="key"}'] == 1
    assert shown['ivr_queue_left_total{queue="byg",reason="key"}'] == 2
    assert shown['ivr_queue_left_total{queue="other",reason="key"}'] == 1


def test_labels_of_two_configurations_ago_are_gone(metrics: Metrics) -> None:
    metrics.count(*call(leave("byg")))

    metrics.reconfigure(site(queue="skat"))
    metrics.reconfigure(site(queue="job"))

    assert [name for name in values(metrics) if 'queue="byg"' in name] == []


def leave(queue: str) -> Step:
    return step("call-1", on.KeyPressed("1"), do.LeaveQueue(queue, do.LeaveReason.KEY, 1.0))


# --- who reads them -------------------------------------------------------------------------


@pytest.fixture
def busy(metrics: Metrics) -> Metrics:
    """Metrics in which every family has a series."""
    dial = step("call-1", on.PromptEnded(1), do.Dial(2, TARGET, "pbx", CALLER, 20.0))
    for one, record in (call(), call(leave("byg")), call(dial)):
        metrics.count(one, record)
    metrics.count(step("call-1", on.LineAnswered(2)), None)
    for action in (
        do.Note("key", "main", "1"),
        do.Note("closed", "hours", "holiday"),
        do.KeepMessage(1, "byg-post", 1.0),
        do.SaveAnswer(TASK, "satisfied", 8),
        do.SaveSurvey(TASK, on.Disposition.PLANNED, 0, AT, AT),
        do.Conclude(do.Outcome.TALKED),
    ):
        metrics.count(step("call-1", on.KeyPressed("1"), action), call()[1])
    metrics.floor(floor.opened(site(), 0.0), 1.0)
    metrics.programme(programme.EMPTY, AT)
    metrics.trunk("pbx", up=True, registered=True, rtt=0.01)
    metrics.keys({"rfc4733": 1})
    metrics.sip_rejected("refer")
    metrics.degraded("journal", on=True)
    metrics.quality(Heard(99, 1, 0.004))
    return metrics


@pytest.fixture(params=["127.0.0.1", "::1", "[::1]"])
def address(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_they_are_served_over_http(metrics: Metrics, address: str) -> None:
    port = metrics.serve(address, 0)
    host = f"[{address.strip('[]')}]" if ":" in address else address

    with urllib.request.urlopen(f"http://{host}:{port}/metrics", timeout=5) as answer:
        body = answer.read().decode()
    metrics.close()

    assert 'ivr_build_info{config_sha="c0ffee",version="1.2.3"} 1.0' in body
    assert "process_resident_memory_bytes" in body
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"http://{host}:{port}/metrics", timeout=5)


def test_a_port_in_use_is_said_to_be(metrics: Metrics) -> None:
    port = metrics.serve("127.0.0.1", 0)

    with pytest.raises(OSError, match="in use"):
        Metrics(site(), "1.2.3").serve("127.0.0.1", port)

    metrics.close()


def test_two_gateways_in_one_process_count_apart() -> None:
    one, other = Metrics(site(), "1"), Metrics(site(), "2")

    one.no_telephone_event()

    assert values(one)["ivr_dtmf_unnegotiated_total"] == 1
    assert values(other)["ivr_dtmf_unnegotiated_total"] == 0


def promtool(*words: str, text: str = "") -> str:
    """Run Prometheus' own checker; return what it says, nothing when all is well."""
    if shutil.which("promtool") is None:
        pytest.skip("promtool (Debian package prometheus) is not installed")
    run = subprocess.run(
        ["promtool", *words], input=text, capture_output=True, text=True, check=False
    )
    return "" if run.returncode == 0 and not run.stderr else run.stdout + run.stderr


def test_promtool_finds_nothing_to_say_about_the_metrics(busy: Metrics) -> None:
    assert promtool("check", "metrics", text=busy.text()) == ""


def test_promtool_accepts_the_alert_rules() -> None:
    assert promtool("check", "rules", str(RULES)) == ""


def test_the_alert_rules_fire_when_they_should() -> None:
    files = sorted(map(str, RULES.parent.glob("tests/*.yaml")))

    assert len(files) == 2
    assert promtool("test", "rules", *files) == ""


def test_alert_rules_ask_only_for_metrics_that_exist(busy: Metrics) -> None:
    asked = set(re.findall(r"\b(?:ivr|process)_\w+", expressions()))
    shown = {name.split("{")[0] for name in metrics_of(busy)}

    assert asked - shown == set()


def expressions() -> str:
    return "\n".join(re.findall(r"expr: \|?\n?((?:.+\n)+?)\s+(?:for|labels):", RULES.read_text()))


def metrics_of(metrics: Metrics) -> Iterator[str]:
    for line in metrics.text().splitlines():
        if not line.startswith("#"):
            yield line.rsplit(" ", 1)[0]
