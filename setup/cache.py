"""What is fetched or built once per machine and shared by every checkout on it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from setup.console import Step


def folder(name: str) -> Path:
    """A folder of the cache, made if need be."""
    path = _root() / name
    path.mkdir(parents=True, exist_ok=True)
    return path


@contextmanager
def only_one(name: str, step: Step) -> Iterator[None]:
    """Hold back a second checkout that sets up at the same time."""
    with (folder(".") / f"{name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            step.say("waiting for another checkout that does the same")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _root() -> Path:
    if named := os.environ.get("IVR_CACHE"):
        return Path(named).expanduser().absolute()
    caches = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(caches).expanduser() / "ivr"
