"""Decides which recordings there should be, and what each is made from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from ivr.errors import RenderError
from ivr.prompts import manifest, music, numerals
from ivr.prompts.origins import (
    CONTINUED,
    NUMBER,
    NUMBER_CONTINUED,
    SENTENCE,
    Composed,
    Origin,
    Played,
    Quiet,
    Recorded,
    Spoken,
)
from ivr.prompts.texts import Piece, Sentence, Slot, Texts
from ivr.prompts.voices import Espeak, Voice, script


@dataclass(frozen=True, slots=True)
class Plan:
    """The recordings of one folder, and the parts of its prompts (see `manifest`)."""

    folder: Path
    origins: Mapping[str, Origin]
    prompts: Mapping[str, tuple[str, ...]]


def plans(folder: Path, texts: Texts, voices: Mapping[str, Voice]) -> Iterator[Plan]:
    """Yield the plan of every language, then that of the music."""
    speech = _Speech(folder, texts, voices)
    for language, sentences in texts.sentences.items():
        spoken = speech.sentences(sentences) | speech.numbers(language)
        studio = _recorded(folder / language / manifest.RECORDED, spoken)
        prompts = {name: _parts(sentence) for name, sentence in sentences.items()}
        yield Plan(folder / language / manifest.RENDERED, {**spoken, **studio}, prompts)
    yield _sounds(folder / manifest.SOUNDS)


class _Speech:
    """What the voices say."""

    def __init__(self, folder: Path, texts: Texts, voices: Mapping[str, Voice]) -> None:
        self._folder = folder
        self._texts = texts
        self._voices = voices

    def sentences(self, sentences: Mapping[str, Sentence]) -> dict[str, Spoken]:
        """Return the pieces of all sentences."""
        return {
            part.id: self._piece(part, sentence.voice)
            for sentence in sentences.values()
            for part in sentence.parts
            if isinstance(part, Piece)
        }

    def numbers(self, language: str) -> dict[str, Spoken]:
        if language not in numerals.LANGUAGES:
            return {}
        return {
            name: self._spoken(text, language, NUMBER)
            if text.isdecimal()
            else self._continued(text, language, NUMBER_CONTINUED)
            for name, text in numerals.texts(language).items()
        }

    def _piece(self, piece: Piece, voice: str) -> Spoken:
        if piece.continues:
            return self._continued(piece.words, voice, CONTINUED)
        return self._spoken(piece.words, voice, SENTENCE)

    def _continued(self, text: str, language: str, quiet: Quiet) -> Spoken:
        # A comma keeps the voice up: something follows.
        return self._spoken(text.rstrip(" ,") + ",", language, quiet)

    def _spoken(self, text: str, language: str, quiet: Quiet) -> Spoken:
        voice = self._voices.get(language)
        if voice is None:
            raise RenderError(f"{self._folder / language}: no voice was given for this language")
        odd = self._texts.pronunciations[language] if isinstance(voice, Espeak) else {}
        return Spoken(script(text, language, odd), voice, quiet)


def _parts(sentence: Sentence) -> tuple[str, ...]:
    return tuple(
        f"{{{part.placeholder}}}" if isinstance(part, Slot) else part.id for part in sentence.parts
    )


def _recorded(folder: Path, spoken: Mapping[str, Spoken]) -> dict[str, Recorded]:
    """Return what humans have spoken instead; each file must belong to a prompt."""
    files = _wav(folder)
    for name, file in files.items():
        if name not in spoken:
            near = get_close_matches(name, spoken, 1)
            hint = f"; did you mean `{near[0]}`?" if near else ""
            raise RenderError(f"{file}: there is no prompt of this name{hint}")
    return {name: Recorded(file, spoken[name].quiet) for name, file in files.items()}


def _sounds(folder: Path) -> Plan:
    origins: dict[str, Origin] = {name: Composed(name) for name in music.COMPOSED}
    origins |= {name: Played(file) for name, file in _wav(folder / manifest.RECORDED).items()}
    prompts = {name: (name,) for name in origins}
    return Plan(folder / manifest.RENDERED, origins, prompts)


def _wav(folder: Path) -> Mapping[str, Path]:
    files: Sequence[Path] = sorted(folder.glob("*.wav"))
    return {file.name.removesuffix(".wav"): file for file in files}
