"""The SIP endpoint of a gateway: one owner thread starts it, polls it, orders it, closes it.

Theory of operation. The library's callbacks write notices into an inbox. `poll` fires what is
due, reads the inbox, lets the library work, reads the inbox again, and only then destroys the
calls that have ended. So every event is posted from `poll`, on the owner thread, outside any
callback; and an order given while an event is handled may do anything the library can.
"""

import re
from collections import Counter, deque
from collections.abc import Callable

import pjsua2 as pj

from ivr.engine.events import Failure
from ivr.errors import SipError
from ivr.gateway import Listen, Sip, Trunk
from ivr.sip.accounts import MD5, Account, RtpPorts, listening
from ivr.sip.audio import Audio
from ivr.sip.facts import Facts, Means, Post
from ivr.sip.headers import read_invitation
from ivr.sip.leg import Legs, destroy
from ivr.sip.line import Line
from ivr.sip.native import Native
from ivr.sip.notices import Answered, Arrived, Inbox, LineNotice, Refused, Registered
from ivr.sip.orders import offer
from ivr.sip.places import address_of, host_of
from ivr.sip.punctuality import Punctuality
from ivr.sip.stack import Stack
from ivr.sip.timers import Timers
from ivr.sip.trunks import Trunks, TrunkStatus
from ivr.sip.warnings import Warnings

_FORBIDDEN = 403
_INTERNAL_ERROR = 500
_SECONDS_BETWEEN_KEYS = 0.004
"""A key is heard on a media thread and waits for the next poll; nothing wakes the owner."""
_ROUNDS_FOR_BYE = 10
"""Of 20 ms: until the far ends have answered."""
_NUMBER = re.compile(r"\+?[0-9*#]{1,32}")
_HOST = re.compile(r"sip:(?:[^@]*@)?(\[[^\]]*\]|[^:;?>]*)", re.IGNORECASE)


