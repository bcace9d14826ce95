"""Steps to count, a site to count them for, and what has changed since."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from ivr.engine import actions as do
from ivr.engine import events as on
from ivr.engine.record import CallRecord, begin, fold
from ivr.engine.script import (
    Extensions,
    Goodbye,
    Menu,
    Message,
    OpenQuestion,
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
from ivr.engine.step import Step
from ivr.metrics import Metrics

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Copenhagen")
CALLER = "+4570121416"
TARGET = "+4533112233"
TASK = on.SurveyTask("call-1", CALLER, "demo-1", "byg", "start", "byg", "anna", "1", "da")


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
        OpenQuestion("about", (), {"permits": "bye"}, (), "main", "bye", None),
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


def leave(queue: str) -> Step:
    return step("call-1", on.KeyPressed("1"), do.LeaveQueue(queue, do.LeaveReason.KEY, 1.0))


@dataclass
class Heard:
    received: int
    lost: int
    jitter_seconds: float
