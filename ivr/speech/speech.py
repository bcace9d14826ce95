"""What listens to callers: steps on this side, the model and the decoder in another process.

That process may die: of a grammar, of memory, of a fault of Vosk's. Every step then fails, which
leaves its caller the keys, and another process takes the place of the first. One that hangs is
killed: a step that does not keep up gives up by itself, so whoever is behind for longer hangs.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from itertools import count
from pathlib import Path
from threading import Event, Lock, Thread

from ivr.engine.events import CallEvent, RecogniserFailed, SpeechHeard
from ivr.engine.grammar import Grammar
from ivr.errors import SpeechUnavailable
from ivr.speech.folder import RATE, ModelFolder
from ivr.speech.listening import AT_ONCE, MOST, Post, Warn
from ivr.speech.orders import Begin, Feed, Heard, Order, Stop, Told, Warned
from ivr.speech.process import Process

SECONDS_UNTIL_ANOTHER = 1.0
MOST_SECONDS_UNTIL_ANOTHER = 60.0
"""Doubled with each process that dies before it has understood anybody."""
MOST_UNHEARD = MOST + 2 * RATE
"""Bytes: a second more than a step may be behind."""
_GRAMMARS = 1024


class Step:
    """One listening step. Whoever feeds it must stop it at the end."""

    def __init__(
        self,
        number: int,
        turn: int,
        *,
        order: Callable[[Order], None],
        hangs: Callable[[], None],
        post: Post,
    ) -> None:
        """`hangs` is called when nothing has been heard for too long."""
        self._number = number
        self._turn = turn
        self._order = order
        self._hangs = hangs
        self._post = post
        self._sent = 0
        self._heard = 0
        self._waiting = bytearray()
        self._over_prompt = False
        self._is_over = False

    @property
    def is_over(self) -> bool:
        """Whether it has stopped, by order or by itself."""
        return self._is_over

    def feed(self, pcm: bytes, *, over_prompt: bool = False) -> None:
        """Take 16-bit samples, 8000 a second; any one thread. Never raises, never waits.

        `over_prompt` says that the line hears a prompt of ours, and may echo it.
        """
        if self._is_over:
            return
        self._waiting += pcm
        self._over_prompt |= over_prompt
        if len(self._waiting) >= AT_ONCE:
            self._sent += len(self._waiting)
            self._order(Feed(self._number, bytes(self._waiting), self._over_prompt))
            self._waiting.clear()
            self._over_prompt = False
            if self._sent - self._heard > MOST_UNHEARD:
                self._hangs()

    def stop(self) -> None:
        """Hear no more; harmless when it is over."""
        self._is_over = True
        self._order(Stop(self._number))

    @property
    def is_busy(self) -> bool:
        """Whether something of what it was fed is still to be heard."""
        return not self._is_over and self._heard < self._sent

    def catch_up(self, total: int) -> None:
        """So many bytes have been heard; on the process's thread."""
        self._heard = total

    def tell(self, event: CallEvent, *, is_over: bool) -> None:
        """An event of it has come; on the process's thread."""
        if not self._is_over:
            self._is_over = is_over
            self._post(event)

    def fail(self) -> None:
        """Nobody hears it any more."""
        self.tell(RecogniserFailed(self._turn), is_over=True)


