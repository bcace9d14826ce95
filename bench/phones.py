"""Telephones on loopback: they hear, murmur, and press a key, each call on its own.

SIPp speaks SIP for them and names their ports in its offers, but neither measures gaps nor
sends RTP without being root. Arrival times are the kernel's, so a late turn of this thread
makes no gap; and each telephone has a socket, so it loses no packet either.
"""

import select
import socket
import struct
import time
from array import array
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from heapq import heappop, heappush
from threading import Thread
from typing import NamedTuple, Self

from bench import rtp, trunk
from bench.figures import Heard, heard
from bench.pulse import Interval

LOOPBACK = "127.0.0.1"
SECONDS_A_PACKET = 0.02
SECONDS_A_TURN = 0.002
SECONDS_UNTIL_QUIET = 0.1
"""A telephone that hears nothing for so long says nothing either: the call may have ended."""
SECONDS_UNTIL_OVER = 2.0
"""A stream that is silent for so long has ended; what a gateway does not send so long is lost."""
REPEATED = 3
"""The end of a key is sent three times (RFC 4733 section 2.5.1.4)."""
DIGIT = 1

_TIMESTAMPNS = 35
"""SO_TIMESTAMPNS of Linux, which the socket module does not name."""
_TIME = struct.Struct("qq")
_ROOM = socket.CMSG_SPACE(_TIME.size)
_LARGEST = 4096
_ALL = 0xFFFFFFFF

Address = tuple[str, int]


class Utterance(NamedTuple):
    """What is said, in packets of 20 ms of A-law, so many seconds after the first one heard."""

    after: float
    words: Sequence[bytes]


class Datagram(NamedTuple):
    """What arrived, when (wall time in ns, by the kernel), and from where."""

    octets: bytes
    at: int
    source: Address


class Source(NamedTuple):
    """Who sends a stream: the SSRC identifies it to that telephone alone (RFC 3550 section 8).

    Of 18,000 calls two may have the same: PJSIP's are as random as rand(), which libuuid
    seeds anew, with the time, whenever a call gets its tag.
    """

    descriptor: int
    ssrc: int


class Stream:
    """One call as its telephone hears it."""

    def __init__(self, ssrc: int, phone: socket.socket, gateway: Address) -> None:
        self.own = ssrc ^ _ALL
        self.phone = phone
        self.gateway = gateway
        self.arrivals = array("q")
        self.sequences = array("H")
        self.last_heard = 0.0
        self.sent = 0
        self.pressed_at = 0
        """When a key was let go, or the last word was said."""
        self.sound = rtp.MURMUR
        self._words: deque[bytes] = deque()

    def say(self, words: Sequence[bytes]) -> None:
        """Say these packets instead of the murmur, one every 20 ms, and be silent from then on."""
        self._words.extend(words)

    def murmur(self) -> None:
        if time.monotonic() - self.last_heard >= SECONDS_UNTIL_QUIET:
            return
        if not self._words:
            self._send(rtp.voice(self.sent, self.own, self.sound))
            return
        self._send(rtp.voice(self.sent, self.own, self._words.popleft()))
        if not self._words:
            self.pressed_at = time.time_ns()

    @property
    def is_speaking(self) -> bool:
        return bool(self._words)

    def press(self) -> None:
        """Press and let go of a key; both are told in one report, repeated at once."""
        stamp = self.sent
        self.pressed_at = time.time_ns()
        for _ in range(REPEATED):
            self._send(rtp.key(DIGIT, self.sent, stamp, self.own))

    def _send(self, packet: bytes) -> None:
        self.sent += 1
        with suppress(OSError):  # the gateway has closed this call's port
            self.phone.sendto(packet, self.gateway)


