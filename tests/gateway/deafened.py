"""`ivr` whose recogniser breaks in the midst of a call.

    python -m tests.gateway.deafened run FOLDER --watch

RECOGNISER says how: it `raises` as Vosk does, or `dies` and takes its thread with it. It does
so once it has heard a second of a call.
"""

import os
import sys

import vosk

from ivr.__main__ import main

CHUNKS = 16
"""Of 60 ms."""


class Breaking(vosk.KaldiRecognizer):  # type: ignore[misc]  # Vosk carries no types
    """Hears for a second, and then no more."""

    chunks = 0

    def AcceptWaveform(self, data: bytes) -> int:  # noqa: N802
        self.chunks += 1
        if self.chunks > CHUNKS:
            raise SystemExit if os.environ["RECOGNISER"] == "dies" else RuntimeError("a word")
        heard: int = super().AcceptWaveform(data)
        return heard


if __name__ == "__main__":
    vosk.KaldiRecognizer = Breaking
    sys.exit(main())
