"""Sends RTP as a telephone would: silence, and keys as RFC 4733 has them."""

import socket
import struct
from dataclasses import dataclass, field

KEYS = "0123456789*#ABCD"
_TICK = 160
"""Samples in 20 ms."""


@dataclass
class Sender:
    """One RTP stream from its own socket to a port on loopback."""

    port: int
    payload_type: int = 101
    address: str = "127.0.0.1"
    sequence: int = 1
    stamp: int = 1000
    _socket: socket.socket = field(init=False)

    def __post_init__(self) -> None:
        family = socket.AF_INET6 if ":" in self.address else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_DGRAM)

    def silence(self, packets: int = 1) -> None:
        for _ in range(packets):
            self._send(8, b"\xd5" * _TICK)
            self.stamp += _TICK

    def report(self, *events: tuple[str, int, bool], stamp: int, marker: bool = False) -> None:
        """One packet with a report (key, duration, is the end) or, packed, several."""
        body = b"".join(
            struct.pack("!BBH", KEYS.index(key), 0x8A if is_end else 0x0A, duration)
            for key, duration, is_end in events
        )
        self._send(self.payload_type, body, stamp=stamp, marker=marker)

    def press(self, key: str, packets: int = 4) -> None:
        """A whole press: its reports, and its end three times."""
        for number in range(packets):
            duration = (number + 1) * _TICK
            self.report((key, duration, False), stamp=self.stamp, marker=number == 0)
        for _ in range(3):
            self.report((key, (packets + 1) * _TICK, True), stamp=self.stamp)
        self.stamp += (packets + 2) * _TICK

    def close(self) -> None:
        self._socket.close()

    def _send(
        self, payload_type: int, body: bytes, *, stamp: int | None = None, marker: bool = False
    ) -> None:
        kind = payload_type | (0x80 if marker else 0)
        at = self.stamp if stamp is None else stamp
        header = struct.pack("!BBHII", 0x80, kind, self.sequence & 0xFFFF, at, 0x1234)
        self.sequence += 1
        self._socket.sendto(header + body, (self.address, self.port))
