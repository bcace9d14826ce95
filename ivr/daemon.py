"""Builds every part once, runs the loop, reloads, and drains on SIGTERM.

One thread owns SIP and the engine. Each turn of the loop polls SIP, delivers what has been
posted, and fires what is due. The journal, the metrics server, the control socket and a
reload's compilation have threads of their own and talk to the loop through its inbox.

This is the one module that reads a clock: `time.monotonic()` for everything that is timed,
the wall clock only for what people call a time.
"""

import gc
import secrets
import signal
import sys
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from ivr import BUILT, __version__, notices, recogniser
from ivr.control import ControlServer, Reply, Request
from ivr.engine import events as on
from ivr.engine.actions import Dial
from ivr.engine.events import CALLER
from ivr.engine.exchange import Exchange
from ivr.engine.record import CallRecord, message_name
from ivr.engine.step import PROGRAMME, Step
from ivr.errors import IvrError
from ivr.gateway import Configuration
from ivr.gauges import Gauges
from ivr.journal import Journal, Reader
from ivr.loading import Loaded, Problems, equipped, read_beside
from ivr.log import log
from ivr.metrics import Metrics
from ivr.notices import Notices
from ivr.session import Post, Session
from ivr.sip import Endpoint, Line
from ivr.switchboard import Switchboard

SECONDS_IDLE = 0.02
SECONDS_BUSY = 0.004
"""How long one poll may wait while calls are up: a key posted by the media thread waits so long."""
SECONDS_TO_HAND_OVER = 0.001
"""How long another thread (journal, metrics) may compute before the loop gets its turn."""
SECONDS_TO_SAY_GOODBYE = 0.5
"""How long the last BYEs may take when the gateway closes."""
_NUMBERS = 1 << 24
"""How many calls are told apart; they begin anywhere, for the run before had some of them."""

Watch = Callable[[Step, CallRecord | None], None]


def wall_clock() -> datetime:
    """Return the wall time, aware."""
    return datetime.now(UTC)


