"""Small sites to call, and the words to make more of them.

    site(say("hello", then="main"), menu("main", {"1": "bye"}), goodbye("bye"))

A node's prompt is called what the node is called. `speaking` has the words to make nodes listen,
`agreed` the sites that transcripts can name.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, time
from zoneinfo import ZoneInfo

from ivr.engine.script import (
    Collect,
    Consent,
    Goodbye,
    JoinTeam,
    Menu,
    Message,
    Node,
    Question,
    Retries,
    Say,
    Script,
    Stage,
)
from ivr.engine.site import (
    Agent,
    Announcements,
    Calendar,
    Entrance,
    Group,
    Limits,
    Opening,
    QuestionSet,
    Queue,
    Site,
    SpecialDay,
    SurveyRules,
    Switch,
)

DIALLED = "+4533663333"
ZONE = ZoneInfo("Europe/Copenhagen")
DAY = 86400.0

# --- time -----------------------------------------------------------------------------------


def opening(opens: int, closes: int) -> Opening:
    """Open from one whole hour to another; 24 is midnight."""
    return Opening(time(opens), time.max if closes == 24 else time(closes))


def calendar(name: str = "always", *, opens: int = 0, closes: int = 24, days: int = 7) -> Calendar:
    """Open from hour to hour on the first `days` days of the week; no breaks, no holidays."""
    hours = (opening(opens, closes),)
    week = tuple(hours if day < days else () for day in range(7))
    return Calendar(name, ZONE, week, (), {}, {}, {}, Switch.BY_SCHEDULE, trusted_from=2024)


OFFICE_HOURS = replace(
    calendar("office", opens=8, closes=16, days=5),
    breaks=(Opening(time(11, 30), time(12, 30)),),
    holidays={date(2026, 12, 25): "Juledag", date(2026, 4, 6): "Anden påskedag"},
    days={
        date(2026, 12, 24): SpecialDay("Juleaften", (), "closed.christmas"),
        date(2026, 12, 31): SpecialDay("Nytårsaften", (opening(8, 12),), "closed.half_day"),
    },
    yearly={(6, 5): SpecialDay("Grundlovsdag", ())},
)

# --- nodes ----------------------------------------------------------------------------------


def retries(prompt: str, then: str, limit: int = 2) -> Retries:
    return Retries(limit, (prompt,), then)


def say(name: str, then: str, *, interruptible: bool = True) -> Say:
    return Say(name, (name,), then, interruptible)


def menu(name: str, choices: Mapping[str, str], *, otherwise: str = "bye") -> Menu:
    """After two silences, or two wrong keys, the caller goes to `otherwise`."""
    return Menu(
        name=name,
        long=(f"{name}.long",),
        short=(f"{name}.short",),
        choices=choices,
        no_input=retries("no_input", otherwise),
        no_match=retries("no_match", otherwise),
        seconds_to_answer=5,
    )


def collect(name: str, least: int, most: int, then: str, *, secret: bool = False) -> Collect:
    """Gather digits: 7 s for the first, 3 s for each that follows."""
    return Collect(
        name=name,
        long=(f"{name}.long",),
        short=(f"{name}.short",),
        stores=name,
        least=least,
        most=most,
        then=then,
        no_input=retries("no_input", "bye"),
        no_match=retries("no_match", "bye"),
        secret=secret,
    )


def team(name: str, queue: str, otherwise: str = "message") -> JoinTeam:
    """Join a queue; `otherwise` is where every way out without an agent goes."""
    return JoinTeam(name, queue, "1", otherwise, otherwise, otherwise, otherwise)


def message(name: str = "message", *, then: str = "thanks", empty: str = "bye") -> Message:
    return Message(name, "office", (f"{name}.invite",), 120, 4, 2, then, empty)


def goodbye(name: str = "bye") -> Goodbye:
    return Goodbye(name, (name,))


def script(*nodes: Node) -> Script:
    """The first node is the start."""
    return Script({node.name: node for node in nodes}, nodes[0].name)


# --- people ---------------------------------------------------------------------------------


def queue(name: str) -> Queue:
    """A queue that is rung 15 s, waits at most 300 s, and holds three callers."""
    told = Announcements("queue.position", "queue.next", 30, ("queue.reminder",), 45)
    return Queue(
        name=name,
        team=name,
        calendar="always",
        music="calm",
        longest_wait=300,
        most_waiting=3,
        seconds_to_ring=15,
        seconds_of_rest=30,
        wrap_up=20,
        announcements=told,
    )


def agent(name: str, *, logged_in: bool = True, **skills: int) -> Agent:
    return Agent(name, f"sip:{name}@192.0.2.10", skills, logged_in)


# --- surveys --------------------------------------------------------------------------------


def consent(then: str) -> Consent:
    return Consent("consent", ("survey.who_calls",), 2, then, "stopped", "silent")


def question(name: str, then: str) -> Question:
    said = (f"survey.{name}",)
    return Question(name, name, said, ("survey.invalid",), ("survey.stop",), 2, then, "stopped")


FOUR_QUESTIONS = QuestionSet(
    "kk",
    "2",
    script(
        consent("q1"),
        question("q1", "q2"),
        question("q2", "q3"),
        question("q3", "q4"),
        question("q4", "thanks"),
        goodbye("thanks"),
        goodbye("stopped"),
        goodbye("silent"),
    ),
)

RULES = SurveyRules(
    delay=60,
    quarantine=7 * DAY,
    attempts=3,
    spacing=3600,
    expires=2 * DAY,
    lines=1,
    calendar="evenings",
    shows=DIALLED,
    seconds_to_ring=25,
)

# --- sites ----------------------------------------------------------------------------------


def site(*nodes: Node, queues: tuple[Queue, ...] = (), agents: tuple[Agent, ...] = ()) -> Site:
    """A site with one entrance and one stage, whose calls are surveyed; all else is plain."""
    calendars = (
        calendar(),
        OFFICE_HOURS,
        replace(OFFICE_HOURS, name="by_hand", switch=Switch.CLOSED),
        calendar("evenings", opens=9, closes=20, days=5),
    )
    stage = Stage("stage1", date.min, script(*nodes), FOUR_QUESTIONS.id)
    return Site(
        name="test",
        hash="c0ffee",
        zone=ZONE,
        languages=("da", "en"),
        entrances={DIALLED: Entrance(DIALLED, "business", "da")},
        groups={"business": Group("business", (stage,))},
        calendars={each.name: each for each in calendars},
        queues={each.name: each for each in queues},
        agents={each.name: each for each in agents},
        questions={FOUR_QUESTIONS.id: FOUR_QUESTIONS},
        survey=RULES,
        trunks=("pbx", "spare"),
        limits=Limits(3, 1800, 20, 30, 5),
        apology=("error",),
    )
