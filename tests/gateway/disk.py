"""A disk that can be full: a tiny one for root, otherwise a limit on the gateway's files."""

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

_BLOCK = bytes(4096)


class Disk(Protocol):
    """Where a gateway keeps its journal."""

    def fill(self, gateway: int) -> None:
        """Let nothing more be written by the gateway with this process id."""

    def make_room(self, gateway: int) -> None:
        """Let it write again."""


class _TinyDisk:
    def __init__(self, folder: Path) -> None:
        self._ballast = folder / "ballast"

    def fill(self, gateway: int) -> None:
        del gateway
        with self._ballast.open("wb", buffering=0) as file:
            try:
                while file.write(_BLOCK):
                    pass
            except OSError:
                return

    def make_room(self, gateway: int) -> None:
        del gateway
        self._ballast.unlink()


class _SmallFiles:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def fill(self, gateway: int) -> None:
        largest = max(file.stat().st_size for file in self._folder.glob("journal.db*"))
        _, hard = resource.prlimit(gateway, resource.RLIMIT_FSIZE)
        resource.prlimit(gateway, resource.RLIMIT_FSIZE, (largest, hard))

    def make_room(self, gateway: int) -> None:
        _, hard = resource.prlimit(gateway, resource.RLIMIT_FSIZE)
        resource.prlimit(gateway, resource.RLIMIT_FSIZE, (hard, hard))


@contextmanager
def small_disk(folder: Path) -> Iterator[Disk]:
    """Give a folder a disk of its own, if this user may."""
    folder.mkdir(parents=True)
    tiny = ("mount", "-t", "tmpfs", "-o", "size=2m", "none", folder)
    if os.geteuid() or subprocess.run(tiny, capture_output=True, check=False).returncode:
        yield _SmallFiles(folder)
        return
    try:
        yield _TinyDisk(folder)
    finally:
        subprocess.run(("umount", "--lazy", folder), check=True)