class Speech:
    """A model that listens, for as many calls as there are. Owner thread only."""

    def __init__(self, folder: ModelFolder, *, language: str, workers: int, warn: Warn) -> None:
        """`warn` gets what went wrong, without words that were heard; from any thread.

        Raises `SpeechUnavailable`.
        """
        self.folder = folder
        self.language = language
        self._workers = workers
        self._warn = warn
        self._numbers = count()
        self._steps: dict[int, Step] = {}
        self._lock = Lock()
        self._closing = Event()
        self._delay = SECONDS_UNTIL_ANOTHER
        self._known = lru_cache(_GRAMMARS)(self._phrases_known)
        self._process: Process | None = None
        self._take(self._started())

    @classmethod
    def load(
        cls, folder: Path, *, language: str, workers: int, warn: Warn = lambda _text: None
    ) -> "Speech":
        """Load a model. Raises `SpeechUnavailable` when it cannot be used."""
        return cls(ModelFolder.read(folder), language=language, workers=workers, warn=warn)

    @property
    def process(self) -> int | None:
        """The number of the process that decodes; None while there is none."""
        return self._process.id if self._process else None

    def missing(self, words: Iterable[str]) -> tuple[str, ...]:
        """Return those words that nobody can be heard to say."""
        return self.folder.missing(words)

    def listen(self, turn: int, grammar: Grammar, seconds: float, post: Post) -> Step:
        """Begin to listen; the events of this turn go to `post`, on another thread.

        `seconds` is the longest that one utterance may last. Phrases with a word that the
        model lacks are left out. Raises `SpeechUnavailable` when none is left, and while there
        is no process.
        """
        phrases = self._phrases_of(grammar)
        with self._lock:
            if self._process is None:
                raise SpeechUnavailable("the recogniser has died, and is being started anew")
            number = next(self._numbers)
            step = Step(number, turn, order=self._order, hangs=self._process.kill, post=post)
            self._steps[number] = step
            self._process.order(Begin(number, turn, grammar, phrases, seconds))
        return step

    def close(self) -> None:
        """End the process; steps that still listen are told nothing more."""
        self._closing.set()
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            process.close()

    def _phrases_of(self, grammar: Grammar) -> tuple[str, ...]:
        if grammar.language != self.language:
            raise SpeechUnavailable(
                f"{grammar.name} is in {grammar.language}, the speech model in {self.language}"
            )
        phrases = self._known(grammar.phrases)
        if not phrases:
            raise SpeechUnavailable(f"the speech model knows no phrase of {grammar.name}")
        return phrases

    def _phrases_known(self, phrases: tuple[str, ...]) -> tuple[str, ...]:
        words = self.folder.words
        return tuple(phrase for phrase in phrases if words.issuperset(phrase.split(" ")))

    def _order(self, order: Order) -> None:
        """Any thread may."""
        if isinstance(order, Stop):
            self._steps.pop(order.step, None)
        process = self._process
        if process is not None:
            process.order(order)

    # --- on the process's thread ----------------------------------------------------------------

    def _told(self, answer: Told | Heard | Warned) -> None:
        match answer:
            case Warned(text):
                self._warn(text)
            case Heard(number, total) if number in self._steps:
                self._steps[number].catch_up(total)
            case Told(number, event, is_over):
                if isinstance(event, SpeechHeard):
                    self._delay = SECONDS_UNTIL_ANOTHER
                step = self._steps.get(number)
                if step is not None:
                    step.tell(event, is_over=is_over)

    def _ended(self) -> None:
        if self._closing.is_set():
            return
        with self._lock:
            process, self._process = self._process, None
            steps, self._steps = self._steps, {}
        self._warn("the recogniser has died")
        for step in steps.values():
            step.fail()
        Thread(target=self._start_another, args=(process,), daemon=True).start()

    def _start_another(self, died: Process | None) -> None:
        """On a thread for nothing else."""
        if died is not None:
            died.close()
        while not self._closing.wait(self._delay):
            self._delay = min(2 * self._delay, MOST_SECONDS_UNTIL_ANOTHER)
            try:
                process = self._started()
            except SpeechUnavailable as error:
                self._warn(str(error))
                continue
            self._take(process)
            self._warn("another recogniser listens in its place")
            return

    def _take(self, process: Process) -> None:
        with self._lock:
            if not self._closing.is_set():
                self._process = process
                process.begin()
                return
        process.close()

    def _started(self) -> Process:
        return Process(self.folder.path, self._workers, told=self._told, ended=self._ended)
