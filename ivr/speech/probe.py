"""Loads a model and lets it hear half a second of silence: `python -m ivr.speech.probe FOLDER`.

A broken model can end the process that loads it, so the gateway has this one try it first.
It ends with 0 and without a word when all is well; standard error says what is not, be it in
our words or, where Vosk goes on with half a model, in its own.
"""

import sys
from pathlib import Path

from ivr.engine.events import UNKNOWN_WORD
from ivr.errors import SpeechUnavailable
from ivr.speech.folder import RATE, ModelFolder
from ivr.speech.recogniser import Model

_WORDS_TRIED = 3
_SILENCE = bytes(RATE)
"""Half a second of 16-bit samples."""


def probe(folder: Path) -> None:
    """Raises `SpeechUnavailable` if the model does not do what the gateway needs of it."""
    words = sorted(ModelFolder.read(folder).words - {UNKNOWN_WORD})
    if not words:
        raise SpeechUnavailable(f"the speech model {folder} knows no words")
    model = Model(folder)
    recogniser = model.recogniser(words[:_WORDS_TRIED])
    recogniser.AcceptWaveform(_SILENCE)
    recogniser.FinalResult()


if __name__ == "__main__":
    try:
        probe(Path(sys.argv[1]))
    except SpeechUnavailable as error:
        sys.exit(str(error))
