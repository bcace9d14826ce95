"""What waits to be written, bounded: old steps give way, answers and surveys never do."""

from collections import deque
from itertools import chain, islice

from ivr.journal.rows import Entry, is_precious


class Backlog:
    """Entries in the order they came. Beyond `limit` the oldest that is not precious goes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept: deque[Entry] = deque()  # precious, and older than everything in _recent
        self._recent: deque[Entry] = deque()
        self.dropped = 0

    def __len__(self) -> int:
        return len(self._kept) + len(self._recent)

    def add(self, entry: Entry) -> None:
        self._recent.append(entry)
        while len(self._recent) > self._limit:
            oldest = self._recent.popleft()
            if is_precious(oldest):
                self._kept.append(oldest)
            else:
                self.dropped += 1

    def first(self, most: int) -> list[Entry]:
        return list(islice(chain(self._kept, self._recent), most))

    def forget(self, count: int) -> None:
        """Take the first `count` off: they are on disk."""
        for _ in range(count):
            (self._kept or self._recent).popleft()
