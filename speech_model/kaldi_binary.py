"""Kaldi's binary format, as far as a recogniser's model needs it; little-endian throughout."""

import struct
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike


class KaldiBinary:
    """Bytes written one after another, as `WriteToken` and `WriteBasicType` of Kaldi do."""

    def __init__(self) -> None:
        self._bytes = bytearray(b"\0B")

    def __bytes__(self) -> bytes:
        return bytes(self._bytes)

    def token(self, *words: str) -> None:
        for word in words:
            self._bytes += word.encode("ascii") + b" "

    def text(self, text: str) -> None:
        self._bytes += text.encode("ascii")

    def integer(self, *values: int) -> None:
        for value in values:
            self._bytes += struct.pack("<bi", 4, value)

    def single(self, value: float) -> None:
        self._bytes += struct.pack("<bf", 4, value)

    def double(self, value: float) -> None:
        self._bytes += struct.pack("<bd", 8, value)

    def integers(self, values: Sequence[int]) -> None:
        """A vector of 32-bit integers; its length has no size byte of its own."""
        self._bytes += struct.pack(f"<bi{len(values)}i", 4, len(values), *values)

    def vector(self, values: ArrayLike) -> None:
        floats = np.asarray(values, "<f4")
        self.token("FV")
        self.integer(floats.size)
        self._bytes += floats.tobytes()

    def matrix(self, values: ArrayLike) -> None:
        """One row for each output, one column for each input."""
        floats = np.ascontiguousarray(values, "<f4")
        self.token("FM")
        self.integer(*floats.shape)
        self._bytes += floats.tobytes()