class Phones:
    """Telephones that answer themselves; a context manager around the thread they live on."""

    def __init__(
        self,
        many: int,
        *,
        press_after: float | None = None,
        utterances: Sequence[Utterance] = (),
    ) -> None:
        """`press_after` is when, after the first packet heard, a call's key is pressed.

        The first telephones are those of people who speak: each has an utterance, is quiet
        until he says it, and quiet again.
        """
        self._press_after = press_after
        self._sockets = [_socket() for _ in range(many)]
        self._utterances = dict(zip(self._sockets, utterances, strict=False))
        self._trunk = _socket()
        self._by_descriptor = {phone.fileno(): phone for phone in self._sockets}
        self._by_port = {phone.getsockname()[1]: phone for phone in self._sockets}
        self._streams: dict[Source, Stream] = {}
        self._latest: dict[socket.socket, Stream] = {}
        self._talk: list[tuple[float, Source]] = []
        self._keys: deque[tuple[float, Source]] = deque()
        self._speaking: list[tuple[float, Source, Sequence[bytes]]] = []
        self._is_stopping = False
        self._thread = Thread(target=self._run, name="phones", daemon=True)
        self.heard: list[Heard] = []
        """Every call that is over, those of people who speak apart."""
        self.until_action: list[Interval] = []
        """From a key to the INVITE it led to."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_stopping = True
        self._thread.join()
        for phone in (*self._sockets, self._trunk):
            phone.close()
        for source in tuple(self._streams):
            self._end(source)

    @property
    def ports(self) -> list[int]:
        return list(self._by_port)

    @property
    def trunk(self) -> int:
        """The port where the gateway finds its PBX."""
        port: int = self._trunk.getsockname()[1]
        return port

    @property
    def talking(self) -> int:
        """How many calls are up."""
        return len(self._streams)

    # --- on the thread --------------------------------------------------------------------------

    def _run(self) -> None:
        with select.epoll() as ready:
            for descriptor in (*self._by_descriptor, self._trunk.fileno()):
                ready.register(descriptor, select.EPOLLIN)
            while not self._is_stopping:
                for descriptor, _ in ready.poll(SECONDS_A_TURN):
                    self._receive(descriptor)
                now = time.monotonic()
                self._press(now)
                self._speak(now)
                self._murmur(now)

    def _receive(self, descriptor: int) -> None:
        phone = self._by_descriptor.get(descriptor, self._trunk)
        while (datagram := _received(phone)) is not None:
            if phone is self._trunk:
                self._refuse(datagram)
            else:
                self._listen(phone, datagram)

    def _refuse(self, datagram: Datagram) -> None:
        """Note what the key led to, and be busy."""
        if not datagram.octets.startswith(b"INVITE "):
            return
        self._trunk.sendto(trunk.busy(datagram.octets), datagram.source)
        phone = self._by_port.get(trunk.port_of(datagram.octets) or 0)
        stream = self._latest.get(phone) if phone else None
        if stream is not None and (stream.pressed_at or stream.is_speaking):
            # What is clear before the last word is over is acted upon in no time.
            self.until_action.append(Interval(stream.pressed_at or datagram.at, datagram.at))
            stream.pressed_at = 0

    def _listen(self, phone: socket.socket, datagram: Datagram) -> None:
        header = rtp.header(datagram.octets)
        if header is None:
            return
        source = Source(phone.fileno(), header.ssrc)
        stream = self._streams.get(source)
        if stream is None:
            stream = self._begin(source, phone, datagram.source)
        stream.last_heard = time.monotonic()
        stream.arrivals.append(datagram.at)
        stream.sequences.append(header.sequence)

    def _begin(self, source: Source, phone: socket.socket, gateway: Address) -> Stream:
        stream = self._streams[source] = self._latest[phone] = Stream(source.ssrc, phone, gateway)
        now = time.monotonic()
        # People do not all speak in step with the gateway's clock.
        heappush(self._talk, (now + source.ssrc % 1000 / 1000 * SECONDS_A_PACKET, source))
        if self._press_after is not None:
            self._keys.append((now + self._press_after, source))
        if phone in self._utterances:
            after, words = self._utterances[phone]
            stream.sound = rtp.QUIET
            heappush(self._speaking, (now + after, source, words))
        return stream

    def _speak(self, now: float) -> None:
        while self._speaking and self._speaking[0][0] <= now:
            _, source, words = heappop(self._speaking)
            stream = self._streams.get(source)
            if stream is not None:
                stream.say(words)

    def _press(self, now: float) -> None:
        while self._keys and self._keys[0][0] <= now:
            stream = self._streams.get(self._keys.popleft()[1])
            if stream is not None:
                stream.press()

    def _murmur(self, now: float) -> None:
        while self._talk and self._talk[0][0] <= now:
            due, source = heappop(self._talk)
            stream = self._streams[source]
            if now - stream.last_heard > SECONDS_UNTIL_OVER:
                self._end(source)
            else:
                stream.murmur()
                heappush(self._talk, (due + SECONDS_A_PACKET, source))

    def _end(self, source: Source) -> None:
        stream = self._streams.pop(source)
        if stream.phone not in self._utterances:
            self.heard.append(heard(stream.arrivals, stream.sequences))


def _socket() -> socket.socket:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.setblocking(False)
    made.setsockopt(socket.SOL_SOCKET, _TIMESTAMPNS, 1)
    made.bind((LOOPBACK, 0))
    return made


def _received(phone: socket.socket) -> Datagram | None:
    try:
        octets, ancillary, _, source = phone.recvmsg(_LARGEST, _ROOM)
    except OSError:
        return None
    seconds, nanoseconds = _TIME.unpack(ancillary[0][2])
    return Datagram(octets, seconds * 10**9 + nanoseconds, source)
