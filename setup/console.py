"""What setting up tells whoever waits for it, and how it runs other programs.

On a terminal one line per step is rewritten while the step works; elsewhere, as in a build
log, a line is printed when a step begins and when it ends. What the programs print goes to
files under build/log/, whose end is shown when one of them fails.
"""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

LOGS = Path("build/log")
_SECONDS_BETWEEN_LOOKS = 0.2
_LINES_OF_A_FAILED_LOG = 20


@dataclass
class SetupError(Exception):
    """What failed, and what whoever reads it can do about it."""

    what: str
    advice: str
    log: Path | None = None

    def __str__(self) -> str:
        lines = [self.what]
        if self.log is not None and self.log.exists():
            tail = self.log.read_text(errors="replace").splitlines()[-_LINES_OF_A_FAILED_LOG:]
            lines += [f"The end of {self.log}:", *(f"    {line}" for line in tail)]
        return "\n".join([*lines, self.advice])


@dataclass(frozen=True)
class Work:
    """A program to run, quietly."""

    command: tuple[str | Path, ...]
    doing: str
    log: str
    where: Path = Path()
    environment: Mapping[str, str] = field(default_factory=dict)
    counts: str = ""
    """What it prints once for each thing it finished; shown as a number while it runs."""

    @property
    def log_file(self) -> Path:
        """Where its output goes."""
        return LOGS / f"{self.log}.log"

    def come_so_far(self) -> str:
        """How far it came, where it says so."""
        if not self.counts or not self.log_file.exists():
            return ""
        return f", {self.log_file.read_text(errors='replace').count(self.counts)} done"

    def start(self) -> subprocess.Popen[bytes]:
        """Begin; the output goes to the log."""
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        with self.log_file.open("wb") as output:
            return subprocess.Popen(
                [str(word) for word in self.command],
                cwd=self.where,
                env={**os.environ, "LC_ALL": "C.UTF-8", **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )


@dataclass
class Step:
    """One line on the screen: what is being done, for how long, and how it ended."""

    title: str
    began: float = field(default_factory=time.monotonic)
    doing: str = ""
    outcome: str = ""

    def say(self, doing: str) -> None:
        """Tell what the step is busy with; a changed text shows at once."""
        if doing == self.doing and not _terminal():
            return
        self.doing = doing
        if _terminal():
            self._rewrite(f"  … {self.title}: {doing} ({self._seconds()})")
        else:
            print(f"  … {self.title}: {doing}", flush=True)

    def run(
        self,
        *command: str | Path,
        doing: str,
        log: str,
        advice: str,
        where: Path = Path(),
        environment: Mapping[str, str] | None = None,
        counts: str = "",
    ) -> None:
        """Run a program to its end."""
        self.run_together(
            [Work(command, doing, log, where, environment or {}, counts)], advice=advice
        )

    def run_together(self, works: Sequence[Work], *, advice: str) -> None:
        """Run programs side by side, until all have ended or one has failed."""
        self._tell_of(works)
        running = [(work, work.start()) for work in works]
        try:
            while busy := [work for work, process in running if process.poll() is None]:
                self._tell_of(busy)
                for work, process in running:
                    _refuse_failure(work, process, advice)
                time.sleep(_SECONDS_BETWEEN_LOOKS)
            for work, process in running:
                _refuse_failure(work, process, advice)
        finally:
            for _, process in running:
                if process.poll() is None:
                    process.terminate()
                    process.wait()

    def _tell_of(self, busy: Sequence[Work]) -> None:
        told = (work.doing + (work.come_so_far() if _terminal() else "") for work in busy)
        self.say(" and ".join(told))

    def close(self, mark: str) -> None:
        """Leave the line as it shall stand."""
        text = f"  {mark} {self.title}: {self.outcome or 'done'} ({self._seconds()})"
        if _terminal():
            self._rewrite(text)
            print(flush=True)
        else:
            print(text, flush=True)

    def _seconds(self) -> str:
        spent = time.monotonic() - self.began
        return f"{spent:.1f} s" if spent < 10 else f"{spent:.0f} s"  # noqa: PLR2004

    @staticmethod
    def _rewrite(text: str) -> None:
        width = shutil.get_terminal_size().columns
        print("\r\033[K" + text[: width - 1], end="", flush=True)


@contextmanager
def step(title: str) -> Iterator[Step]:
    """Show one step from its beginning to its end."""
    current = Step(title)
    try:
        yield current
    except BaseException:
        current.outcome = "failed"
        current.close("✗")
        raise
    current.close("✓")


def _refuse_failure(work: Work, process: subprocess.Popen[bytes], advice: str) -> None:
    status = process.poll()
    if status is not None and status != 0:
        message = f"{work.doing} failed: {Path(work.command[0]).name} ended with status {status}."
        raise SetupError(message[0].upper() + message[1:], advice, work.log_file)


def _terminal() -> bool:
    return sys.stdout.isatty()
