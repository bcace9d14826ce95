"""The speech model, loaded once for all calls, and the threads that listen with it.

Vosk lets go of Python's lock while it decodes, so a few threads are all it takes. A listening
step stays with one of them: a recogniser must not be used by two at once.
"""

import subprocess
import sys
from collections.abc import Callable, Iterable
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

from ivr.engine.grammar import Grammar
from ivr.errors import SpeechUnavailable
from ivr.speech.folder import ModelFolder
from ivr.speech.listening import Listening, Post, Warn
from ivr.speech.recognition import Recognition

if TYPE_CHECKING:
    from ivr.speech.recogniser import Model

SECONDS_TO_LOAD = 60.0
"""A model is loaded in a tenth of a second; a slow memory card and a cold cache take longer."""
_GRAMMARS = 1024


class Worker:
    """A thread, and how much it has to do."""

    def __init__(self, number: int) -> None:
        self._orders: SimpleQueue[Listening | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name=f"speech-{number}", daemon=True)
        self._thread.start()
        self.listening: set[Listening] = set()
        """Who it works for; of the owner thread."""

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def wake(self, listening: Listening) -> None:
        """Have it hear what has been put down for this step; any thread may."""
        self._orders.put(listening)

    def close(self) -> None:
        self._orders.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (listening := self._orders.get()) is not None:
            listening.work()


class Speech:
    """A model that listens, for as many calls as there are. Owner thread only."""

    def __init__(
        self, folder: ModelFolder, model: "Model", *, language: str, workers: int, warn: Warn
    ) -> None:
        """`warn` gets what went wrong, without words that were heard; from any thread."""
        self.folder = folder
        self.language = language
        self._model = model
        self._warn = warn
        self._workers = [Worker(number) for number in range(workers)]
        self._known = lru_cache(_GRAMMARS)(self._phrases_known)

    @classmethod
    def load(
        cls,
        folder: Path,
        *,
        language: str,
        workers: int,
        warn: Warn = lambda _text: None,
    ) -> "Speech":
        """Load a model that another process has tried. Raises `SpeechUnavailable`."""
        found = ModelFolder.read(folder)
        _try_elsewhere(folder)
        # Imported here: a gateway without speech does not carry it.
        make: Callable[[Path], Model] = import_module("ivr.speech.recogniser").Model
        return cls(found, make(folder), language=language, workers=workers, warn=warn)

    def missing(self, words: Iterable[str]) -> tuple[str, ...]:
        """Return those words that nobody can be heard to say."""
        return self.folder.missing(words)

    def listen(self, turn: int, grammar: Grammar, seconds: float, post: Post) -> Listening:
        """Begin to listen; the events of this turn go to `post`, on a worker thread.

        `seconds` is the longest that one utterance may last. Phrases with a word that the
        model lacks are left out. Raises `SpeechUnavailable` when none is left.
        """
        if grammar.language != self.language:
            raise SpeechUnavailable(
                f"{grammar.name} is in {grammar.language}, the speech model in {self.language}"
            )
        phrases = self._known(grammar.phrases)
        if not phrases:
            raise SpeechUnavailable(f"the speech model knows no phrase of {grammar.name}")
        worker = self._freest()

        def begin() -> Recognition:
            return Recognition(turn, grammar, seconds, self._model.recogniser(phrases))

        listening = Listening(turn, begin, post=post, wake=worker.wake, warn=self._warn)
        worker.listening.add(listening)
        return listening

    def close(self) -> None:
        """End the threads; steps that still listen are stopped."""
        for worker in self._workers:
            for listening in worker.listening:
                listening.stop()
            worker.close()

    def _freest(self) -> Worker:
        alive = [worker for worker in self._workers if worker.is_alive]
        if not alive:
            raise SpeechUnavailable("every thread of the recogniser has died")
        for worker in alive:
            worker.listening = {each for each in worker.listening if not each.is_over}
        return min(alive, key=lambda worker: len(worker.listening))

    def _phrases_known(self, phrases: tuple[str, ...]) -> tuple[str, ...]:
        words = self.folder.words
        return tuple(phrase for phrase in phrases if words.issuperset(phrase.split(" ")))


def _try_elsewhere(folder: Path) -> None:
    """Load the model in a process of its own first: a broken one can end the process."""
    command = [sys.executable, "-m", "ivr.speech.probe", str(folder)]
    try:
        done = subprocess.run(  # noqa: S603 -- our own program
            command, capture_output=True, text=True, check=False, timeout=SECONDS_TO_LOAD
        )
    except subprocess.TimeoutExpired:
        why = f"it is not loaded after {SECONDS_TO_LOAD:.0f} s"
    else:
        said = done.stderr.strip().splitlines()
        if done.returncode == 0 and not said:
            return
        why = said[-1] if said else f"it ended the process that loaded it ({done.returncode})"
    raise SpeechUnavailable(f"the speech model {folder} cannot be used: {why}")
