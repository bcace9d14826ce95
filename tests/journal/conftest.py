"""A journal in a folder of its own, and what it said to its owner."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.journal.owner import Owner


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


@pytest.fixture
def owner(path: Path) -> Iterator[Callable[..., Owner]]:
    """Opens journals, by default all in one file, and closes them in the end."""
    opened: list[Owner] = []

    def open_one(url: str = f"sqlite:///{path}", **options: int) -> Owner:
        opened.append(Owner(url, **options))
        return opened[-1]

    yield open_one
    for one in opened:
        one.journal.close()
