"""Compiles what nodes listen for: their own phrases, and those that the language shares."""

from collections.abc import Iterator, Mapping

from ivr.config import asking, nodes, speech_file
from ivr.config.listening import Choice, Ear, Intent, NumberEar, told
from ivr.config.schema import Place, Section
from ivr.config.speech_file import LanguageSection, SpeechFile
from ivr.engine.grammar import Grammar, Vocabulary, listed, spelling
from ivr.engine.hearing import Hearing
from ivr.engine.replacing import replace
from ivr.engine.script import Collect, Menu, Node, OpenQuestion, Prompts, Question

Errand = asking.Menu | nodes.OpenQuestion
"""Sections that ask what the caller wants."""


def heard(node: Node, section: Section, file: SpeechFile | None) -> Node:
    """Return the node that a section of a stage is, listening if it says so.

    A language that speech.yaml does not have is not listened for: the checks have said so.
    """
    ear = getattr(section, "listen", None)
    language = file.languages.get(ear.language) if file and isinstance(ear, Ear) else None
    if language is None or ear is None:
        return node
    if isinstance(node, Collect):
        vocabulary = speech_file.digits(language)
        grammar = spelling(node.name, ear.language, vocabulary)
        return replace(node, hearing=_hearing(ear, language, grammar, vocabulary, {}))
    assert isinstance(node, Menu | OpenQuestion)  # noqa: S101 -- nothing else has `listen`
    assert isinstance(section, Errand)  # noqa: S101 -- of which the node was made
    return replace(node, hearing=_errand(node.name, section, ear, language))


def of_question(node: Question, ear: Ear | None, file: SpeechFile | None) -> Question:
    """Return a survey question, listening if its question set says so."""
    language = file.languages.get(ear.language) if file and ear else None
    if language is None or ear is None:
        return node
    vocabulary = speech_file.digits(language, least=1, skip=True)
    grammar = listed(node.name, ear.language, vocabulary, early=True)
    return replace(node, hearing=_hearing(ear, language, grammar, vocabulary, {}))


def aloud(section: Section) -> Iterator[tuple[Place, Prompts, str]]:
    """Yield where a section has prompts for those who may speak, which, and in what language."""
    ear = getattr(section, "listen", None)
    if not isinstance(ear, Ear):
        return
    for place, said in told(ear):
        yield place, said, ear.language
    match section:
        case asking.Menu(choices=choices):
            for key, choice in choices.items():
                yield ("choices", key, "named"), choice.named or (), ear.language
        case nodes.OpenQuestion(intents=intents):
            for name, intent in intents.items():
                yield ("intents", name, "named"), intent.named, ear.language


def choices(section: Errand) -> Mapping[str, Choice | Intent]:
    """Return the choices of a menu by key, or the intents of an open question by name."""
    return section.choices if isinstance(section, asking.Menu) else section.intents


def phrases(section: Errand) -> dict[str, str]:
    """Return what is said for each choice or intent, and which that is."""
    return {phrase: name for name, each in choices(section).items() for phrase in each.say}


def _errand(
    name: str,
    section: Errand,
    ear: Ear,
    language: LanguageSection,
) -> Hearing:
    named = {name: choice.named for name, choice in choices(section).items() if choice.named}
    vocabulary = speech_file.vocabulary(language, phrases(section))
    early = bool(getattr(ear, "early_end", False))
    grammar = listed(name, ear.language, vocabulary, early=early)
    return _hearing(ear, language, grammar, vocabulary, named)


def _hearing(
    ear: Ear,
    language: LanguageSection,
    grammar: Grammar,
    vocabulary: Vocabulary,
    named: Mapping[str, Prompts],
) -> Hearing:
    own = ear if isinstance(ear, NumberEar) else None
    return Hearing(
        grammar=grammar,
        vocabulary=vocabulary,
        manners=speech_file.manners(ear.language, language),
        long=(own.long if own else None) or (),
        short=(own.short if own else None) or (),
        named=named,
        confidence=ear.confidence,
        seconds=ear.longest,
        barge_in=ear.barge_in,
    )
