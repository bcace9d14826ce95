"""Every live call between the engine and the world.

What happens to a line goes into the exchange as an event; the steps that come out are carried
out by the sessions they belong to, and reported - to the journal, the counters, the log and
whoever watches. A fault in one call ends that call, with an apology, and no other.
"""

from collections import deque
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol

from ivr.engine import events as on
from ivr.engine.actions import Dial
from ivr.engine.events import CALLER, CallEvent, Event
from ivr.engine.exchange import Exchange
from ivr.engine.record import CallRecord, begin, fold
from ivr.engine.step import FLOOR, PROGRAMME, Step
from ivr.session import Leg, Library, Post, Recogniser, Session


class IncomingLeg(Leg, Protocol):
    """A leg that somebody dialled us on."""

    @property
    def caller(self) -> str: ...
    @property
    def dialled(self) -> str: ...
    def attach(self, number: int, post: Post) -> None: ...


class Dialler(Protocol):
    """Rings a target for a line of a call; raises SipError when it cannot even try."""

    def __call__(self, order: Dial, post: Post) -> Leg: ...


Report = Callable[[Step, CallRecord | None], None]
Over = Callable[[CallRecord, Session], None]
Fault = Callable[[str, Exception], None]


class Switchboard:
    """Sessions and records of the calls that are up. Owner thread only, except `post`."""

    def __init__(
        self,
        exchange: Exchange,
        *,
        library: Library,
        messages: Path,
        dial: Dialler,
        report: Report,
        over: Over,
        fault: Fault,
        recogniser: Recogniser | None = None,
    ) -> None:
        self._exchange = exchange
        self._library = library
        self._messages = messages
        self._dial = dial
        self._report = report
        self._over = over
        self._fault = fault
        self._recogniser = recogniser
        self._sessions: dict[str, Session] = {}
        self._records: dict[str, CallRecord] = {}
        self._failed: set[str] = set()
        """Calls that are being apologised to: another fault of theirs is their last."""
        self._inbox: deque[tuple[str, Event]] = deque()

    def post(self, subject: str, event: Event) -> None:
        """Leave an event for `deliver`; any thread may."""
        self._inbox.append((subject, event))

    @property
    def has_post(self) -> bool:
        """Whether an event waits to be delivered."""
        return bool(self._inbox)

    def play_from(self, library: Library) -> None:
        """Take the sounds of new calls from another library; calls that are up keep theirs."""
        self._library = library

    def arrive(self, call: str, leg: IncomingLeg, now: float, at: datetime) -> None:
        """Take an incoming call."""
        session = self._session(call)
        session.take(leg)
        leg.attach(CALLER, self._post_for(call))
        try:
            steps = self._exchange.arrive(call, leg.caller, leg.dialled, now, at)
        except Exception as error:  # noqa: BLE001 -- one call's fault must stay its own
            self._fail(call, error, now, at)
        else:
            self._carry_out(steps, now, at)

    def deliver(self, now: float, at: datetime) -> int:
        """Hand every event that has been posted to the engine; return how many."""
        delivered = 0
        while self._inbox:
            subject, event = self._inbox.popleft()
            self.handle(subject, event, now, at)
            delivered += 1
        return delivered

    def handle(self, subject: str, event: Event, now: float, at: datetime) -> None:
        """Hand one event to the engine and carry out what follows."""
        try:
            steps = self._exchange.handle(subject, event, now, at)
        except Exception as error:  # noqa: BLE001 -- one call's fault must stay its own
            self._fail(subject, error, now, at)
        else:
            self._carry_out(steps, now, at)

    def fire(self, now: float, at: datetime) -> None:
        """Let everything happen that is due."""
        for subject in self._exchange.due(now, at):
            self.handle(subject, on.DeadlinePassed(), now, at)

    def stop_all(self, now: float, at: datetime) -> None:
        """End every call that still runs."""
        for call in self._exchange.live():
            self.handle(call, on.GatewayStopped(), now, at)

    def _session(self, call: str) -> Session:
        session = Session(
            call,
            library=self._library,
            dial=self._dial,
            messages=self._messages,
            post=self._post_for(call),
            recogniser=self._recogniser,
        )
        self._sessions[call] = session
        return session

    def _post_for(self, call: str) -> Callable[[CallEvent], None]:
        inbox = self._inbox

        def post(event: CallEvent) -> None:
            inbox.append((call, event))

        return post

    def _carry_out(self, steps: list[Step], now: float, at: datetime) -> None:
        """Carry out every step, also those of others that come after one that fails."""
        faults: dict[str, Exception] = {}
        for step in steps:
            try:
                self._perform(step)
            except Exception as error:  # noqa: BLE001 -- one call's fault must stay its own
                faults.setdefault(step.subject, error)
        for subject, fault in faults.items():
            self._fail(subject, fault, now, at)

    def _perform(self, step: Step) -> None:
        subject = step.subject
        if subject in (FLOOR, PROGRAMME):
            self._report(step, None)
            return
        record = self._record(step)
        self._report(step, record)
        session = self._sessions.get(subject) or self._session(subject)
        session.perform(step.actions)
        if record.is_over:
            self._conclude(record, session)

    def _record(self, step: Step) -> CallRecord:
        known = self._records.get(step.subject)
        record = begin(step) if known is None else fold(known, step)
        self._records[step.subject] = record
        return record

    def _conclude(self, record: CallRecord, session: Session) -> None:
        self._leave(record.id)
        self._over(record, session)

    def _leave(self, call: str) -> None:
        self._sessions.pop(call, None)
        self._records.pop(call, None)
        self._failed.discard(call)

    def _fail(self, subject: str, error: Exception, now: float, at: datetime) -> None:
        """Say that it was our fault; when even that fails, hang up and forget the call."""
        self._fault(subject, error)
        if subject in (FLOOR, PROGRAMME):
            return
        if subject not in self._failed and self._exchange.state(subject) is not None:
            self._failed.add(subject)
            self.handle(subject, on.GatewayFailed(), now, at)
            return
        try:
            self._forget(subject, now, at)
        except Exception as last:  # noqa: BLE001 -- the last line of defence
            self._fault(subject, last)

    def _forget(self, subject: str, now: float, at: datetime) -> None:
        session = self._sessions.get(subject)
        self._leave(subject)
        if session is not None:
            session.hang_up()
        self._carry_out(self._exchange.drop(subject, now, at), now, at)