class Daemon:
    """One running gateway. `run` returns when it has drained."""

    def __init__(self, folder: Path, configuration: Configuration, *, watch: Watch | None) -> None:
        self._folder = folder
        self._configuration = configuration
        self._watch = watch
        gateway, site = configuration.gateway, configuration.site
        self._commands: deque[Callable[[], None]] = deque()
        self._numbers = count(secrets.randbelow(_NUMBERS))
        self._drain_until: float | None = None
        self._must_stop = False
        self._reloads = 0
        self._metrics = Metrics(site, __version__)
        self._exchange = Exchange(site, time.monotonic())
        self._journal = Journal(
            gateway.journal,
            at=wall_clock(),
            messages=lambda call, turn: gateway.messages / message_name(call, turn),
            acknowledged=lambda saved: self._board.post(PROGRAMME, saved),
            troubled=self._journal_troubled,
        )
        loaded = equipped(configuration)
        self._silent = loaded.silent
        self._speech = recogniser.loaded(gateway.speech)
        self._notices = Notices(self._metrics, self._speech)
        self._exchange.understood = (self._speech.language,) if self._speech else ()
        self._endpoint = Endpoint(
            gateway.sip,
            clock=time.monotonic,
            seconds_without_audio=site.limits.seconds_without_audio,
            arrived=self._arrived,
            rejected=self._metrics.sip_rejected,
            trunks_changed=self._trunks_changed,
            warn=lambda text: log().warning("sip", text=text),
        )
        self._board = Switchboard(
            self._exchange,
            library=loaded.library,
            messages=gateway.messages,
            dial=self._dial,
            report=self._report,
            over=self._over,
            fault=self._notices.fault,
            recogniser=self._speech,
        )
        self._gauges = Gauges(
            self._metrics,
            self._exchange,
            self._endpoint,
            self._journal,
            trusted_from=BUILT.year,
            tell_trunk=notices.say_trunk,
        )
        self._control = ControlServer(gateway.control, self._ask)

    # --- running ------------------------------------------------------------------------------

    def run(self) -> None:
        """Serve until SIGTERM or SIGINT, then drain. Raises IvrError when it cannot start."""
        try:
            self._start()
            while not self._is_done():
                self._turn()
        finally:
            self._close()

    def _start(self) -> None:
        configuration = self._configuration
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._on_terminate())
        signal.signal(signal.SIGHUP, lambda *_: self._reload(None))
        self._control.start()
        self._notices.journal_opened(self._journal.notice)
        self._journal.configured(configuration.site.hash, configuration.files, wall_clock())
        self._restore(time.monotonic(), wall_clock())
        port = self._serve_metrics()
        self._endpoint.start()
        # Calls make little garbage in cycles; a full collection under load is a gap in the audio.
        gc.collect()
        gc.freeze()
        sys.setswitchinterval(SECONDS_TO_HAND_OVER)
        self._notices.started(configuration, self._silent, port=port)

    def _serve_metrics(self) -> int:
        gateway = self._configuration.gateway
        place = f"{gateway.metrics_address}:{gateway.metrics_port}"
        try:
            return self._metrics.serve(gateway.metrics_address, gateway.metrics_port)
        except OSError as error:
            raise IvrError(f"cannot serve metrics at {place}: {error.strerror}") from error

    def _restore(self, now: float, at: datetime) -> None:
        """Tell the survey programme what it knew before the gateway stopped."""
        since = at - timedelta(seconds=self._configuration.site.survey.quarantine)
        for event in Reader(self._configuration.gateway.journal).restore(since):
            self._board.handle(PROGRAMME, event, now, at)

    def _turn(self) -> None:
        self._endpoint.poll(time.monotonic(), self._wait())
        now, at = time.monotonic(), wall_clock()
        self._board.deliver(now, at)
        self._board.fire(now, at)
        while self._commands:
            self._attempt("command", self._commands.popleft())
        self._attempt("gauges", lambda: self._gauges.refresh(now, at))

    def _attempt(self, what: str, act: Callable[[], None]) -> None:
        """Do what no caller waits for: a fault in it must not end their calls."""
        try:
            act()
        except Exception as error:  # noqa: BLE001 -- see above
            self._notices.fault(what, error)

    def _wait(self) -> float:
        """Return how long a poll may wait without anything becoming late."""
        if self._board.has_post or self._commands:
            return 0.0
        wait = SECONDS_BUSY if self._exchange.calls else SECONDS_IDLE
        due = self._exchange.next_deadline()
        return wait if due is None else max(0.0, min(wait, due - time.monotonic()))

    def _is_done(self) -> bool:
        if self._must_stop:
            return True
        if self._drain_until is None:
            return False
        return self._exchange.calls == 0 or time.monotonic() >= self._drain_until

    def _close(self) -> None:
        self._board.stop_all(time.monotonic(), wall_clock())
        until = time.monotonic() + SECONDS_TO_SAY_GOODBYE
        while time.monotonic() < until and self._exchange.calls + len(self._endpoint):
            self._turn()
        self._control.close()
        self._endpoint.close()
        if self._speech is not None:
            self._speech.close()
        if lost := self._journal.close():
            log().error("steps could not be written", lost=lost)
        self._metrics.close()
        log().info("stopped")

    # --- from SIP -----------------------------------------------------------------------------

    def _arrived(self, line: Line) -> None:
        at = wall_clock()
        if not line.offers_keys:
            self._metrics.no_telephone_event()
        self._board.arrive(_new_id(at, next(self._numbers)), line, time.monotonic(), at)

    def _trunks_changed(self, up: tuple[str, ...]) -> None:
        self._notices.trunks(up)
        self._board.post(PROGRAMME, on.TrunksChanged(up))

    def _dial(self, order: Dial, post: Post) -> Line:
        return self._endpoint.dial(
            order.target,
            trunk=order.trunk,
            shows=order.shows,
            number=order.line,
            post=post,
            seconds_to_ring=order.seconds_to_ring,
        )

    # --- reports --------------------------------------------------------------------------------

    def _report(self, step: Step, record: CallRecord | None) -> None:
        self._journal.write(step, record)
        self._notices.step(step, record)
        if self._watch is not None:
            self._watch(step, record)

    def _over(self, record: CallRecord, session: Session) -> None:
        self._notices.over(record)
        leg = session.legs.get(CALLER)
        if isinstance(leg, Line):
            self._gauges.leaves(leg)

    def _journal_troubled(self, trouble: str | None) -> None:
        """Runs on the journal's thread."""
        self._commands.append(lambda: self._notices.journal_troubled(trouble, self._journal.notice))

    # --- being told things ----------------------------------------------------------------------

    def _on_terminate(self) -> None:
        """Drain at the first signal, stop at the second."""
        if self._drain_until is not None:
            self._must_stop = True
            return
        self._exchange.is_draining = True
        self._board.post(PROGRAMME, on.TrunksChanged(()))
        self._drain_until = time.monotonic() + self._configuration.site.limits.seconds_to_drain

    def _ask(self, request: Request) -> Future[Reply]:
        """Runs on the control socket's threads; the loop carries it out."""
        reply: Future[Reply] = Future()
        self._commands.append(lambda: self._carry_out(request, reply))
        return reply

    def _carry_out(self, request: Request, reply: Future[Reply]) -> None:
        match request["command"]:
            case "reload":
                self._reload(reply)
            case "status":
                reply.set_result({"ok": True, "text": self._status()})
            case "drain":
                self._on_terminate()
                reply.set_result({"ok": True, "text": "draining"})
            case unknown:
                text = f"{unknown!r} is not a command; there are reload, status and drain"
                reply.set_result({"ok": False, "text": text})

    def _status(self) -> str:
        site = self._configuration.site
        trunks = ", ".join(
            f"{trunk.name} {notices.standing(trunk)}" for trunk in self._endpoint.status()
        )
        return f"{site.name} {site.hash}: {self._exchange.calls} calls; trunks: {trunks or 'none'}"

    # --- reload -----------------------------------------------------------------------------------

    def _reload(self, reply: Future[Reply] | None) -> None:
        """Compile anew beside the calls; swap on this thread, all or nothing."""
        number = self._reloads = self._reloads + 1

        def tell(found: Loaded | Problems) -> None:
            self._commands.append(lambda: self._take(number, found, reply))

        read_beside(self._folder, tell)

    def _take(self, number: int, found: Loaded | Problems, reply: Future[Reply] | None) -> None:
        match found:
            case Loaded() if number < self._reloads:
                ok, text = False, "another reload was asked for meanwhile; that one counts"
            case Loaded():
                ok, text = True, self._swap(found)
            case problems:
                ok, text = False, self._notices.refused(problems, wall_clock())
        if reply is not None:
            reply.set_result({"ok": ok, "text": text})

    def _swap(self, fresh: Loaded) -> str:
        before, configuration = self._configuration, fresh.configuration
        site = configuration.site
        text = f"configuration {site.hash} is in force for new calls"
        if _needs_restart(before, configuration):
            text += "; other changes in gateway.yaml than those of limits need a restart"
        self._configuration = configuration
        self._exchange.reload(site, time.monotonic())
        self._board.play_from(fresh.library)
        self._journal.configured(site.hash, configuration.files, wall_clock())
        self._notices.reloaded(site, wall_clock())
        return text


def _needs_restart(before: Configuration, after: Configuration) -> bool:
    silence = [each.site.limits.seconds_without_audio for each in (before, after)]
    return before.gateway != after.gateway or silence[0] != silence[1]


def _new_id(at: datetime, number: int) -> str:
    """Return a call's id: when it came, and a number that no other call of this run has.

    Chance alone would give two calls of a busy second the same id sooner or later.
    """
    return f"{at:%y%m%d-%H%M%S}-{number % _NUMBERS:06x}"
