"""Things to do at a moment. Nobody here reads a clock: the owner of time fires them."""

from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count


class Timer:
    """One thing to do; `cancel` makes it nothing."""

    __slots__ = ("_act", "due")

    def __init__(self, due: float, act: Callable[[], None]) -> None:
        self.due = due
        self._act: Callable[[], None] | None = act

    def cancel(self) -> None:
        # The heap keeps the entry until it is due; what it would have kept alive goes now.
        self._act = None

    def fire(self) -> None:
        act, self._act = self._act, None
        if act is not None:
            act()


class Timers:
    """All timers of one endpoint. Seconds are steady and come from outside.

    What is set before the first `fire` counts from that.
    """

    def __init__(self) -> None:
        self.now = 0.0
        self._has_begun = False
        self._heap: list[tuple[float, int, Timer]] = []
        self._order = count()

    def after(self, seconds: float, act: Callable[[], None]) -> Timer:
        timer = Timer(self.now + seconds, act)
        heappush(self._heap, (timer.due, next(self._order), timer))
        return timer

    def fire(self, now: float) -> None:
        """Do everything due at `now`, earliest first."""
        if not self._has_begun:
            self._begin(now)
        self.now = now
        while self._heap and self._heap[0][0] <= now:
            heappop(self._heap)[2].fire()

    def seconds_left(self, most: float) -> float:
        """How long nothing is due, at most `most`."""
        if not self._heap:
            return most
        return min(most, max(0.0, self._heap[0][0] - self.now))

    def _begin(self, now: float) -> None:
        self._has_begun = True
        for _, _, timer in self._heap:
            timer.due += now
        # All move alike, so the order of the heap holds.
        self._heap = [(timer.due, order, timer) for _, order, timer in self._heap]
