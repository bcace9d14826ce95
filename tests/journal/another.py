"""Another process that does something to a journal, as its test tells it to.

python -m tests.journal.another holds PATH    takes the write lock until told to let go
python -m tests.journal.another fills FOLDER  mounts a tiny disk there, fills it, makes room
python -m tests.journal.another starts FOLDER the same, but opens the journal on the full disk
python -m tests.journal.another mends FOLDER  the same, with a damaged journal
python -m tests.journal.another grows FOLDER  may for a while write no file beyond a size
python -m tests.journal.another writes PATH CALL writes calls and surveys until it is killed
"""

import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from itertools import count
from pathlib import Path
from threading import Event, Lock

from ivr.engine import events as on
from ivr.journal import Journal, Reader
from tests.journal.owner import AT, LATER, Owner, answer_step, key, recording, survey_step

SECONDS_BETWEEN_STEPS = 0.01
"""So that no second holds more than a hundred steps, however fast the machine."""

BLOCK = 4096
ROOM_TO_LOOK = 25 * BLOCK
"""What it takes to find out that a journal is damaged, and less than another one needs."""


def holds(path: Path) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    say("held")
    sys.stdin.readline()
    connection.close()


def fills(folder: Path) -> None:
    ballast = mounted(folder) / "ballast"
    write_through(folder, lambda: fill(ballast), ballast.unlink)


def starts(folder: Path) -> None:
    ballast = mounted(folder) / "ballast"
    url = f"sqlite:///{folder}/journal.db"
    first = Owner(url)
    first.settle("before")
    first.journal.close()
    fill(ballast)
    owner = Owner(url)
    say(owner.journal.notice)
    say(len(Reader(url).restore(LATER)))
    owner.write(survey_step("during"))
    say(owner.trouble())
    ballast.unlink()
    say(owner.trouble())
    owner.journal.close()
    say(len(Reader(url).restore(LATER)))


def mends(folder: Path) -> None:
    """Open a damaged journal with no room for a new one beside it, then make room."""
    ballast = mounted(folder) / "ballast"
    path = folder / "journal.db"
    url = f"sqlite:///{path}"
    first = Owner(url)
    first.write(survey_step("never", on.Disposition.REFUSED, number="+4533333333"))
    first.settle("before")
    first.journal.close()
    spoil(path, "steps")
    fill(ballast, spare=ROOM_TO_LOOK)
    owner = Owner(url)
    say(owner.journal.notice)
    owner.write(survey_step("during"))
    say(owner.trouble())
    ballast.unlink()
    say(owner.trouble())
    owner.journal.close()
    say(*(type(event).__name__ for event in Reader(url).restore(LATER)))
    say(len(list(folder.glob("journal.db.corrupt-*Z"))))


def spoil(path: Path, table: str) -> None:
    """Spoil the page that a table begins at."""
    with closing(sqlite3.connect(path)) as connection:
        (page,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)
        ).fetchone()
    content = bytearray(path.read_bytes())
    content[(page - 1) * BLOCK : page * BLOCK] = b"\xff" * BLOCK
    path.write_bytes(content)


def mounted(folder: Path) -> Path:
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", folder], check=True)
    return folder


def grows(folder: Path) -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    write_through(
        folder,
        lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (50 * BLOCK, hard)),
        lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard)),
    )


def write_through(folder: Path, begin: Callable[[], None], end: Callable[[], None]) -> None:
    """Write before, during and after the trouble, and say what came of it."""
    owner = Owner(f"sqlite:///{folder}/journal.db")
    owner.settle("before")
    begin()
    number = 0
    while owner.troubles.empty():
        number += 1
        owner.write(key("call-1", number), survey_step(f"survey-{number}"))
        Event().wait(SECONDS_BETWEEN_STEPS)
    say(owner.trouble())
    end()
    say(owner.trouble())
    owner.settle("after")
    owner.journal.close()
    reader = Reader(owner.url)
    say(len(reader.restore(LATER)) == number + 2)
    say([step.now for step in reader.steps("call-1")] == [float(n + 1) for n in range(number)])


def fill(ballast: Path, spare: int = 0) -> None:
    """Write until nothing more than `spare` bytes fits."""
    with ballast.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(BLOCK)):
                pass
        except OSError:
            file.truncate(file.tell() - spare)
            say("full")


def writes(path: Path) -> None:
    """Say every step and every acknowledgement, each in one line, at once."""
    journal = Journal(
        f"sqlite:///{path}",
        at=AT,
        messages=recording,
        acknowledged=lambda word: say("saved", word.survey),
        troubled=lambda trouble: say("trouble", trouble),
    )
    call = sys.argv[3]
    for number in count(1):
        journal.write(key(call, number), None)
        say("wrote", number)
        if number % 17 == 0:
            survey = f"{call}-{number}"
            journal.write(answer_step(call, "q1", 1 + number % 9, survey=survey), None)
            journal.write(survey_step(survey, on.Disposition.COMPLETE), None)
        Event().wait(SECONDS_BETWEEN_STEPS)


_terminal = Lock()


def say(*words: object) -> None:
    with _terminal:
        print(*words, flush=True)  # noqa: T201 -- this is how it talks to its test


if __name__ == "__main__":
    tasks = {each.__name__: each for each in (holds, fills, starts, mends, grows, writes)}
    tasks[sys.argv[1]](Path(sys.argv[2]))
