"""The ways to and from the PBX: who may come in, who is up, and how to go out."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from ipaddress import IPv4Address, IPv6Address, ip_address

import pjsua2 as pj

from ivr.errors import SipError
from ivr.gateway import Listen, Trunk
from ivr.sip.accounts import Account, RtpPorts, calling, host_of, transport_of
from ivr.sip.leg import destroy
from ivr.sip.native import Native
from ivr.sip.notices import Answered, Registered
from ivr.sip.timers import Timer, Timers

SIP_PORT = 5060
_SECONDS_TO_ANSWER = 4.0
"""UDP sends OPTIONS at 0, 0.5, 1.5 and 3.5 s (RFC 3261 17.1.2.2); who misses all four is down."""
_FIRST_RETRY = 5.0
_LONGEST_RETRY = 300.0
_SERVER_FAILURE = 500

Address = IPv4Address | IPv6Address


@dataclass(frozen=True, slots=True)
class TrunkStatus:
    """`registered` is None without a registration; `rtt` is seconds, None while unknown."""

    name: str
    is_up: bool
    registered: bool | None
    rtt: float | None


class _Way:
    """One trunk, its account and its health."""

    def __init__(self, trunk: Trunk, listen: Listen) -> None:
        self.trunk = trunk
        self.listen = listen
        self.host, self.port = split_proxy(trunk.proxy)
        self.account: Native = None
        self.address: Address | None = None
        self.is_up = trunk.seconds_between_options <= 0
        self.registered = False if trunk.registration else None
        self.rtt: float | None = None
        self.asked_at: float | None = None
        self.deadline: Timer | None = None
        self.retry = _FIRST_RETRY

    @property
    def is_usable(self) -> bool:
        return self.account is not None and self.is_up and self.registered is not False

    @property
    def uri(self) -> str:
        return f"{host_of(self.host)}:{self.port}{transport_of(self.listen)}"

    def admits(self, source: Address) -> bool:
        if any(source in network for network in self.trunk.sources):
            return True
        return self.trunk.registration is not None and source == self.address


class Trunks:
    """All trunks of a gateway, in order of preference."""

    def __init__(
        self,
        trunks: tuple[Trunk, ...],
        listens: tuple[Listen, ...],
        timers: Timers,
        changed: Callable[[tuple[str, ...]], None],
    ) -> None:
        """Raises `SipError` for a trunk whose protocol we do not listen for."""
        self._ways = {trunk.name: _Way(trunk, _fitting(trunk, listens)) for trunk in trunks}
        self._timers = timers
        self._changed = changed
        self._told: tuple[str, ...] = ()
        self._replies: list[Answered] = []

    def __len__(self) -> int:
        return len(self._ways)

    def open(
        self, make: Callable[[str], Account], transports: dict[Listen, int], ports: list[RtpPorts]
    ) -> None:
        """Create every account, and begin to register and to ask for health."""
        for way, share in zip(self._ways.values(), ports, strict=True):
            transport = transports[way.listen]
            config = calling(way.listen, transport, share, way.uri, way.trunk.registration)
            account = make(way.trunk.name)
            try:
                account.create(config)
            except pj.Error as error:
                destroy(account)
                raise SipError(f"trunk {way.trunk.name}: {error.reason}") from error
            way.account = account
            self._begin(way)

    def close(self) -> None:
        for way in self._ways.values():
            account, way.account = way.account, None
            if account is not None:
                destroy(account)

    def find(self, source: str) -> str | None:
        """The trunk of an address and port that an INVITE came from."""
        address = _address_of(source)
        if address is None:
            return None
        return next((name for name, way in self._ways.items() if way.admits(address)), None)

    def way_out(self, name: str, number: str) -> tuple[Native, str, str] | None:
        """The account, the address of `number` and the host to call from; None when down."""
        way = self._ways.get(name)
        if way is None or not way.is_usable or not way.trunk.outgoing:
            return None
        return way.account, f"sip:{number}@{way.uri}", f"{host_of(way.host)}:{way.port}"

    def status(self) -> tuple[TrunkStatus, ...]:
        return tuple(
            TrunkStatus(name, way.is_up, way.registered, way.rtt)
            for name, way in self._ways.items()
        )

    def take(self, notice: Registered | Answered) -> None:
        match notice:
            case Registered():
                self._take_registered(self._ways[notice.trunk], notice)
            case Answered():
                # The time it took is known only when the owner next says what time it is.
                self._replies.append(notice)
        self._tell()

    def settle(self) -> None:
        """Called at the start of every poll, when `now` is fresh."""
        if not self._replies:
            return
        replies, self._replies = self._replies, []
        for reply in replies:
            self._take_answered(self._ways[reply.trunk], reply.code)
        self._tell()

    def _begin(self, way: _Way) -> None:
        if way.registered is not None:
            self._register(way)
        if way.trunk.seconds_between_options > 0:
            self._ask(way)
        self._tell()

    def _register(self, way: _Way) -> None:
        try:
            way.account.setRegistration(True)
        except pj.Error:
            self._register_later(way)

    def _register_later(self, way: _Way) -> None:
        self._timers.after(way.retry, partial(self._register_again, way))
        way.retry = min(2 * way.retry, _LONGEST_RETRY)

    def _register_again(self, way: _Way) -> None:
        if way.account is not None and not way.registered:
            self._register(way)

    def _take_registered(self, way: _Way, notice: Registered) -> None:
        way.registered = notice.seconds > 0
        if way.registered:
            way.retry = _FIRST_RETRY
        else:
            self._register_later(way)

    def _ask(self, way: _Way) -> None:
        if way.account is None:
            return
        self._timers.after(way.trunk.seconds_between_options, partial(self._ask, way))
        ask = pj.SendRequestParam()
        ask.method = "OPTIONS"
        ask.txOption.targetUri = f"sip:{way.uri}"
        way.asked_at = self._timers.now
        if way.deadline is not None:
            way.deadline.cancel()
        way.deadline = self._timers.after(_SECONDS_TO_ANSWER, partial(self._miss, way))
        try:
            way.account.sendRequest(ask)
        except pj.Error:
            self._miss(way)

    def _take_answered(self, way: _Way, code: int) -> None:
        if way.deadline is not None:
            way.deadline.cancel()
        way.is_up = 0 < code < _SERVER_FAILURE
        if way.asked_at is not None and way.is_up:
            way.rtt = self._timers.now - way.asked_at
        way.asked_at = None

    def _miss(self, way: _Way) -> None:
        way.is_up = False
        way.rtt = None
        self._tell()

    def _tell(self) -> None:
        able = tuple(
            name for name, way in self._ways.items() if way.is_usable and way.trunk.outgoing
        )
        if able != self._told:
            self._told = able
            self._changed(able)


def split_proxy(proxy: str) -> tuple[str, int]:
    """`host:port`, `host`, `[v6]:port` or `[v6]`."""
    if proxy.startswith("["):
        host, _, rest = proxy[1:].partition("]")
        return host, int(rest.removeprefix(":") or SIP_PORT)
    host, _, port = proxy.partition(":")
    return host, int(port or SIP_PORT)


def _fitting(trunk: Trunk, listens: tuple[Listen, ...]) -> Listen:
    address = _literal(split_proxy(trunk.proxy)[0])
    for listen in listens:
        fits = address is None or (address.version == 6) == (":" in listen.address)  # noqa: PLR2004 -- IPv6
        if listen.protocol == trunk.protocol and fits:
            return listen
    raise SipError(
        f"trunk {trunk.name} needs {trunk.protocol} to {trunk.proxy}, but nothing listens so"
    )


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _address_of(source: str) -> Address | None:
    """Of `10.0.0.1:5060` or `[::1]:5060`."""
    address = _literal(source.rpartition(":")[0].strip("[]").partition("%")[0])
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped or address
