"""The one module that imports vosk: a loaded model, and recognisers made of it.

What crashes Vosk is kept from it here: a grammar without phrases ends the process, a phrase
with a word that the model lacks silently becomes another phrase, and a letter written as an
escape (json's default) is no letter to it.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import vosk

from ivr.engine.events import UNKNOWN_WORD
from ivr.errors import SpeechUnavailable
from ivr.speech.folder import RATE

_SILENT = -2
"""Vosk's log goes to standard error and names words; at this level only its failures do."""


class Recogniser(Protocol):
    """What is used of a `vosk.KaldiRecognizer`. Results are JSON."""

    def AcceptWaveform(self, data: bytes, /) -> int: ...  # noqa: N802 -- Vosk names them
    def Result(self) -> str: ...  # noqa: N802
    def PartialResult(self) -> str: ...  # noqa: N802
    def FinalResult(self) -> str: ...  # noqa: N802


class Model:
    """A model in memory, shared by every recogniser; any thread may make one."""

    def __init__(self, folder: Path) -> None:
        """Raises `SpeechUnavailable`; a broken file may also end the process: see `probe`."""
        vosk.SetLogLevel(_SILENT)
        try:
            self._model = vosk.Model(str(folder))
        except Exception as error:  # Vosk raises nothing more particular
            raise SpeechUnavailable(f"Vosk cannot load {folder}") from error

    def recogniser(self, phrases: Sequence[str]) -> Recogniser:
        """Return one that hears these phrases and `[unk]`; every word must be known."""
        if not phrases:
            raise SpeechUnavailable("a grammar without phrases must not reach Vosk")
        grammar = json.dumps([*phrases, UNKNOWN_WORD], ensure_ascii=False)
        recogniser = vosk.KaldiRecognizer(self._model, RATE, grammar)
        recogniser.SetWords(True)
        made: Recogniser = recogniser
        return made
