"""Tells when the machine itself stood still, so that its stalls are not taken for ours.

A virtual machine is put aside now and then, all of it, for tens of milliseconds. A process of
the highest real-time priority on each core wakes a thousand times a second and does nothing
else: when it wakes late, nothing could have run there. It needs the right to that priority
(root); without it nothing is known of stalls, and every delay is ours.

    python -m bench.pulse CORE      writes a line `began ended` (wall ns) for every stall
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Self

SECONDS_BETWEEN = 0.001
SECONDS_OF_STALL = 0.003
"""A wake-up that is so late was no matter of the scheduler."""


class Interval(NamedTuple):
    """From when to when, in wall ns."""

    began: int
    ended: int

    @property
    def ms(self) -> float:
        return (self.ended - self.began) / 1e6

    def without(self, stalls: Iterable["Interval"]) -> float:
        """Return its length in ms, less what of it lies in stalls."""
        left = self.ended - self.began
        for stall in united(stalls):
            left -= max(0, min(self.ended, stall.ended) - max(self.began, stall.began))
        return left / 1e6


def united(intervals: Iterable[Interval]) -> list[Interval]:
    """Return the same time as intervals that do not overlap, in order."""
    found: list[Interval] = []
    for interval in sorted(intervals):
        if found and interval.began <= found[-1].ended:
            found[-1] = Interval(found[-1].began, max(found[-1].ended, interval.ended))
        else:
            found.append(interval)
    return found


class Pulse:
    """Watches cores while it is entered; afterwards `stalls` holds when they stood still."""

    def __init__(self, cores: Iterable[int]) -> None:
        self._cores = sorted(set(cores))
        self._watches: list[subprocess.Popen[str]] = []
        self.stalls: dict[int, list[Interval]] = {}
        self.is_known = False
        """Whether stalls could be watched for at all."""

    def __enter__(self) -> Self:
        for core in self._cores:
            command = [sys.executable, "-m", "bench.pulse", str(core)]
            watch = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
            self._watches.append(watch)
        self.is_known = sum(map(_began, self._watches)) == len(self._cores)
        return self

    def __exit__(self, *_: object) -> None:
        for core, watch in zip(self._cores, self._watches, strict=True):
            watch.terminate()
            written = watch.communicate()[0]
            self.stalls[core] = [
                Interval(int(began), int(ended))
                for began, ended in (line.split() for line in written.splitlines())
            ]

    def on(self, *cores: int) -> Sequence[Interval]:
        """Return when these cores stood still."""
        return united(stall for core in cores for stall in self.stalls[core])


def _began(watch: subprocess.Popen[str]) -> bool:
    return watch.stdout is not None and watch.stdout.readline().strip() == "watching"


def main() -> int:
    """Watch one core until told to stop; return 1 without the right to."""
    os.sched_setaffinity(0, {int(sys.argv[1])})
    try:
        highest = os.sched_get_priority_max(os.SCHED_FIFO)
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(highest))
    except PermissionError:
        return 1
    print("watching", flush=True)
    due = time.monotonic()
    while True:
        due = max(due + SECONDS_BETWEEN, time.monotonic())
        time.sleep(max(0.0, due - time.monotonic()))
        late = time.monotonic() - due
        if late > SECONDS_OF_STALL:
            now = time.time_ns()
            print(now - int(late * 1e9), now, flush=True)


if __name__ == "__main__":
    sys.exit(main())
