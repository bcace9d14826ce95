"""The recogniser of this box: loaded at the start, and what the log says of it.

A gateway whose speech model is missing or broken takes calls with keys only, and says so.
"""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass

from ivr.engine.events import Event, RecogniserFailed, SpeechHeard
from ivr.engine.grammar import Grammar
from ivr.engine.site import Site
from ivr.errors import SpeechUnavailable
from ivr.gateway import SpeechModel
from ivr.log import log
from ivr.speech import Speech

_SHOWN = 10
"""Words named in one line of the log."""


def loaded(settings: SpeechModel | None) -> Speech | None:
    """Return what listens to callers, or None after saying in the log why nothing does."""
    if settings is None:
        return None
    try:
        speech = Speech.load(
            settings.folder,
            language=settings.language,
            workers=settings.workers,
            warn=lambda text: log().warning("speech", text=text),
        )
    except SpeechUnavailable as error:
        log().error("callers have keys only", reason=str(error))
        return None
    words = len(speech.folder.words)
    log().info("speech", model=str(settings.folder), language=settings.language, words=words)
    return speech


def say_missing(speech: Speech | None, site: Site) -> None:
    """Say in the log which words of a site's menus nobody can be heard to say."""
    missing = speech.missing(words_of(site, speech.language)) if speech else ()
    if missing:
        log().warning("the speech model lacks words", count=len(missing), first=missing[:_SHOWN])


def trouble(event: Event) -> bool | None:
    """Return whether an event tells that the recogniser fails, or works; None for others."""
    match event:
        case RecogniserFailed():
            return True
        case SpeechHeard():
            return False
    return None


def words_of(site: Site, language: str) -> frozenset[str]:
    """Return every word that callers may say in a language, anywhere in a site."""
    grammars = (*_grammars(site.groups), *_grammars(site.questions))
    return frozenset().union(*(each.words for each in grammars if each.language == language))


def _grammars(part: object) -> Iterator[Grammar]:
    """Yield every grammar in a part of a site, however deep; some of them more than once."""
    match part:
        case Grammar():
            yield part
        case Mapping():
            for value in part.values():
                yield from _grammars(value)
        case tuple():
            for value in part:
                yield from _grammars(value)
        case _ if is_dataclass(part):
            for field in fields(part):
                yield from _grammars(getattr(part, field.name))
