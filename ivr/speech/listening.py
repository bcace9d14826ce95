"""One listening step: frames go in on one thread, a worker thread hears them.

Whoever feeds it waits for nobody: a frame is put down, and every 60 ms the worker is woken. The
owner thread begins and stops a step. Only the worker touches the recogniser, so it also lets it
go.

What is unheard is kept, up to `MOST`: a worker that is so far behind answers nobody in time,
and the caller is better off with keys at once.
"""

from collections import deque
from collections.abc import Callable

from ivr.engine.events import CallEvent, RecogniserFailed
from ivr.speech.folder import RATE
from ivr.speech.gate import Gate
from ivr.speech.recognition import Recognition

Post = Callable[[CallEvent], None]
Wake = Callable[["Listening"], None]
Warn = Callable[[str], None]
CaughtUp = Callable[[int], None]

AT_ONCE = 2 * RATE * 60 // 1000
"""Bytes of 60 ms: a step of the decoder, and a third of the wake-ups that frames would make."""
MOST = 2 * RATE * 3
"""Bytes of three seconds."""


class Listening:
    """Made by `Speech.listen`. Whoever feeds it must stop it at the end."""

    def __init__(
        self,
        turn: int,
        begin: Callable[[], Recognition],
        *,
        post: Post,
        wake: Wake,
        warn: Warn,
        caught_up: CaughtUp = lambda _total: None,
    ) -> None:
        """`begin` makes the recogniser, on the worker; `wake` has the worker call `work`.

        `caught_up` gets how many bytes have been heard so far, whenever their events are told.
        """
        self._turn = turn
        self._begin = begin
        self._post = post
        self._wake = wake
        self._warn = warn
        self._caught_up = caught_up
        self._frames: deque[tuple[bytes, bool]] = deque()
        self._gate = Gate()
        self._put_down = 0
        self._heard = 0
        self._recognition: Recognition | None = None
        self._is_awaited = False
        self._is_working = False
        self._is_over = False

    @property
    def is_over(self) -> bool:
        """Whether it has stopped, by order or by itself."""
        return self._is_over

    @property
    def is_busy(self) -> bool:
        """Whether the worker still has to hear what it was woken for."""
        return self._is_awaited or self._is_working

    def feed(self, pcm: bytes, *, over_prompt: bool = False) -> None:
        """Take 16-bit samples, 8000 a second; any one thread. Never raises.

        `over_prompt` says that the line hears a prompt of ours, and may echo it.
        """
        if self._is_over:
            return
        self._frames.append((pcm, over_prompt))
        self._put_down += len(pcm)
        waiting = self._put_down - self._heard
        if waiting > MOST:
            self._fail("the recogniser does not keep up")
        elif waiting >= AT_ONCE and not self._is_awaited:
            self._is_awaited = True
            self._wake(self)

    def stop(self) -> None:
        """Hear no more; harmless when it is over. What is being decoded is not told."""
        self._is_over = True
        self._wake(self)

    def work(self) -> None:
        """Hear what has been put down; on its worker thread only. Never raises."""
        self._is_working = True
        # Before the frames are taken: one that comes after them wakes us again.
        self._is_awaited = False
        try:
            if not self._is_over:
                self._hear()
        except Exception as error:  # noqa: BLE001 -- whatever is wrong, the caller has keys
            self._fail(f"the recogniser failed: {type(error).__name__}")
        if self._is_over:
            self._recognition = None
            self._frames.clear()
        self._is_working = False
        self._caught_up(self._heard)

    def _hear(self) -> None:
        if self._recognition is None:
            self._recognition = self._begin()
        passed = []
        for _ in range(len(self._frames)):
            samples, over_prompt = self._frames.popleft()
            self._heard += len(samples)
            passed.append(self._gate.take(samples, over_prompt=over_prompt))
        samples = b"".join(passed)
        if not samples:
            return
        for event in self._recognition.hear(samples):
            if self._is_over:
                return
            self._is_over = self._recognition.is_over
            self._post(event)

    def _fail(self, why: str) -> None:
        if not self._is_over:
            self._is_over = True
            self._warn(why)
            self._post(RecogniserFailed(self._turn))
