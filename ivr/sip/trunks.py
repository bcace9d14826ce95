"""The ways to and from the PBX: who may come in, who is up, and how to go out."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import pjsua2 as pj

from ivr.errors import SipError
from ivr.gateway import Listen, Sip
from ivr.sip.accounts import Account, RtpPorts, calling
from ivr.sip.leg import destroy
from ivr.sip.names import Names
from ivr.sip.notices import Answered, Registered
from ivr.sip.places import address_of, host_of
from ivr.sip.timers import Timer, Timers
from ivr.sip.way import Way

_SECONDS_TO_ANSWER = 4.0
"""UDP sends OPTIONS at 0, 0.5, 1.5 and 3.5 s (RFC 3261 17.1.2.2); who misses all four is down."""
_SECONDS_BETWEEN_LOOKUPS = 30.0
_SERVER_FAILURE = 500


@dataclass(frozen=True, slots=True)
class TrunkStatus:
    """`registered` is None without a registration; `rtt` is seconds, None while unknown.

    Until the first OPTIONS was answered, or was not, nothing is known, and it is not up.
    """

    name: str
    is_known: bool
    is_up: bool
    registered: bool | None
    rtt: float | None


class Trunks:
    """All trunks of a gateway, in order of preference."""

    def __init__(
        self,
        sip: Sip,
        ports: RtpPorts,
        timers: Timers,
        changed: Callable[[tuple[str, ...]], None],
        warn: Callable[[str], None],
    ) -> None:
        """Raises `SipError` for a trunk whose protocol we do not listen for."""
        self._ways = {trunk.name: Way(trunk, sip.listen) for trunk in sip.trunks}
        self._ports = ports
        self._timers = timers
        self._changed = changed
        self._warn = warn
        self._names = Names()
        self._told: tuple[str, ...] = ()
        self._replies: list[Answered] = []
        self._is_leaving = False
        self._accounts: dict[str, Account] = {}
        self._deadlines: dict[str, Timer] = {}
        self._transports: dict[Listen, int] = {}

    def open(self, accounts: list[Account], transports: dict[Listen, int]) -> None:
        """Begin to register and to ask for health, with one new account for each trunk."""
        self._accounts = dict(zip(self._ways, accounts, strict=True))
        self._transports = transports
        for way in self._ways.values():
            if way.is_literal:
                self._locate(way, (way.host,))
            else:
                self._look_up(way)

    @property
    def is_registered(self) -> bool:
        return any(way.registered for way in self._ways.values())

    def leave(self) -> None:
        """Tell every registrar that we go; ends in `Registered` with 0 seconds."""
        self._is_leaving = True
        for way in self._ways.values():
            if way.registered:
                try:
                    self._accounts[way.trunk.name].setRegistration(False)
                except pj.Error:
                    way.registered = False

    def close(self) -> None:
        for account in self._accounts.values():
            destroy(account)
        self._accounts.clear()

    def find(self, source: str) -> str | None:
        """The trunk of an address and port that an INVITE came from."""
        address = address_of(source)
        if address is None:
            return None
        return next((name for name, way in self._ways.items() if way.admits(address)), None)

    def way_out(self, name: str, number: str) -> tuple[Account, str, str] | None:
        """The account, the address of `number` and the host to call from; None when down."""
        way = self._ways.get(name)
        if way is None or not way.is_usable or not way.trunk.outgoing:
            return None
        return self._accounts[name], f"sip:{number}@{way.place}", host_of(way.host)

    def status(self) -> tuple[TrunkStatus, ...]:
        return tuple(
            TrunkStatus(name, way.is_known, way.is_up, way.registered, way.rtt)
            for name, way in self._ways.items()
        )

    def take(self, notice: Registered | Answered) -> None:
        match notice:
            case Registered():
                self._take_registered(self._ways[notice.trunk], notice)
            case Answered():
                # The time it took is known only when the owner next says what time it is.
                self._replies.append(notice)

    def settle(self) -> None:
        """Called at the start of every poll, when the time is fresh."""
        for host, addresses in self._names.found():
            for way in self._ways.values():
                if way.host == host:
                    self._relocate(way, addresses)
        replies, self._replies = self._replies, []
        for reply in replies:
            self._take_answered(self._ways[reply.trunk], reply.code)

    # --- where it is --------------------------------------------------------------------------

    def _look_up(self, way: Way) -> None:
        self._names.ask(way.host, is_six=":" in way.listen.address)

    def _relocate(self, way: Way, addresses: tuple[str, ...]) -> None:
        """A name was looked up; when that is of no use now, it is looked up again later."""
        try:
            if addresses:
                self._locate(way, addresses)
                return
        except SipError as error:
            way.addresses = ()
            self._warn(str(error))
        self._timers.after(_SECONDS_BETWEEN_LOOKUPS, partial(self._look_up, way))

    def _locate(self, way: Way, addresses: tuple[str, ...]) -> None:
        """Make the account, or lead it elsewhere when the name has moved."""
        if addresses == way.addresses:
            return
        way.addresses = addresses
        name = way.trunk.name
        account = self._accounts[name]
        config = calling(way, self._transports[way.listen], self._ports)
        try:
            if account.isValid():
                account.modify(config)
            else:
                account.create(config)
                self._timers.after(0.0, partial(self._begin, way))
        except pj.Error as error:
            raise SipError(f"trunk {name}: {error.reason}") from error

    def _begin(self, way: Way) -> None:
        if way.registered is not None:
            self._register(way)
        if way.trunk.seconds_between_options > 0:
            self._ask(way)
        self._tell()

    # --- registration -----------------------------------------------------------------------

    def _register(self, way: Way) -> None:
        if way.registered or self._is_leaving:
            return
        try:
            self._accounts[way.trunk.name].setRegistration(True)
        except pj.Error:
            self._register_later(way)

    def _register_later(self, way: Way) -> None:
        self._timers.after(way.next_retry(), partial(self._register, way))

    def _take_registered(self, way: Way, notice: Registered) -> None:
        way.take_registration(is_registered=notice.seconds > 0)
        if not way.registered and not self._is_leaving:
            self._register_later(way)
        self._tell()

    # --- health -----------------------------------------------------------------------------

    def _ask(self, way: Way) -> None:
        name = way.trunk.name
        self._timers.after(way.trunk.seconds_between_options, partial(self._ask, way))
        if name in self._deadlines or self._is_leaving:
            return  # the last question still has time
        way.asked_at = self._timers.now
        self._deadlines[name] = self._timers.after(_SECONDS_TO_ANSWER, partial(self._miss, way))
        ask = pj.SendRequestParam()
        ask.method = "OPTIONS"
        ask.txOption.targetUri = f"sip:{way.place}"
        try:
            self._accounts[name].sendRequest(ask)
        except pj.Error:
            self._miss(way)

    def _take_answered(self, way: Way, code: int) -> None:
        if not 0 < code < _SERVER_FAILURE:
            self._miss(way)
            return
        deadline = self._deadlines.pop(way.trunk.name, None)
        if deadline is not None:
            deadline.cancel()
            way.rtt = self._timers.now - way.asked_at
        way.is_up = way.is_known = True
        self._tell()

    def _miss(self, way: Way) -> None:
        deadline = self._deadlines.pop(way.trunk.name, None)
        if deadline is not None:
            deadline.cancel()
        way.is_up = False
        way.is_known = True
        way.rtt = None
        if not way.is_literal:
            self._look_up(way)
        self._tell()

    def _tell(self) -> None:
        able = tuple(
            name for name, way in self._ways.items() if way.is_usable and way.trunk.outgoing
        )
        if able != self._told and not self._is_leaving:
            self._told = able
            self._changed(able)
