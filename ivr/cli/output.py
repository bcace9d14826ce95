"""Standard output for a gateway: a call never waits for whoever reads it, and never ends with him.

Whoever reads may go away, stand still, or keep what he reads on a disk that is full. What cannot
be written at once is lost; the journal has it.
"""

import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from typing import Any


class _Lossy(io.RawIOBase):
    """Writes to a descriptor, and takes no notice when that fails."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return os.isatty(self._descriptor)

    def write(self, octets: Any) -> int:  # noqa: ANN401 -- typeshed's name for it is private
        with suppress(OSError):
            os.write(self._descriptor, octets)
        return len(octets)


@contextmanager
def lossy_output(descriptor: int) -> Iterator[None]:
    """Have everything that is printed meanwhile written to this descriptor, or lost."""
    may_stand_still = not stat.S_ISREG(os.fstat(descriptor).st_mode) and not os.isatty(descriptor)
    if may_stand_still:
        os.set_blocking(descriptor, False)
    raw = io.BufferedWriter(_Lossy(descriptor))
    try:
        with (
            io.TextIOWrapper(raw, "utf-8", "backslashreplace", line_buffering=True) as lines,
            redirect_stdout(lines),
        ):
            yield
    finally:
        if may_stand_still:
            os.set_blocking(descriptor, True)
