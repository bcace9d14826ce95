"""A small driver of one endpoint: it answers as a test wants, and remembers what happened."""

import random
import socket
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from ipaddress import ip_network

from ivr.engine.events import CallEvent
from ivr.gateway import Listen, Registration, Secret, Sip, Trunk
from ivr.sip import Endpoint, Line

steady = time.monotonic  # noqa: TID251 -- real calls take real time

Behaviour = Callable[[Line], None]
Clock = Callable[[], float]


def free_port(address: str = "127.0.0.1") -> int:
    """An even port that UDP and TCP have free, and UDP the next one."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    while True:
        with closing(socket.socket(family, socket.SOCK_DGRAM)) as probe:
            probe.bind((address, 0))
            port = int(probe.getsockname()[1])
        if port % 2 == 0 and _is_free(family, address, port):
            return port


def free_media_port(address: str, streams: int = 2) -> int:
    """The first of two free ports for each stream: SIPp binds sound and picture, and their RTCP.

    They lie where the system gives no port to those who ask for any, and no desk has its own.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    while True:
        port = random.randrange(*_MEDIA_PORTS, 4)  # noqa: S311 -- tests side by side seldom meet
        if all(_is_free(family, address, port + 2 * stream) for stream in range(streams)):
            return port


def _is_free(family: socket.AddressFamily, address: str, port: int) -> bool:
    try:
        for offset, kind in (
            (0, socket.SOCK_DGRAM),
            (0, socket.SOCK_STREAM),
            (1, socket.SOCK_DGRAM),
        ):
            with closing(socket.socket(family, kind)) as probe:
                probe.bind((address, port + offset))
    except OSError:
        return False
    return True


def a_trunk(**changes: object) -> Trunk:
    """A trunk to nowhere, over which everybody on loopback comes in."""
    trunk = Trunk(
        name="pbx",
        proxy="127.0.0.1:9",
        protocol="udp",
        sources=(ip_network("127.0.0.0/8"), ip_network("::1/128")),
        registration=None,
        outgoing=True,
        seconds_between_options=0.0,
    )
    return replace(trunk, **changes)  # type: ignore[arg-type]


def a_registration(**changes: object) -> Registration:
    """Credentials at pbx.example."""
    known = Registration("gateway", "pbx.example", Secret("a test", "secret"), "md5", 60)
    return replace(known, **changes)  # type: ignore[arg-type]


def a_gateway(*trunks: Trunk, address: str = "127.0.0.1", protocol: str = "udp") -> Sip:
    """Settings of an endpoint on a free port of loopback."""
    return Sip(
        listen=(Listen(protocol, address, free_port(address)),),
        codecs=("pcma", "pcmu", "g722"),
        rtp_port=_RTP_PORTS,
        rtp_ports=2400,
        user_agent="ivr",
        trunks=trunks or (a_trunk(protocol=protocol, proxy=_nowhere(address)),),
    )


_RTP_PORTS = 22000
_MEDIA_PORTS = (18000, 22000)


def _nowhere(address: str) -> str:
    return f"[{address}]:9" if ":" in address else f"{address}:9"


def answer_and(act: Behaviour) -> Behaviour:
    """Answer a call, and at once do something with it."""

    def behave(line: Line) -> None:
        line.answer()
        act(line)

    return behave


class Desk:
    """Polls an endpoint on the test's own thread."""

    def __init__(self, sip: Sip, *, clock: Clock = steady, **options: float) -> None:
        self.events: list[CallEvent] = []
        self.times: list[float] = []
        self.lines: list[Line] = []
        self.rejected: Counter[str] = Counter()
        self.trunks: list[tuple[str, ...]] = []
        self.warnings: list[str] = []
        self.greet: Behaviour = Line.answer
        """What to do with an incoming call, once it is line 1, 2, ..."""
        self.react: Callable[[Line, CallEvent], None] = lambda _line, _event: None
        self.sip = sip
        self.port = sip.listen[0].port
        self.address = sip.listen[0].address
        self.endpoint = Endpoint(
            sip,
            clock=clock,
            arrived=self._take,
            rejected=self._count,
            trunks_changed=self.trunks.append,
            warn=self.warnings.append,
            **options,
        )
        self.endpoint.start()
        self._ahead = 0.0

    def until(self, happened: Callable[[], object], seconds: float = 5.0) -> None:
        """Poll until it has happened, or fail."""
        end = steady() + seconds
        while not happened():
            if steady() >= end:
                raise AssertionError(f"it did not happen in {seconds} s; seen: {self.events}")
            self.poll()

    def poll(self) -> None:
        """Let the endpoint work once."""
        self.endpoint.poll(self.now(), 0.01)

    def now(self) -> float:
        """The time as the endpoint is told it."""
        return steady() + self._ahead

    def later(self, seconds: float) -> None:
        """Set the endpoint's clock forward; it reads none itself."""
        self._ahead += seconds

    def run(self, seconds: float) -> None:
        """Poll for so long: for what must not happen."""
        end = steady() + seconds
        while steady() < end:
            self.poll()

    def dial(self, target: str, *, trunk: str = "", seconds_to_ring: float = 5.0) -> Line:
        number = len(self.lines) + 1
        line = self.endpoint.dial(
            target,
            trunk=trunk,
            shows="+4533663366",
            number=number,
            post=lambda event: self._post(line, event),
            seconds_to_ring=seconds_to_ring,
        )
        self.lines.append(line)
        return line

    def has(self, event: CallEvent) -> bool:
        return event in self.events

    def pressed(self) -> str:
        """Every key so far, of all lines."""
        return "".join(getattr(event, "key", "") for event in self.events)

    def close(self) -> None:
        self.endpoint.close()

    def _take(self, line: Line) -> None:
        self.lines.append(line)
        line.attach(len(self.lines), lambda event: self._post(line, event))
        self.greet(line)

    def _post(self, line: Line, event: CallEvent) -> None:
        self.events.append(event)
        self.times.append(self.now())
        self.react(line, event)

    def _count(self, what: str) -> None:
        self.rejected[what] += 1
