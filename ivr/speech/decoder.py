"""The model in memory and the threads that listen with it, for as many steps as there are.

Vosk lets go of Python's lock while it decodes, so a few threads are all it takes. A listening
step stays with one of them: a recogniser must not be used by two at once.
"""

from queue import SimpleQueue
from threading import Thread

from ivr.speech.listening import CaughtUp, Listening, Post, Warn
from ivr.speech.orders import Begin
from ivr.speech.recogniser import Model
from ivr.speech.recognition import Recognition


class Worker:
    """A thread, and how much it has to do."""

    def __init__(self, number: int) -> None:
        self._orders: SimpleQueue[Listening | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name=f"speech-{number}", daemon=True)
        self._thread.start()
        self.listening: set[Listening] = set()
        """Who it works for; of the thread that begins them."""

    def wake(self, listening: Listening) -> None:
        """Have it hear what has been put down for this step; any thread may."""
        self._orders.put(listening)

    def close(self) -> None:
        self._orders.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (listening := self._orders.get()) is not None:
            listening.work()


class Decoder:
    """Begins listening steps, each on the thread that has the least to do."""

    def __init__(self, model: Model, *, workers: int, warn: Warn) -> None:
        """`warn` gets what went wrong, without words that were heard; from any thread."""
        self._model = model
        self._warn = warn
        self._workers = [Worker(number) for number in range(workers)]

    def begin(
        self, order: Begin, post: Post, caught_up: CaughtUp = lambda _total: None
    ) -> Listening:
        """Begin a step; its events go to `post`, on a worker thread, and then to `caught_up`.

        That gets how many bytes have been heard so far.
        """
        worker = self._freest()

        def recognition() -> Recognition:
            recogniser = self._model.recogniser(order.phrases)
            return Recognition(order.turn, order.grammar, order.seconds, recogniser)

        listening = Listening(
            order.turn,
            recognition,
            post=post,
            wake=worker.wake,
            warn=self._warn,
            caught_up=caught_up,
        )
        worker.listening.add(listening)
        return listening

    def close(self) -> None:
        """End the threads; steps that still listen are stopped."""
        for worker in self._workers:
            for listening in worker.listening:
                listening.stop()
            worker.close()

    def _freest(self) -> Worker:
        for worker in self._workers:
            worker.listening = {each for each in worker.listening if not each.is_over}
        return min(self._workers, key=lambda worker: len(worker.listening))
