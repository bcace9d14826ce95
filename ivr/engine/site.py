"""The compiled configuration, frozen: what every decision is made from.

`ivr.config.load` builds it; after that nobody sees YAML, a dict of options, or a name that
may not resolve. Seconds are floats, levels 0-9.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from ivr.engine.script import Prompts, Script, Stage


class Switch(StrEnum):
    """The hand switch of a calendar."""

    BY_SCHEDULE = "by_schedule"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Opening:
    """Open from `opens` up to, not including, `closes`; midnight as the end is time.max."""

    opens: time
    closes: time


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day with its own hours (none: closed all day), reason, and perhaps its own message."""

    name: str
    openings: tuple[Opening, ...]
    message: str = ""


@dataclass(frozen=True, slots=True)
class Calendar:
    """When something is open. `week` is Monday first; `days` beats `yearly` beats `holidays`.

    `breaks` are closed times inside the week's hours. `holidays` maps a date to the name of
    a public holiday on which this is closed. A wall clock that shows a year before
    `trusted_from` cannot be right (a box without a battery starts in the past).
    """

    name: str
    zone: ZoneInfo
    week: tuple[tuple[Opening, ...], ...]
    breaks: tuple[Opening, ...]
    holidays: Mapping[date, str]
    days: Mapping[date, SpecialDay]
    yearly: Mapping[tuple[int, int], SpecialDay]
    switch: Switch
    trusted_from: int


@dataclass(frozen=True, slots=True)
class Entrance:
    """A number that can be dialled, and the service group it opens."""

    number: str
    group: str
    language: str


@dataclass(frozen=True, slots=True)
class Group:
    """A service group: its stages in the order they take effect, the first from the start."""

    name: str
    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class Agent:
    """Who can be rung. `skills` maps a queue to 1-9; a queue with 0 is not in it."""

    name: str
    address: str
    skills: Mapping[str, int]
    logged_in: bool


@dataclass(frozen=True, slots=True)
class Announcements:
    """What a waiting caller hears, and how seldom.

    The position is told on entry (`next` when he is first) and then only when it improved,
    at most every `seconds_between`; `reminders` are told in between, in turn, at most every
    `seconds_between_reminders` (0: never).
    """

    position: str
    next: str
    seconds_between: float
    reminders: Prompts
    seconds_between_reminders: float


@dataclass(frozen=True, slots=True)
class Queue:
    """A team's queue and its manners."""

    name: str
    team: str
    calendar: str
    music: str
    longest_wait: float
    most_waiting: int
    seconds_to_ring: float
    seconds_of_rest: float
    """How long an agent who did not answer is left in peace."""
    wrap_up: float
    announcements: Announcements


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A versioned set of survey questions, compiled to the script of the survey call."""

    name: str
    version: str
    script: Script

    @property
    def id(self) -> str:
        """`name-version`: answers of different versions are never one series."""
        return f"{self.name}-{self.version}"


@dataclass(frozen=True, slots=True)
class SurveyRules:
    """Whom the survey programme calls, and when. All durations in seconds."""

    delay: float
    quarantine: float
    attempts: int
    spacing: float
    expires: float
    lines: int
    """How many survey calls may be up at once, so that surveys never crowd callers."""
    calendar: str
    shows: str
    """The number the called party sees."""
    seconds_to_ring: float


@dataclass(frozen=True, slots=True)
class Limits:
    """What one gateway takes on. See `limits` in gateway.yaml."""

    calls: int
    seconds: float
    seconds_without_audio: float
    seconds_to_drain: float
    retry_after: int


@dataclass(frozen=True, slots=True)
class Site:
    """Everything the engine decides from."""

    name: str
    hash: str
    zone: ZoneInfo
    languages: tuple[str, ...]
    entrances: Mapping[str, Entrance]
    groups: Mapping[str, Group]
    calendars: Mapping[str, Calendar]
    queues: Mapping[str, Queue]
    agents: Mapping[str, Agent]
    questions: Mapping[str, QuestionSet]
    survey: SurveyRules
    trunks: tuple[str, ...]
    """Names of trunks that carry outgoing calls, best first."""
    limits: Limits
    apology: Prompts
    """Said before an end that is our fault."""
