"""Lists the prompts: what each says, how long it takes, and who speaks it."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ivr.errors import RecordingMissing
from ivr.prompts import manifest, texts
from ivr.prompts.recordings import Recordings


@dataclass(frozen=True, slots=True)
class Line:
    """One prompt in one language; no `seconds` when it is not rendered.

    A prompt with a number is as long as it is with the number 1. It is `recorded` when a
    human spoke all of its words.
    """

    language: str
    id: str
    text: str
    seconds: float | None
    recorded: bool


def lines(folder: Path) -> Iterator[Line]:
    """Yield every prompt, language by language, in the order they are written in."""
    words = texts.load(folder)
    recordings = Recordings(folder, words.languages)
    for language, sentences in words.sentences.items():
        studio = folder / language / manifest.RECORDED
        for sentence in sentences.values():
            pieces = [part.id for part in sentence.parts if isinstance(part, texts.Piece)]
            recorded = all((studio / f"{piece}.wav").exists() for piece in pieces)
            seconds = _seconds(recordings, language, sentence)
            yield Line(language, sentence.id, sentence.text, seconds, recorded)


def _seconds(recordings: Recordings, language: str, sentence: texts.Sentence) -> float | None:
    numbers = dict.fromkeys(sentence.placeholders, 1)
    try:
        return recordings.find(language, sentence.id, numbers).seconds
    except RecordingMissing:
        return None
