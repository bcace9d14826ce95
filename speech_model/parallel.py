"""The same work on many things, by several processes, results in order."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

Thing = TypeVar("Thing")
Result = TypeVar("Result")

CHUNK = 32


def each(
    work: Callable[[Thing], Result], things: Sequence[Thing], processes: int
) -> Iterator[Result]:
    """`work` must be importable by name. What is too little for two processes is done here."""
    if processes == 1 or len(things) <= CHUNK:
        yield from map(work, things)
        return
    # Not forked: a terminal that shows progress keeps a thread, which a fork would lose.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        yield from pool.map(work, things, chunksize=CHUNK)
