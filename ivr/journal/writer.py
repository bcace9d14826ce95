"""Writes every step of every call, from one thread of its own.

The owner thread only puts a step in a queue. The writer commits what has come together after
a quarter of a second, or 500 steps, or at once when a step holds an answer, a survey's
standing or a voice message. When the database does not take it, nothing is lost at first: it
tries again, ever more slowly, while the newest steps and all answers wait in memory.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from queue import SimpleQueue
from threading import Event, Thread

from sqlalchemy.exc import SQLAlchemyError

from ivr.engine.events import SurveySaved
from ivr.engine.record import CallRecord
from ivr.engine.step import Step
from ivr.errors import JournalError
from ivr.journal.backlog import Backlog
from ivr.journal.database import file_of, parsed, refusal
from ivr.journal.numbers import Numbers
from ivr.journal.opening import Hold, prepare
from ivr.journal.rows import Configured, Entry, Messages, Turn, is_urgent, saved
from ivr.journal.transactions import Transactions
from ivr.journal.troubles import Trouble, reason, trouble

SECONDS_TOGETHER = 0.25
"""How long a step waits for company: four commits a second spare an SD card."""

MOST_TOGETHER = 500
SHORTEST_PAUSE = 0.5
LONGEST_PAUSE = 10.0

MOST_WAITING = 50_000
"""Steps kept in memory while nothing can be written: 30 MB, or an hour of a busy gateway."""

_Queued = tuple[Step, CallRecord | None] | Configured | None


class Journal:
    """The journal of one gateway, open for writing until `close`."""

    def __init__(
        self,
        url: str,
        *,
        at: datetime,
        messages: Messages,
        acknowledged: Callable[[SurveySaved], None],
        troubled: Callable[[str | None], None],
        most_waiting: int = MOST_WAITING,
    ) -> None:
        """Open it; `notice` then says what was wrong, if anything. Raises JournalError.

        `acknowledged` and `troubled` are called on the writer's thread. A full disk does not
        stop the opening: it is the writer's first trouble.
        """
        self._url = parsed(url)
        self._acknowledged = acknowledged
        self._troubled = troubled
        self._trouble: Trouble | None = None
        self._damage: str | None = None
        self._queue: SimpleQueue[_Queued] = SimpleQueue()
        self._hurry = Event()
        self._closing = Event()
        self._backlog = Backlog(most_waiting)
        self._numbers = Numbers()
        self._transactions = Transactions(self._url, messages)
        self.notice: str | None = None
        self.written = 0
        self._hold = Hold(self._url)
        self._is_ready = self._opened(at)
        self._thread = Thread(target=self._run, name="journal", daemon=True)
        self._thread.start()

    @property
    def backlog(self) -> int:
        """How many steps are not on disk yet."""
        return len(self._backlog) + self._queue.qsize()

    @property
    def dropped(self) -> int:
        """How many steps were given up because too many waited."""
        return self._backlog.dropped

    @property
    def put_aside(self) -> int:
        """How many steps no table would take; their text is in the table `set_aside`."""
        return self._transactions.put_aside

    def write(self, step: Step, record: CallRecord | None) -> None:
        """Have a step kept, and the record of its call as it is after it. Never waits."""
        self._queue.put((step, record))
        if not self._hurry.is_set() and (self._queue.qsize() >= MOST_TOGETHER or is_urgent(step)):
            self._hurry.set()

    def configured(self, name: str, files: Mapping[str, str], at: datetime) -> None:
        """Have the text of a configuration kept under its hash, for replays. Never waits."""
        self._queue.put(Configured(name, files, at))

    def close(self, seconds: float = 10.0) -> int:
        """Write what is left, with one last try if need be; return how many steps are lost."""
        self._closing.set()
        self._queue.put(None)
        self._hurry.set()
        self._thread.join(seconds)
        if not self._thread.is_alive():
            self._hold.release()
        return self.backlog

    def _opened(self, at: datetime) -> bool:
        try:
            self.notice = prepare(self._url, at)
        except SQLAlchemyError as error:
            if trouble(error, file_of(self._url)) is not Trouble.DISK_FULL:
                self._hold.release()
                raise refusal(error, self._url) from error
            self.notice = "the disk is full: the journal waits in memory"
            return False
        except JournalError:
            self._hold.release()
            raise
        return True

    # --- on the writer's thread -------------------------------------------------------------

    def _run(self) -> None:
        while not self._closing.is_set():
            self._gather()
            self._write_out()
        self._take_all()
        self._write_out()
        self._transactions.close()

    def _gather(self) -> None:
        """Wait for something to write, and for what comes soon after it."""
        self._take(self._queue.get())
        self._hurry.wait(SECONDS_TOGETHER)
        self._hurry.clear()  # before looking: what is put later sets it again
        self._take_all()

    def _take_all(self) -> None:
        for _ in range(self._queue.qsize()):
            self._take(self._queue.get())

    def _take(self, queued: _Queued) -> None:
        match queued:
            case (step, record):
                self._backlog.add(Turn(self._numbers.next(step, record), step, record))
            case Configured():
                self._backlog.add(queued)

    def _write_out(self) -> None:
        pause = SHORTEST_PAUSE
        while self._backlog:
            if self._has_written(self._backlog.first(MOST_TOGETHER)):
                pause = SHORTEST_PAUSE
            elif self._closing.wait(pause):
                return
            else:
                pause = min(2 * pause, LONGEST_PAUSE)
            self._take_all()

    def _has_written(self, entries: list[Entry]) -> bool:
        try:
            if not self._is_ready:
                self._make_ready(entries[-1])
            done = self._transactions.write(entries)
        except Exception as error:  # noqa: BLE001 -- whatever happens, the writer must live on
            self._stumble(error)
            return False
        self._backlog.forget(len(entries))
        self.written += len(done)
        self._tell(None)
        for survey in saved(done):
            self._acknowledged(survey)
        return True

    def _make_ready(self, newest: Entry) -> None:
        at = newest.step.at if isinstance(newest, Turn) else newest.at
        self.notice = prepare(self._url, at, self._damage)
        self._damage = None
        self._is_ready = True

    def _stumble(self, error: Exception) -> None:
        found = trouble(error, file_of(self._url))
        if found is Trouble.CORRUPT:
            self._damage = reason(error)
            self._is_ready = False
        self._tell(found)

    def _tell(self, found: Trouble | None) -> None:
        if found is not self._trouble:
            self._trouble = found
            self._troubled(found)
