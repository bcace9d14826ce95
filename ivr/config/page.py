"""One file of a site: what it says, typed, and everything that is wrong with it.

page = read(TeamsFile, folder / "teams.yaml")
page.content      without the entries that have faults, so that the rest can be checked
page.problems     each with its line; later checks add theirs with `page.fault`
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar, cast

from pydantic import ValidationError

from ivr.config.schema import Place, Section, faults
from ivr.config.source import Source, Value
from ivr.errors import Problem

Content = TypeVar("Content", bound=Section)


@dataclass(slots=True)
class Page(Generic[Content]):
    """One file. `content` is None when not even a part of it can be used."""

    source: Source
    content: Content | None
    problems: list[Problem] = field(default_factory=list)

    def fault(self, place: Iterable[str | int], message: str) -> None:
        """Note a problem where `place` is written."""
        self.problems.append(self.source.problem(place, message))

    def names(self, *section: str) -> frozenset[str] | None:
        """Return what a section declares, faulty entries too; None if that cannot be known."""
        entries: Value = self.source.value
        for name in section:
            entries = entries.get(name, "") if isinstance(entries, dict) else ""
        return frozenset(entries) if isinstance(entries, dict) else None


def read(kind: type[Content], file: Path) -> Page[Content]:
    """Return the page that a file is."""
    source = Source(file)
    page = Page[Content](source, None, list(source.problems))
    if source.is_readable:
        page.content = _content(kind, page)
    return page


def _content(kind: type[Content], page: Page[Content]) -> Content | None:
    written = page.source.value
    try:
        return kind.model_validate(written)
    except ValidationError as error:
        found = faults(kind, error)
    for fault in found:
        page.fault(fault.place, fault.message)
    for entry in {fault.entry for fault in found}:
        if entry is None:
            return None
        _remove(written, entry)
    return kind.model_validate(written)


def _remove(written: Value, entry: Place) -> None:
    """Take out an entry; every step to it is a mapping of names."""
    *way, name = entry
    for part in way:
        written = cast("dict[str, Value]", written)[str(part)]
    cast("dict[str, Value]", written).pop(str(name), None)
