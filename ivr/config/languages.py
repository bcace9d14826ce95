"""Which languages are spoken where, and whether every prompt has its words in them.

A queue, a calendar and a question set are spoken in the languages of the stages that use them;
one that no stage uses yet, in all languages of the site.
"""

from collections import defaultdict
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

from ivr.config import surveys
from ivr.config.folder import SiteFolder
from ivr.config.hearings import aloud
from ivr.config.page import Page
from ivr.config.prompts import MUSIC, PromptIds, faults
from ivr.config.prompts import languages as known_languages
from ivr.config.schema import Place
from ivr.config.speech_file import SPOKEN
from ivr.config.spelling import unknown
from ivr.config.stages import flow
from ivr.config.ways import spoken
from ivr.engine.script import ChooseLanguage, JoinTeam, OpeningHours, Script

POSITION = "position"
"""The placeholder that a queue fills with the caller's place."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """The languages of the site, and of what its stages use."""

    site: set[str] = field(default_factory=set)
    queues: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    calendars: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    questions: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


def of_stage(site: SiteFolder, group: str, script: Script) -> set[str]:
    """Return the languages callers of a stage can be spoken to in."""
    numbers = site.entrance.content.numbers.values() if site.entrance.content else ()
    greeted = {section.language for section in numbers if section.group == group}
    switched = {node.language for node in script.nodes.values() if isinstance(node, ChooseLanguage)}
    return greeted | switched


def in_use(site: SiteFolder) -> Spoken:
    """Return which languages are spoken where."""
    used = Spoken()
    for group, _, page in site.stages:
        if page.content is not None:
            script = flow(page.content)
            languages = of_stage(site, group, script)
            used.site.update(languages)
            used.questions[page.content.questions].update(languages)
            for node in script.nodes.values():
                if isinstance(node, JoinTeam):
                    used.queues[node.queue].update(languages)
                if isinstance(node, OpeningHours):
                    used.calendars[node.calendar].update(languages)
    return used


def check(site: SiteFolder, prompts: PromptIds) -> None:
    """Note prompts that do not exist in a language they are needed in."""
    checking = _Checking(prompts, in_use(site))
    checking.entrances(site)
    checking.stages(site)
    checking.queues(site)
    checking.calendars(site)
    checking.questions(site)
    checking.speech(site)


class _Checking:
    def __init__(self, prompts: PromptIds, used: Spoken) -> None:
        self.used = used
        self._prompts = prompts

    def note(
        self,
        page: Page[Any],
        place: Place,
        said: tuple[str, ...],
        languages: AbstractSet[str],
        filled: str = "",
    ) -> None:
        """Note what is wrong with a list of prompts."""
        needed = languages or self.used.site
        for number, message in faults(self._prompts, said, needed, filled):
            page.fault((*place, number), message)

    def entrances(self, site: SiteFolder) -> None:
        page = site.entrance
        if page.content is not None:
            self.note(page, ("apology",), page.content.apology, self.used.site)
            for number, section in page.content.numbers.items():
                self._language(page, ("numbers", number, "language"), section.language)

    def stages(self, site: SiteFolder) -> None:
        for group, _, page in site.stages:
            if page.content is None:
                continue
            script = flow(page.content)
            languages = of_stage(site, group, script)
            for name, node in script.nodes.items():
                if isinstance(node, ChooseLanguage):
                    self._language(page, ("nodes", name, "language"), node.language)
                for option, said in spoken(node):
                    self.note(page, ("nodes", name, *option.split(".")), said, languages)
            for name, section in page.content.nodes.items():
                for place, said, language in aloud(section):
                    self.note(page, ("nodes", name, *place), said, {language})

    def queues(self, site: SiteFolder) -> None:
        page = site.teams
        for name, queue in page.content.queues.items() if page.content else ():
            languages, manners = self.used.queues[name], queue.announcements
            place = ("queues", name, "announcements")
            self.note(page, (*place, POSITION), (manners.position,), languages, filled=POSITION)
            self.note(page, (*place, "next"), (manners.next,), languages)
            self.note(page, (*place, "reminders"), manners.reminders, languages)
            music = self._prompts.get(MUSIC, {queue.music: frozenset()})
            if queue.music not in music:
                page.fault(("queues", name, "music"), unknown("music", queue.music, music))

    def calendars(self, site: SiteFolder) -> None:
        page = site.calendar
        for name, calendar in page.content.calendars.items() if page.content else ():
            for day, section in calendar.days.items():
                if section.message is not None:
                    place = ("calendars", name, "days", day, "message")
                    self.note(page, place, (section.message,), self.used.calendars[name])

    def questions(self, site: SiteFolder) -> None:
        page = site.survey
        for place, section in surveys.sets(page.content) if page.content else ():
            languages = self.used.questions[f"{place[1]}-{place[2]}"]
            for option, said in surveys.spoken(section):
                self.note(page, (*place, *option), said, languages)

    def speech(self, site: SiteFolder) -> None:
        page = site.speech
        if page is None or page.content is None:
            return
        for name, section in page.content.languages.items():
            place = ("languages", name, "prompts")
            for option in SPOKEN:
                self.note(page, (*place, option), getattr(section.prompts, option), {name})
            for key, said in section.prompts.keys.items():
                self.note(page, (*place, "keys", key), said, {name})

    def _language(self, page: Page[Any], place: Place, name: str) -> None:
        known = known_languages(self._prompts)
        if name not in known:
            page.fault(place, unknown("language", name, known))
