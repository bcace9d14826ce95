"""One mistake per file: a good site, what is changed in it, and the messages that promises.

    ! site/teams.yaml:4: there is no calendar `kontr`; did you mean `kontor`?
    @ site/teams.yaml
    -    calendar: kontor
    +    calendar: kontr

`!` lines are every problem that must be found, in order. After `@ file`, the `-` lines are
looked for in the file, all together, and replaced by the `+` lines that follow them; `+` lines
alone are added at its end, or make a new file. Everything else is a remark.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
GOOD = HERE / "good"
BAD = sorted((HERE / "bad").glob("*.txt"))
ENVIRONMENT = {"PBX_PASSWORD": "hunter2"}


@dataclass(frozen=True, slots=True)
class Change:
    """Lines of a file, and what stands there instead."""

    file: str
    removed: tuple[str, ...]
    added: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """The messages that are promised, and the changes that bring them about."""

    promised: tuple[str, ...]
    changes: tuple[Change, ...]


def read(file: Path) -> Case:
    """Return the case a file describes."""
    promised: list[str] = []
    changes: list[Change] = []
    name, before = "", ""
    for line in file.read_text(encoding="utf-8").splitlines():
        mark, text = line[:1], line[1:]
        if mark == "!":
            promised.append(text.strip())
        elif mark == "@":
            name = text.strip()
        elif mark in {"-", "+"}:
            if before not in {"-", mark}:
                changes.append(Change(name, (), ()))
            changes[-1] = _with(changes[-1], mark, text)
        before = mark
    return Case(tuple(promised), tuple(changes))


def _with(change: Change, mark: str, text: str) -> Change:
    if mark == "-":
        return Change(change.file, (*change.removed, text), change.added)
    return Change(change.file, change.removed, (*change.added, text))


def lay_out(folder: Path, changes: tuple[Change, ...] = ()) -> Path:
    """Copy the good site and its prompts to `folder`, change it, and return the site."""
    shutil.copytree(GOOD, folder, dirs_exist_ok=True)
    for change in changes:
        file = folder / change.file
        file.parent.mkdir(parents=True, exist_ok=True)
        old = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        new = _changed(old, change)
        file.write_text("".join(f"{line}\n" for line in new), encoding="utf-8")
    return folder / "site"


def _changed(lines: list[str], change: Change) -> list[str]:
    size = len(change.removed)
    if size == 0:
        return [*lines, *change.added]
    places = [n for n in range(len(lines)) if tuple(lines[n : n + size]) == change.removed]
    assert len(places) == 1, f"{change.file}: {change.removed} stands {len(places)} times"
    return [*lines[: places[0]], *change.added, *lines[places[0] + size :]]