class Endpoint:
    """See the module. `poll` belongs to one thread, and so does everything else."""

    def __init__(
        self,
        sip: Sip,
        *,
        arrived: Callable[[Line], None],
        rejected: Callable[[str], None],
        trunks_changed: Callable[[tuple[str, ...]], None],
        clock: Callable[[], float],
        seconds_without_audio: float = 0.0,
        warn: Callable[[str], None] = lambda _text: None,
    ) -> None:
        """`arrived` must attach, reject or hang up the line it is handed, before it returns.

        `rejected` counts what never became a line: not_a_trunk, refer, replaces, subscribe.
        `trunks_changed` gets the trunks that can carry an outgoing call, best first. `clock`
        tells steady seconds, on any thread. `warn` gets warnings for the log, without numbers
        or addresses of callers, a few a minute.
        """
        self._sip = sip
        self._arrived = arrived
        self._rejected = rejected
        self.keys: Counter[str] = Counter()
        """Key presses by method: rtp (RFC 4733) or info (RFC 6086)."""
        self._seconds_without_audio = seconds_without_audio
        self._inbox: Inbox = deque()
        self._timers = Timers()
        self._warn = Warnings(self._timers, warn)
        self._legs = Legs(self._inbox)
        self._lines: dict[int, Line] = {}
        self._ports = RtpPorts(sip.rtp_port, sip.rtp_ports)
        self._trunks = Trunks(sip, self._ports, self._timers, trunks_changed, self._warn)
        self._accounts: dict[Listen, Native] = {}
        self._stack: Stack | None = None
        self._means: Means | None = None
        self._clock = clock
        self._punctuality: Punctuality | None = None
        self._farewells = 0

    def start(self) -> None:
        """Open every transport and account. Raises `SipError`, and leaves nothing behind."""
        self._stack = stack = Stack(self._sip, self._warn)
        try:
            self._means = Means(
                Audio(stack.silence, self._timers),
                self._timers,
                self.keys,
                self._warn,
                self._seconds_without_audio,
            )
            self._punctuality = Punctuality(self._means.audio, self._clock)
            self._open_accounts(stack)
        except SipError:
            self.close()
            raise

    def poll(self, now: float, wait: float) -> None:
        """Let the library work, at most `wait` seconds, and post what has happened."""
        if self._stack is None:
            raise SipError("the endpoint is not started")
        self._timers.fire(now)
        self._trunks.settle()
        self._deliver()
        # What media threads have left behind is handed over before the library waits, not after.
        self._stack.handle_events(0.0)
        if not self._inbox:
            most = min(wait, _SECONDS_BETWEEN_KEYS) if self._lines else wait
            self._stack.handle_events(self._timers.seconds_left(most))
        self._deliver()
        self._legs.sweep()

    def dial(
        self,
        target: str,
        *,
        trunk: str,
        shows: str,
        number: int,
        post: Post,
        seconds_to_ring: float,
    ) -> Line:
        """Ring a number over a trunk, or a SIP address when `trunk` is "".

        Never raises: a line that cannot be dialled posts `LineFailed` at the next poll.
        `shows` is the number the called party sees; `WITHHELD` asks for privacy (RFC 3323).
        """
        facts = Facts("", target, "", trunk, offers_keys=False, is_incoming=False)
        way = self._way_out(target, trunk)
        leg = None
        if isinstance(way, tuple):
            account, uri, host = way
            try:
                leg = self._legs.dial(account, uri, offer(shows, host))
            except SipError as error:
                self._warn(str(error))
                way = Failure.UNREACHABLE
        line = Line(leg, facts, self._use())
        line.attach(number, post)
        if leg is not None:
            self._lines[leg.serial] = line
            line.ring_for(seconds_to_ring)
        elif isinstance(way, Failure):
            line.fail(way)
        return line

    def status(self) -> tuple[TrunkStatus, ...]:
        """Every trunk, in order of preference."""
        return self._trunks.status()

    @property
    def late_frames(self) -> int:
        """How many frames of everybody's audio have been played too late so far."""
        return self._punctuality.late if self._punctuality else 0

    def __len__(self) -> int:
        """How many lines are not over yet."""
        return len(self._lines)

    def close(self) -> None:
        """Hang up everything and end the library; harmless when it never started."""
        stack, self._stack = self._stack, None
        if stack is None:
            return
        had_calls = bool(self._lines)
        self._trunks.leave()
        self._farewells = _ROUNDS_FOR_BYE if had_calls else 0
        stack.finish(self._is_busy)
        self._inbox.clear()
        for line in self._lines.values():
            line.abandon()
        self._lines.clear()
        self._legs.destroy_all()
        if self._punctuality is not None:
            self._punctuality.close()
        if self._means is not None:
            self._means.audio.close()
        self._trunks.close()
        for account in self._accounts.values():
            destroy(account)
        self._accounts.clear()
        stack.close()

    def _open_accounts(self, stack: Stack) -> None:
        for listen in self._sip.listen:
            account = Account("", self._inbox, self._legs.adopt)
            self._accounts[listen] = account
            try:
                account.create(listening("ivr", listen, stack.transports[listen], self._ports))
            except pj.Error as error:
                raise SipError(f"cannot take calls at {listen.address}: {error.reason}") from error
        accounts = [self._trunk_account(trunk) for trunk in self._sip.trunks]
        self._trunks.open(accounts, stack.transports)

    def _trunk_account(self, trunk: Trunk) -> Account:
        algorithm = trunk.registration.algorithm if trunk.registration else MD5
        return Account(trunk.name, self._inbox, self._legs.adopt, algorithm)

    def _deliver(self) -> None:
        while self._inbox:
            notice = self._inbox.popleft()
            match notice:
                case Arrived():
                    self._admit(notice)
                case Refused(what):
                    self._rejected(what)
                case Registered() | Answered():
                    self._trunks.take(notice)
                case _:
                    self._tell(notice)

    def _tell(self, notice: LineNotice) -> None:
        line = self._lines.get(notice.leg)
        if line is None:
            return  # late: the line is over
        try:
            line.take(notice)
        finally:
            if line.is_over:
                del self._lines[notice.leg]
                self._legs.bury(notice.leg)

    def _admit(self, notice: Arrived) -> None:
        invitation = read_invitation(notice.message)
        trunk = self._trunks.find(notice.source)
        facts = Facts(
            invitation.caller,
            invitation.dialled,
            invitation.diversion,
            trunk or "",
            offers_keys=invitation.offers_keys,
            is_incoming=True,
        )
        line = Line(self._legs[notice.leg], facts, self._use())
        self._lines[notice.leg] = line
        if trunk is None:
            self._rejected("not_a_trunk")
            self._warn(f"refused a call from {address_of(notice.source)}, which is no trunk")
            line.reject(_FORBIDDEN)
        elif invitation.replaces:
            self._rejected("replaces")
            line.reject(_FORBIDDEN)
        else:
            self._hand_over(line)

    def _hand_over(self, line: Line) -> None:
        is_taken = False
        try:
            self._arrived(line)
            is_taken = True
        finally:
            if not is_taken:
                line.reject(_INTERNAL_ERROR)

    def _way_out(self, target: str, trunk: str) -> tuple[Native, str, str] | Failure:
        if trunk:
            if _NUMBER.fullmatch(target) is None:
                return Failure.REFUSED
            return self._trunks.way_out(trunk, target) or Failure.UNREACHABLE
        host = _HOST.match(target)
        if host is None or self._stack is None or not self._stack.is_address(target):
            return Failure.REFUSED
        protocol = "tcp" if "transport=tcp" in target.lower() else "udp"
        is_six = host.group(1).startswith("[")
        for listen, account in self._accounts.items():
            if listen.protocol == protocol and (":" in listen.address) == is_six:
                return account, target, f"{host_of(listen.address)}:{listen.port}"
        return Failure.UNREACHABLE

    def _use(self) -> Means:
        if self._means is None:
            raise SipError("the endpoint is not started")
        return self._means

    def _is_busy(self) -> bool:
        """While closing: whether a BYE or an unregistration may still be under way."""
        while self._inbox:
            notice = self._inbox.popleft()
            if isinstance(notice, Registered):
                self._trunks.take(notice)
        self._farewells -= 1
        return self._farewells > 0 or self._trunks.is_registered
