"""Whether callers can be understood: every phrase means one thing, wherever it is said.

What the recogniser may hear is the product of carriers, fillers and phrases. It is bounded, and
every sentence of it is read here as it would be in a call.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ivr.config import asking, nodes, speech_file
from ivr.config.folder import SPEECH, SiteFolder
from ivr.config.hearings import Errand, choices, phrases
from ivr.config.listening import Choice, Ear
from ivr.config.page import Page
from ivr.config.schema import Place
from ivr.config.speech_file import LanguageSection, SpeechFile
from ivr.config.spelling import unknown
from ivr.config.stages import StageFile
from ivr.config.surveys import sets
from ivr.engine.grammar import Meant, Vocabulary, parse, sentences
from ivr.errors import Problem

MOST_SENTENCES = 4000
"""What one node may listen for: a recogniser is made for every question that is asked."""

CARRIERS = "`carriers`"
"""What a carrier is said for."""


@dataclass(frozen=True, slots=True)
class Owner:
    """What a phrase means, and where that is written."""

    what: str
    page: Page[Any]
    place: Place

    def __str__(self) -> str:
        line = self.problem("").line
        return f"{self.what} ({self.page.source.file.name}:{line})"

    def problem(self, message: str) -> Problem:
        """Return a problem placed where the phrase is written."""
        return self.page.source.problem(self.place, message)


@dataclass(slots=True)
class _Owners:
    """Which phrases are taken."""

    of: dict[str, Owner] = field(default_factory=dict)

    def take(self, phrase: str, owner: Owner) -> None:
        """Give a phrase an owner, or note that it has one already."""
        other = self.of.setdefault(phrase, owner)
        if other is not owner:
            owner.page.fault(owner.place, f"`{phrase}` is said for {other} already")


def check(site: SiteFolder) -> None:
    """Note everything that callers could say in vain, or be misunderstood by."""
    if site.speech and site.speech.content:
        for language, shared in site.speech.content.languages.items():
            _check_language(site.speech, language, shared)
    for _, _, page in site.stages:
        for name, section in page.content.nodes.items() if page.content else ():
            _check_node(site, page, name, section)
    for place, questions in sets(site.survey.content) if site.survey.content else ():
        if questions.listen is not None:
            _check_ear(site, site.survey, (*place, "listen"), questions.listen)


# --- speech.yaml ----------------------------------------------------------------------------


def _check_language(page: Page[SpeechFile], language: str, section: LanguageSection) -> None:
    place = ("languages", language)
    answers, numbers = _shared(page, language, section), _Owners()
    for option in ("yes", "no"):
        for number, phrase in enumerate(getattr(section, option)):
            answers.take(phrase, Owner(f"`{option}`", page, (*place, option, number)))
    for option in ("repeat", "skip"):
        for number, phrase in enumerate(getattr(section, option)):
            numbers.take(phrase, Owner(f"`{option}`", page, (*place, option, number)))
    for digit, said in section.digits.items():
        for number, phrase in enumerate(said):
            owner = Owner(f"the digit {digit}", page, (*place, "digits", digit, number))
            numbers.take(phrase, owner)


def _shared(page: Page[SpeechFile], language: str, section: LanguageSection) -> _Owners:
    """Return the phrases that work in every menu, and the carriers, as taken."""
    owners = _Owners()
    for option in ("person", "repeat", "carriers"):
        for number, phrase in enumerate(getattr(section, option)):
            place = ("languages", language, option, number)
            owners.take(phrase, Owner(f"`{option}`", page, place))
    return owners


# --- nodes that listen ----------------------------------------------------------------------


def _check_node(site: SiteFolder, page: Page[StageFile], name: str, section: nodes.Node) -> None:
    place = ("nodes", name)
    match section:
        case asking.Collect(listen=ear) if ear is not None:
            _check_ear(site, page, (*place, "listen"), ear)
            if section.secret:
                page.fault((*place, "listen"), "digits that are `secret` must not be said aloud")
        case asking.Menu(listen=None):
            _check_deaf(page, place, section)
        case asking.Menu(listen=ear) if ear is not None:
            _check_choices(page, place, section)
            _check_ear(site, page, (*place, "listen"), ear)
            _check_phrases(site, page, name, section)
        case nodes.OpenQuestion(listen=ear):
            _check_question(page, place, section)
            _check_ear(site, page, (*place, "listen"), ear)
            _check_phrases(site, page, name, section)


def _check_ear(site: SiteFolder, page: Page[Any], place: Place, ear: Ear) -> None:
    if site.speech is None:
        message = f"nobody can be heard: there is no {SPEECH}, which says what callers say"
        page.fault(place, message)
        return
    known = site.speech.names("languages")
    if known is not None and ear.language not in known:
        page.fault((*place, "language"), unknown("spoken language", ear.language, known))


def _check_deaf(page: Page[StageFile], place: Place, menu: asking.Menu) -> None:
    for key, choice in menu.choices.items():
        if choice.say:
            message = "this is never heard: the menu needs `listen`"
            page.fault((*place, "choices", key, "say"), message)


def _check_choices(page: Page[StageFile], place: Place, menu: asking.Menu) -> None:
    if not any(choice.say for choice in menu.choices.values()):
        page.fault((*place, "listen"), "nothing can be said here: no choice has `say`")
    for key, choice in menu.choices.items():
        if choice.say and not choice.named:
            description = Choice.model_fields["named"].description
            page.fault(
                (*place, "choices", key), f"a choice that is said needs `named`: {description}"
            )


def _check_question(page: Page[StageFile], place: Place, question: nodes.OpenQuestion) -> None:
    declared = page.names("nodes", place[1], "intents") or frozenset()  # type: ignore[arg-type]
    for number, intent in enumerate(question.clarify):
        if intent not in declared:
            page.fault((*place, "clarify", number), unknown("intent", intent, declared))
    menu = page.content.nodes.get(question.menu) if page.content else None
    if menu is not None and not isinstance(menu, asking.Menu):
        page.fault((*place, "menu"), f"`{question.menu}` is not a menu")


# --- what they listen for -------------------------------------------------------------------


def _check_phrases(site: SiteFolder, page: Page[StageFile], name: str, section: Errand) -> None:
    language = _language(site, section)
    if language is None:
        return
    known = len(page.problems)
    taken = owners(site, page, name, section)
    if len(page.problems) > known:
        return  # what is said for two things is misread everywhere
    own = {phrase: owner.place for phrase, owner in taken.items() if owner.page is page}
    vocabulary = speech_file.vocabulary(language, phrases(section))
    count = sum(1 for _ in sentences(vocabulary))
    if count > MOST_SENTENCES:
        message = (
            f"{count} sentences would be listened for, more than {MOST_SENTENCES}; say less here,"
            f" or take carriers or fillers out of {SPEECH}"
        )
        page.fault(("nodes", name, "listen"), message)
        return
    for phrase, message in _misread(vocabulary, own):
        page.fault(own[phrase], message)


def owners(
    site: SiteFolder, page: Page[StageFile], name: str, section: Errand
) -> Mapping[str, Owner]:
    """Return what each phrase is said for that a node listens for; note what is said twice."""
    language = _language(site, section)
    if language is None or site.speech is None or section.listen is None:
        return {}
    taken = _shared(_quiet(site.speech), section.listen.language, language)
    for what, phrase, place in _said(name, section):
        taken.take(phrase, Owner(what, page, place))
    return taken.of


def _language(site: SiteFolder, section: Errand) -> LanguageSection | None:
    if site.speech is None or site.speech.content is None or section.listen is None:
        return None
    return site.speech.content.languages.get(section.listen.language)


def _quiet(page: Page[SpeechFile]) -> Page[SpeechFile]:
    """Return a page whose own faults have been noted already."""
    return Page(page.source, page.content)


def _said(name: str, section: Errand) -> Iterator[tuple[str, str, Place]]:
    """Yield what each phrase is said for, the phrase, and where it is written."""
    option, what = "intents", "intent"
    if isinstance(section, asking.Menu):
        option, what = "choices", "choice"
    for key, choice in choices(section).items():
        for number, phrase in enumerate(choice.say):
            yield f"the {what} {key}", phrase, ("nodes", name, option, key, "say", number)


def _misread(vocabulary: Vocabulary, own: Mapping[str, Place]) -> Iterator[tuple[str, str]]:
    """Yield the phrases that are taken for something else, alone or in a sentence."""
    before = ("", *vocabulary.carriers, *vocabulary.fillers)
    for phrase in own:
        for beginning in before:
            sentence = f"{beginning} {phrase}".strip()
            if parse(vocabulary, sentence) != Meant(vocabulary.phrases[phrase]):
                yield phrase, f"`{sentence}` would be taken for something else"
                break
