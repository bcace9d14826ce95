"""The nodes of a call flow as they are written, and what each compiles to.

To add a kind of node: a class here, its class in `ivr.engine.script`, its ways in `ways.py`.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, Field

from ivr.config.asking import AnswerTime, Collect, Menu
from ivr.config.listening import ErrandEar, Intent
from ivr.config.schema import Section
from ivr.config.times import duration
from ivr.config.values import (
    NAME,
    ONE_OR_MORE,
    Language,
    Name,
    Number,
    Prompts,
    YesNo,
    one_of,
)
from ivr.config.written import Shorthand, UnfitError
from ivr.engine import script
from ivr.engine.clarifying import MOST_OPTIONS
from ivr.engine.hours import Reason

OTHERWISE = "otherwise"
FEWEST_OPTIONS = 2

REASON = one_of(*Reason, OTHERWISE)


class Say(Section):
    what: ClassVar[str] = "a say"

    kind: Literal["say"]
    """speaks, and goes on"""
    prompts: Prompts
    """what is said"""
    then: Name
    """the next node"""
    interruptible: YesNo = True
    """whether a key cuts it short"""

    def compiled(self, name: str) -> script.Node:
        return script.Say(name, self.prompts, self.then, self.interruptible)


def _few(intents: tuple[str, ...]) -> tuple[str, ...]:
    if intents and not FEWEST_OPTIONS <= len(set(intents)) == len(intents) <= MOST_OPTIONS:
        raise UnfitError(f"must be {FEWEST_OPTIONS} to {MOST_OPTIONS} different intents")
    return intents


class OpenQuestion(Section):
    what: ClassVar[str] = "an open question"

    kind: Literal["open_question"]
    """asks what the call is about, to be answered in the caller's own words"""
    prompts: Prompts
    """what is asked"""
    intents: dict[Name, Intent]
    """each thing callers want, by a name of its own"""
    clarify: Annotated[tuple[Name, ...], ONE_OR_MORE, AfterValidator(_few)] = ()
    """the 2 to 4 intents a caller is asked about who was not understood"""
    menu: Name
    """the menu of keys; any key leads there, and so does what stays unclear"""
    person: Name
    """the node of everybody who asks for a person"""
    answer_within: AnswerTime = 6.0
    """how long an answer may take to begin"""
    listen: ErrandEar
    """in which language, and how"""

    def compiled(self, name: str) -> script.Node:
        return script.OpenQuestion(
            name=name,
            prompts=self.prompts,
            intents={intent: section.then for intent, section in self.intents.items()},
            clarify=self.clarify,
            menu=self.menu,
            person=self.person,
            hearing=None,
            seconds_to_answer=self.answer_within,
        )


class ChooseLanguage(Section):
    what: ClassVar[str] = "a language node"

    kind: Literal["language"]
    """speaks another language from here on"""
    language: Language
    """the language, such as da or en"""
    then: Name
    """the next node"""

    def compiled(self, name: str) -> script.Node:
        return script.ChooseLanguage(name, self.language, self.then)


def _otherwise(written: object) -> object:
    return {OTHERWISE: written} if isinstance(written, str) else written


def _complete(closed: dict[str, str]) -> dict[str, str]:
    if OTHERWISE not in closed:
        raise UnfitError(f"needs `{OTHERWISE}`: the node for every other reason")
    return closed


class Hours(Section):
    what: ClassVar[str] = "an hours node"

    kind: Literal["hours"]
    """goes one way when open, another when closed"""
    calendar: Name
    """the calendar that is asked"""
    open: Name
    """the node when it is open"""
    closed: Annotated[
        dict[Annotated[str, REASON], Name],
        Shorthand(_otherwise, NAME.json),
        AfterValidator(_complete),
    ]
    """the node when it is closed, or one for each reason"""

    def compiled(self, name: str) -> script.Node:
        closed = {why: to for why, to in self.closed.items() if why != OTHERWISE}
        return script.OpeningHours(name, self.calendar, self.open, closed, self.closed[OTHERWISE])


class SurveyNotice(Section):
    what: ClassVar[str] = "a survey_notice"

    kind: Literal["survey_notice"]
    """tells callers who can be surveyed that they will be called"""
    prompts: Prompts
    """what is said"""
    then: Name
    """the next node"""

    def compiled(self, name: str) -> script.Node:
        return script.SurveyNotice(name, self.prompts, self.then)


class Queue(Section):
    what: ClassVar[str] = "a queue node"

    kind: Literal["queue"]
    """waits for an agent of a team"""
    queue: Name
    """the queue of teams.yaml"""
    level: Annotated[str, one_of("1", "2")] = "1"
    """1 for a contact centre, 2 for caseworkers"""
    timeout: Name
    """the node when the longest wait is over"""
    full: Name
    """the node when too many wait already"""
    empty: Name
    """the node when no agent is logged in"""
    closed: Name
    """the node when the queue is closed"""

    def compiled(self, name: str) -> script.Node:
        return script.JoinTeam(
            name, self.queue, self.level, self.timeout, self.full, self.empty, self.closed
        )


class Transfer(Section):
    what: ClassVar[str] = "a transfer"

    kind: Literal["transfer"]
    """rings an outside number"""
    number: Number
    """the number that is rung"""
    prompts: Prompts
    """what is said meanwhile"""
    ring: Annotated[float, duration("5s", "3m")] = 30.0
    """how long it rings"""
    busy: Name
    """the node when the number is busy or declines"""
    no_answer: Name
    """the node when nobody answers"""
    failed: Name
    """the node when the number cannot be reached"""

    def compiled(self, name: str) -> script.Node:
        return script.Transfer(
            name=name,
            number=self.number,
            prompts=self.prompts,
            seconds_to_ring=self.ring,
            busy=self.busy,
            no_answer=self.no_answer,
            failed=self.failed,
        )


class Message(Section):
    what: ClassVar[str] = "a message"

    kind: Literal["message"]
    """takes a voice message"""
    box: Name
    """the message box it is filed in"""
    prompts: Prompts
    """what is said before the tone"""
    longest: Annotated[float, duration("5s", "30m")] = 120.0
    """when the recording ends by itself"""
    silence: Annotated[float, duration("1s", "1m")] = 5.0
    """the silence that ends the recording"""
    shortest: Annotated[float, duration("0.5s", "1m")] = 1.0
    """a shorter recording is thrown away"""
    then: Name
    """the node after a message"""
    empty: Name
    """the node when nothing was said"""

    def compiled(self, name: str) -> script.Node:
        return script.Message(
            name=name,
            box=self.box,
            prompts=self.prompts,
            seconds=self.longest,
            seconds_of_silence=self.silence,
            shortest=self.shortest,
            then=self.then,
            empty=self.empty,
        )


class Goodbye(Section):
    what: ClassVar[str] = "a goodbye"

    kind: Literal["goodbye"]
    """speaks, and hangs up"""
    prompts: Prompts
    """what is said"""

    def compiled(self, name: str) -> script.Node:
        return script.Goodbye(name, self.prompts)


Node = Annotated[
    Say
    | Menu
    | OpenQuestion
    | Collect
    | ChooseLanguage
    | Hours
    | SurveyNotice
    | Queue
    | Transfer
    | Message
    | Goodbye,
    Field(discriminator="kind"),
]
