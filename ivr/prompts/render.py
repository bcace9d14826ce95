"""Makes every recording that is missing or whose words, voice or making have changed.

Several recordings are made side by side, in processes of their own, because the arithmetic is
plain Python. Each file appears whole or not at all, the manifest is written last, and a lock
keeps a second rendering waiting until the first is done; so it may be stopped at any moment.
"""

import fcntl
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

from ivr.errors import RenderError
from ivr.prompts import audio, manifest, texts
from ivr.prompts.origins import Composed, Origin, Played, Recorded, Spoken
from ivr.prompts.plan import Plan, plans
from ivr.prompts.voices import Voice

LOCK = ".render.lock"

FEW = 8
"""So many recordings are made sooner than two more Pythons have started."""

Progress = Callable[[int, int, str], None]
"""Told how many recordings are made, of how many, and which was the last."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a rendering did, in recordings; `seconds` is how long all of them together play."""

    rendered: int
    unchanged: int
    removed: int
    seconds: float


@dataclass(frozen=True, slots=True)
class _Job:
    name: str
    origin: Origin
    file: Path


class _Folder:
    """A folder of recordings: what should be there, and what is."""

    def __init__(self, plan: Plan) -> None:
        self.path = plan.folder
        self.origins = plan.origins
        self.manifest = manifest.read(plan.folder)
        self.manifest.prompts = dict(plan.prompts)
        self._hashes = {name: origin.fingerprint() for name, origin in plan.origins.items()}

    def jobs(self) -> Iterator[_Job]:
        for name, origin in self.origins.items():
            file = self.path / f"{name}.wav"
            if not self.manifest.holds(name, self._hashes[name], file):
                yield _Job(name, origin, file)

    def done(self, name: str, octets: int) -> None:
        self.manifest.recordings[name] = manifest.Entry(self._hashes[name], octets)

    def swept(self) -> int:
        """Remove what is no longer wanted, and what an interrupted rendering left behind."""
        for unfinished in self.path.glob(".*.tmp"):
            unfinished.unlink()
        gone = [f for f in self.path.glob("*.wav") if f.name[: -len(".wav")] not in self.origins]
        for file in gone:
            file.unlink()
        for name in self.manifest.recordings.keys() - self.origins.keys():
            del self.manifest.recordings[name]
        return len(gone)

    def seconds(self) -> float:
        octets = (entry.octets - audio.HEADER for entry in self.manifest.recordings.values())
        return sum(octets) / audio.OCTETS_PER_SECOND


def _silent(_done: int, _total: int, _name: str) -> None:
    """Show nothing."""


def render_all(
    folder: Path,
    voices: Mapping[str, Voice],
    progress: Progress = _silent,
    *,
    workers: int | None = None,
) -> Report:
    """Render the prompts of every language, and the music, in the folder."""
    words = texts.load(folder)
    try:
        with _alone(folder):
            folders = [_Folder(plan) for plan in plans(folder, words, voices)]
            return _render(folders, progress, workers or os.cpu_count() or 1)
    except OSError as error:
        raise RenderError(f"{error.filename or folder}: {error.strerror or error}") from error


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Wait until no other process renders into the folder."""
    with (folder / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _render(folders: Sequence[_Folder], progress: Progress, workers: int) -> Report:
    for folder in folders:
        folder.path.mkdir(parents=True, exist_ok=True)
    removed = sum(folder.swept() for folder in folders)
    jobs = {job: folder for folder in folders for job in folder.jobs()}
    for voice in {job.origin.voice for job in jobs if isinstance(job.origin, Spoken)}:
        voice.check()
    try:
        for done, (job, octets) in enumerate(_made(list(jobs), workers), start=1):
            jobs[job].done(job.name, octets)
            progress(done, len(jobs), job.name)
    finally:
        # What is made stays made, also when the rest fails.
        for folder in folders:
            manifest.write(folder.path, folder.manifest)
    wanted = sum(len(folder.origins) for folder in folders)
    seconds = sum(folder.seconds() for folder in folders)
    return Report(len(jobs), wanted - len(jobs), removed, seconds)


def _made(jobs: list[_Job], workers: int) -> Iterator[tuple[_Job, int]]:
    if len(jobs) <= FEW or workers == 1:
        yield from ((job, _make(job)) for job in jobs)
        return
    # The longest first, so that no worker is left with one at the end.
    jobs.sort(key=_effort, reverse=True)
    # A fresh Python per worker: a copy of a process with threads can hang.
    fresh = get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=fresh, initializer=_ignore_ctrl_c) as pool:
        try:
            futures = {pool.submit(_make, job): job for job in jobs}
            for future in as_completed(futures):
                yield futures[future], future.result()
        except BrokenProcessPool as error:
            raise RenderError("a rendering process was killed; is memory short?") from error
        finally:
            pool.shutdown(cancel_futures=True)


def _effort(job: _Job) -> int:
    match job.origin:
        case Spoken(words):
            return len(words)
        case Recorded(file) | Played(file):
            return file.stat().st_size
        case Composed():
            return sys.maxsize


def _ignore_ctrl_c() -> None:
    # The parent stops, and its workers with it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _make(job: _Job) -> int:
    """Make one recording, and return the size of its file."""
    try:
        audio.write(job.file, job.origin.samples())
        return job.file.stat().st_size
    except RenderError as error:
        raise RenderError(f"{job.name}: {error}") from error
