"""Tables on a terminal, and in a pipe."""

import sys

from rich.console import Console
from rich.table import Table

LONGEST_ROW = 1000


class _Console(Console):
    def on_broken_pipe(self) -> None:
        raise BrokenPipeError  # which is no failure: `main` knows


def table(*columns: str) -> Table:
    """Return an empty table; its first column is never folded."""
    empty = Table(box=None, pad_edge=False, header_style="bold")
    for place, column in enumerate(columns):
        empty.add_column(column, overflow="fold", no_wrap=place == 0)
    return empty


def show(filled: Table) -> None:
    """Print it. A terminal folds what is too long; a file or a pipe gets one line a row."""
    width = None if sys.stdout.isatty() else LONGEST_ROW
    _Console(width=width, markup=False, highlight=False).print(filled)
