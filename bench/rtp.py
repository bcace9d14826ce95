"""RTP packets (RFC 3550) and keys (RFC 4733): as much of them as a telephone needs."""

import struct
from random import Random
from typing import NamedTuple

_HEADER = struct.Struct("!BBHII")
_KEY = struct.Struct("!BBH")
_VERSION = 0x80
_MARKER = 0x80
_END_AND_VOLUME = 0x80 | 10
_PCMA = 8
_CONTROL = range(192, 224)
"""The second octet of RTCP, which goes to the port above and so to another telephone."""
KEYS = 101
"""The payload type of telephone-event in our offers."""
SAMPLES = 160
"""In a packet of 20 ms at 8 kHz."""
MURMUR = Random(1).randbytes(SAMPLES)
QUIET = bytes([0x55, 0xD5]) * (SAMPLES // 2)
"""The least there is on a line: one step of A-law up and down."""
_SHORTEST_KEY = 400
"""50 ms: a shorter key may be taken for noise."""


class Header(NamedTuple):
    """What tells a stream, and the place of a packet in it."""

    sequence: int
    ssrc: int


def header(packet: bytes) -> Header | None:
    """Return the header of a packet; None when it is no RTP."""
    if len(packet) < _HEADER.size or packet[0] & 0xC0 != _VERSION or packet[1] in _CONTROL:
        return None
    _, _, sequence, _, ssrc = _HEADER.unpack_from(packet)
    return Header(sequence, ssrc)


def voice(sequence: int, ssrc: int, sound: bytes = MURMUR) -> bytes:
    """Return 20 ms of A-law."""
    stamp = sequence * SAMPLES & 0xFFFFFFFF
    return _HEADER.pack(_VERSION, _PCMA, sequence & 0xFFFF, stamp, ssrc) + sound


def key(digit: int, sequence: int, stamp: int, ssrc: int) -> bytes:
    """Return the report of a whole key: its end is the first that is heard of it."""
    head = _HEADER.pack(
        _VERSION, _MARKER | KEYS, sequence & 0xFFFF, stamp * SAMPLES & 0xFFFFFFFF, ssrc
    )
    return head + _KEY.pack(digit, _END_AND_VOLUME, _SHORTEST_KEY)


def alaw(sample: int) -> int:
    """Return a 16-bit sample as G.711 A-law has it."""
    mask, size = (0xD5, sample >> 3) if sample >= 0 else (0x55, -(sample >> 3) - 1)
    segment = max(0, size.bit_length() - 5)
    if segment > _MOST_SEGMENT:
        return 0x7F ^ mask
    return (segment << 4 | size >> max(1, segment) & 0xF) ^ mask


_MOST_SEGMENT = 7
