"""The recogniser's process: `python -m ivr.speech.serving FOLDER WORKERS DESCRIPTOR`.

It may die of a broken model, or of whatever Vosk cannot bear, and no call dies with it. It
takes orders from the socket of that descriptor and ends when the gateway lets go of it.
Standard error says, until the model is loaded, what is wrong with it, be it in our words or,
where Vosk goes on with half a model, in its own; afterwards nothing, for that could be words
somebody said.
"""

import os
import signal
import sys
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from ivr.engine.events import UNKNOWN_WORD, CallEvent
from ivr.errors import SpeechUnavailable
from ivr.speech.decoder import Decoder
from ivr.speech.folder import RATE, ModelFolder
from ivr.speech.orders import Answer, Begin, Feed, Heard, Order, Ready, Stop, Told, Warned
from ivr.speech.recogniser import Model

if TYPE_CHECKING:
    from ivr.speech.listening import Listening

_NICER = 5
"""On a core they share, whoever sends audio comes before whoever listens."""
_WORDS_TRIED = 3
_SILENCE = bytes(RATE)
"""Half a second of 16-bit samples."""


class Serving:
    """Carries out orders; `run` returns when there will be no more."""

    def __init__(self, model: Model, workers: int, connection: Connection) -> None:
        self._connection = connection
        self._sending = Lock()
        self._decoder = Decoder(model, workers=workers, warn=lambda text: self._say(Warned(text)))
        self._steps: dict[int, Listening] = {}

    def run(self) -> None:
        self._say(Ready())
        while True:
            try:
                order: Order = self._connection.recv()
            except (EOFError, OSError):
                return
            self._carry_out(order)

    def _carry_out(self, order: Order) -> None:
        match order:
            case Begin():
                self._begin(order)
            case Feed(step, pcm, over_prompt):
                if step in self._steps:
                    self._steps[step].feed(pcm, over_prompt=over_prompt)
            case Stop(step):
                if step in self._steps:
                    self._steps.pop(step).stop()

    def _begin(self, order: Begin) -> None:
        def post(event: CallEvent) -> None:
            self._say(Told(order.step, event, is_over=listening.is_over))

        def caught_up(total: int) -> None:
            self._say(Heard(order.step, total))

        listening = self._steps[order.step] = self._decoder.begin(order, post, caught_up)

    def _say(self, answer: Answer) -> None:
        """Any thread may. A gateway that is gone hears nothing, and `run` sees that it is gone."""
        with self._sending:
            try:
                self._connection.send(answer)
            except OSError:
                return


def tried(folder: Path) -> Model:
    """Load a model and have it hear silence.

    Raises `SpeechUnavailable` if it does not do what the gateway needs of it.
    """
    words = sorted(ModelFolder.read(folder).words - {UNKNOWN_WORD})
    if not words:
        raise SpeechUnavailable(f"the speech model {folder} knows no words")
    model = Model(folder)
    recogniser = model.recogniser(words[:_WORDS_TRIED])
    recogniser.AcceptWaveform(_SILENCE)
    recogniser.FinalResult()
    return model


def main(folder: Path, workers: int, descriptor: int) -> None:
    """Serve until the gateway ends; the signals that end it are not meant for us."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    os.nice(_NICER)
    model = tried(folder)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stderr.fileno())
    Serving(model, workers, Connection(descriptor)).run()


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
    except SpeechUnavailable as error:
        sys.exit(str(error))
