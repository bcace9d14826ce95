"""One trunk: where it leads, who may come in over it, and how it is."""

from ipaddress import IPv6Address

from ivr.errors import SipError
from ivr.gateway import Listen, Trunk
from ivr.sip.places import Address, host_of, literal, split_proxy, transport_of

_FIRST_RETRY = 5.0
_LONGEST_RETRY = 300.0


class Way:
    """What is known of one trunk; its account exists as soon as `addresses` are known."""

    def __init__(self, trunk: Trunk, listens: tuple[Listen, ...]) -> None:
        """Raises `SipError` when nothing listens for the trunk's protocol and address."""
        self.trunk = trunk
        self.host, self.port = split_proxy(trunk.proxy)
        self.listen = _fitting(trunk, self.host, listens)
        self.addresses: tuple[str, ...] = ()
        self.is_up = self.is_known = trunk.seconds_between_options <= 0
        self.registered = False if trunk.registration else None
        self.rtt: float | None = None
        self.asked_at = 0.0
        self._retry = _FIRST_RETRY

    @property
    def is_literal(self) -> bool:
        return literal(self.host) is not None

    @property
    def is_usable(self) -> bool:
        return bool(self.addresses) and self.is_up and self.registered is not False

    @property
    def place(self) -> str:
        """As it stands in an address."""
        return f"{host_of(self.host)}:{self.port}{transport_of(self.listen)}"

    @property
    def route(self) -> str | None:
        """Where to send what is addressed to a name; None when it is addressed to a place."""
        if self.is_literal or not self.addresses:
            return None
        host = host_of(self.addresses[0])
        return f"<sip:{host}:{self.port}{transport_of(self.listen)};lr>"

    def admits(self, source: Address) -> bool:
        """Whether a call from this address comes over this trunk."""
        if any(source in network for network in self.trunk.sources):
            return True
        return self.trunk.registration is not None and source in map(literal, self.addresses)

    def next_retry(self) -> float:
        """Seconds until the registrar is asked again: longer each time it fails."""
        retry, self._retry = self._retry, min(2 * self._retry, _LONGEST_RETRY)
        return retry

    def take_registration(self, *, is_registered: bool) -> None:
        self.registered = is_registered
        if is_registered:
            self._retry = _FIRST_RETRY


def _fitting(trunk: Trunk, host: str, listens: tuple[Listen, ...]) -> Listen:
    address = literal(host)
    for listen in listens:
        fits = address is None or isinstance(address, IPv6Address) == (":" in listen.address)
        if listen.protocol == trunk.protocol and fits:
            return listen
    raise SipError(
        f"trunk {trunk.name} goes over {trunk.protocol} to {trunk.proxy}, "
        "but the gateway listens nowhere that fits"
    )
