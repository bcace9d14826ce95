"""Stages that are done once: what they are made from decides whether they must be done again.

A stage keeps a note: the checksum of its code and of everything it reads. When
that has not changed and the result is there, the stage is passed over.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.progress import (
    BarColumn,
    Progress,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

CODE = Path(__file__).parents[1]


@dataclass(frozen=True)
class Stage:
    """One step from the list of words to the model card."""

    name: str
    result: Path
    """A file or a folder."""
    notes: Path
    reads: tuple[Path, ...]
    code: tuple[str, ...]
    """The modules of this package that decide about the result."""
    settings: str = ""
    """What was asked for on the command line."""

    @property
    def _note(self) -> Path:
        return self.notes / f"{self.name}.made_from"

    def made_from(self) -> str:
        """A checksum of everything that decides about the result."""
        digest = hashlib.sha256(self.settings.encode())
        for file in _files([*(CODE / f"{module}.py" for module in self.code), *self.reads]):
            digest.update(f"\0{file.name}\0".encode())
            digest.update(file.read_bytes())
        return digest.hexdigest()

    def is_done(self) -> bool:
        return (
            self.result.exists()
            and self._note.exists()
            and self._note.read_text() == self.made_from()
        )

    def run(self, work: Callable[[], None], *, anew: Callable[[], None] = lambda: None) -> bool:
        """Do the work unless it is done; `anew` clears what an older attempt left.

        Interrupted work goes on where it stopped, as long as it is still the same work.
        Returns whether there was anything to do.
        """
        if self.is_done():
            print(f"{self.name}: up to date")
            return False
        print(f"{self.name} ...", flush=True)
        wanted = self.made_from()
        begun = self._note.with_suffix(".begun")
        if not begun.exists() or begun.read_text() != wanted:
            anew()
            begun.parent.mkdir(parents=True, exist_ok=True)
            begun.write_text(wanted)
        self._note.unlink(missing_ok=True)
        work()
        begun.unlink()
        self._note.write_text(wanted)
        return True


def _files(paths: Iterable[Path]) -> list[Path]:
    """The files, and those below the folders; in an order that does not depend on the disk."""
    found: list[Path] = []
    for path in paths:
        found += sorted(path.rglob("*")) if path.is_dir() else [path]
    return [path for path in found if path.is_file()]


@contextmanager
def shown(title: str) -> Iterator[Callable[[float, float], None]]:
    """Show how far something is and how long it will still take; tell it `done, of`."""
    columns = (TextColumn("  {task.description}"), BarColumn(), TaskProgressColumn())
    times = (
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(elapsed_when_finished=False),
    )
    with Progress(*columns, *times, speed_estimate_period=300) as progress:
        task = progress.add_task(title, total=None)
        yield lambda done, of: progress.update(task, completed=done, total=of)
