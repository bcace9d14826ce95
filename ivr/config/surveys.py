"""survey.yaml: the rules of the survey programme, and the questions of each version."""

from collections.abc import Iterator
from functools import partial
from typing import Annotated, ClassVar

from ivr.config.hearings import of_question
from ivr.config.listening import Ear
from ivr.config.page import Page
from ivr.config.schema import Place, Section
from ivr.config.speech_file import SpeechFile
from ivr.config.spelling import unknown
from ivr.config.times import duration
from ivr.config.values import Name, Number, Prompts, YesNo, whole
from ivr.engine.script import Consent, Goodbye, Node, Question, Script
from ivr.engine.site import QuestionSet, SurveyRules

INTRO, THANKS, STOPPED, SILENT = "intro", "thanks", "stopped", "silent"
"""The nodes of a survey call besides its questions."""


class RulesSection(Section):
    what: ClassVar[str] = "the survey's rules"

    delay: Annotated[float, duration("1s", "7d")]
    """how long after the call the survey calls"""
    quarantine: Annotated[float, duration("1h", "365d")] = 7 * 86400.0
    """how long a number that was asked is left in peace"""
    attempts: Annotated[int, whole(1, 9)] = 3
    """how often a number that does not answer is called"""
    spacing: Annotated[float, duration("10s", "7d")] = 2 * 3600.0
    """how long after one attempt the next one comes"""
    expires: Annotated[float, duration("1m", "30d")] = 2 * 86400.0
    """how long after the call it is too late to ask"""
    lines: Annotated[int, whole(1, 100)] = 2
    """how many survey calls may be up at once"""
    calendar: Name
    """when survey calls are allowed"""
    shows: Number
    """the number the called telephone shows"""
    ring: Annotated[float, duration("5s", "2m")] = 25.0
    """how long the called telephone rings"""


class QuestionSection(Section):
    what: ClassVar[str] = "a survey question"

    id: Name
    """what its answers are filed under, such as `ventetid`"""
    prompts: Prompts
    """what is asked"""


class QuestionsSection(Section):
    what: ClassVar[str] = "a question set"

    intro: Prompts
    """says who calls and why; only key 1 begins, so that no answering machine is asked"""
    questions: tuple[QuestionSection, ...]
    """the questions, in order"""
    invalid: Prompts
    """what is said after a key that is no answer, and after silence"""
    stop: Prompts
    """what is said after 0, which must be pressed twice to stop"""
    thanks: Prompts
    """what is said after the last question"""
    stopped: Prompts
    """what is said to somebody who never wants to be asked again"""
    silent: Prompts
    """what is said when nobody presses 1"""
    attempts: Annotated[int, whole(1, 9)] = 3
    """how often a question is asked before the survey goes on without an answer"""
    answer_within: Annotated[float, duration("1s", "1m")] = 6.0
    """how long an answer may take"""
    interruptible: YesNo = True
    """whether a key cuts a question short"""
    early_keys: YesNo = False
    """whether a key pressed before a question was reached counts for it"""
    listen: Ear | None = None
    """that the answers 1 to 9 can also be said, and how"""


class SurveyFile(Section):
    what: ClassVar[str] = "survey.yaml"

    rules: RulesSection
    """whom the survey calls, and when"""
    questions: dict[Name, dict[Name, QuestionsSection]]
    """each question set by its name, and under that each version of it"""


def check(page: Page[SurveyFile], calendars: frozenset[str] | None) -> None:
    """Note names that do not exist or stand twice."""
    if page.content is None:
        return
    rules = page.content.rules
    if calendars is not None and rules.calendar not in calendars:
        page.fault(("rules", "calendar"), unknown("calendar", rules.calendar, calendars))
    if rules.expires <= rules.delay:
        page.fault(("rules", "expires"), "`expires` must be longer than `delay`")
    known: dict[str, str] = {}
    for place, questions in sets(page.content):
        _, name, version = map(str, place)
        earlier = known.setdefault(f"{name}-{version}", name)
        if earlier != name:
            message = f"`{name}-{version}` is what a version of `{earlier}` is called already"
            page.fault(place, message)
        if not questions.questions:
            page.fault((*place, "questions"), "this set has no questions")
        taken = [INTRO, THANKS, STOPPED, SILENT]
        for number, question in enumerate(questions.questions):
            if question.id in taken:
                message = f"`{question.id}` stands for another part of this survey already"
                page.fault((*place, "questions", number, "id"), message)
            taken.append(question.id)


def sets(file: SurveyFile) -> Iterator[tuple[Place, QuestionsSection]]:
    """Yield every version of every question set, and where it is written."""
    for name, versions in file.questions.items():
        for version, section in versions.items():
            yield ("questions", name, version), section


def ids(page: Page[SurveyFile]) -> frozenset[str] | None:
    """Return the `name-version` of every set, faulty ones too; None if that cannot be known."""
    written = page.source.value.get("questions")
    if not isinstance(written, dict):
        return None
    return frozenset(
        f"{name}-{version}"
        for name, versions in written.items()
        for version in (versions if isinstance(versions, dict) else ())
    )


def spoken(section: QuestionsSection) -> Iterator[tuple[Place, Prompts]]:
    """Yield where each list of prompts of a set is written, and its prompts."""
    for option in ("intro", "invalid", "stop", "thanks", "stopped", "silent"):
        yield (option,), getattr(section, option)
    for number, question in enumerate(section.questions):
        yield ("questions", number, "prompts"), question.prompts


def rules(file: SurveyFile) -> SurveyRules:
    """Return whom the survey programme calls, and when."""
    section = file.rules
    return SurveyRules(
        delay=section.delay,
        quarantine=section.quarantine,
        attempts=section.attempts,
        spacing=section.spacing,
        expires=section.expires,
        lines=section.lines,
        calendar=section.calendar,
        shows=section.shows,
        seconds_to_ring=section.ring,
    )


def questions(file: SurveyFile, speech: SpeechFile | None) -> dict[str, QuestionSet]:
    """Return the question sets by `name-version`, with what they listen for."""
    compiled = [
        QuestionSet(str(name), str(version), _script(section, speech))
        for (_, name, version), section in sets(file)
    ]
    return {questions.id: questions for questions in compiled}


def _script(section: QuestionsSection, speech: SpeechFile | None) -> Script:
    intro = Consent(
        name=INTRO,
        prompts=section.intro,
        attempts=section.attempts,
        then=section.questions[0].id,
        refused=STOPPED,
        silent=SILENT,
        seconds_to_answer=section.answer_within,
    )
    following = [*(question.id for question in section.questions[1:]), THANKS]
    nodes: list[Node] = [
        intro,
        *map(partial(_question, section, speech), section.questions, following),
        Goodbye(THANKS, section.thanks),
        Goodbye(STOPPED, section.stopped),
        Goodbye(SILENT, section.silent),
    ]
    return Script({node.name: node for node in nodes}, INTRO)


def _question(
    section: QuestionsSection, speech: SpeechFile | None, question: QuestionSection, then: str
) -> Question:
    node = Question(
        name=question.id,
        question=question.id,
        prompts=question.prompts,
        invalid=section.invalid,
        stop=section.stop,
        attempts=section.attempts,
        then=then,
        stopped=STOPPED,
        seconds_to_answer=section.answer_within,
        interruptible=section.interruptible,
        early_keys=section.early_keys,
    )
    return of_question(node, section.listen, speech)
