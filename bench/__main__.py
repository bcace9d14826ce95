"""`make bench`, or `python -m bench`: what this machine carries, as a table.

    python -m bench                   everything, some six minutes
    python -m bench --quick           the same shorter, without the memory: under 90 seconds
    python -m bench --only latency    one measurement: concurrent, latency, throughput, memory,
                                      engine or speech; may be repeated

A gateway with a small site of its own is started on one processor, SIPp and the telephones on
another; all of it on loopback and in a temporary folder. It exits 0 if every goal was met.
"""

import argparse
import os
import platform
import shutil
import signal
import sys
import time
from collections.abc import Mapping
from types import FrameType

from rich.console import Console
from rich.table import Table

from bench.figures import Figure
from bench.gateway import BenchError, Cores
from bench.measuring import MEASUREMENTS as ALONE
from bench.plan import QUICK, WHOLE, Plan
from bench.speaking import speech
from ivr.errors import IvrError

MEASUREMENTS = {**ALONE, "speech": speech}
console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
MISSED, NOT_MEASURED, INTERRUPTED = 1, 2, 130
BUSY = 0.5
"""The load of one minute from which a machine is not at rest."""
VERDICTS: Mapping[bool | None, str] = {True: "[green]met[/]", False: "[red]missed[/]", None: ""}


def main() -> int:
    """Measure, print the table, and return the exit status."""
    options = _options()
    plan = QUICK if options.quick else WHOLE
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt)
    figures: dict[str, list[Figure]] = {}
    status = 0
    try:
        cores = _ready()
        for name in options.only or MEASUREMENTS:
            figures[name] = _measured(name, plan, cores)
    except (BenchError, IvrError, OSError) as error:
        console.print(f"[bold red]It could not be measured:[/] {error}", soft_wrap=True)
        status = NOT_MEASURED
    except KeyboardInterrupt:
        console.print("interrupted")
        status = INTERRUPTED
    console.print(_table(figures))
    missed = sum(figure.met is False for found in figures.values() for figure in found)
    console.print(f"{missed} goals missed" if missed else "every goal met" * (not status))
    return status or (MISSED if missed else 0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--quick", action="store_true", help="shorter, and without the memory")
    parser.add_argument("--only", action="append", choices=MEASUREMENTS, help="may be repeated")
    return parser.parse_args()


def _ready() -> Cores:
    """See that everything is there, and take the load's core ourselves."""
    for program in ("sipp", "taskset", "setpriv"):
        if shutil.which(program) is None:
            raise BenchError(f"there is no {program}; `make bench` installs it")
    allowed = sorted(os.sched_getaffinity(0))
    cores = Cores(gateway=allowed[0], load=allowed[-1])
    load = os.getloadavg()[0]
    console.print(
        f"Python {platform.python_version()}, {platform.machine()}; "
        f"the gateway on core {cores.gateway}, the load on core {cores.load}"
    )
    if cores.gateway == cores.load:
        console.print("[yellow]There is one core only: the load slows the gateway down.[/]")
    if load > BUSY:
        console.print(f"[yellow]Others use this machine (load {load:.1f}): expect worse.[/]")
    os.sched_setaffinity(0, {cores.load})
    return cores


def _measured(name: str, plan: Plan, cores: Cores) -> list[Figure]:
    console.print(f"{name} ...", end="")
    began = time.monotonic()
    found = MEASUREMENTS[name](plan, cores)
    console.print(f" {time.monotonic() - began:.0f} s")
    return found


def _table(figures: dict[str, list[Figure]]) -> Table:
    table = Table(header_style="bold")
    for column in ("", "what", "goal", "measured", "verdict"):
        table.add_column(column)
    for name, found in figures.items():
        for place, figure in enumerate(found):
            shown = "" if place else name
            table.add_row(shown, figure.what, figure.goal, figure.measured, VERDICTS[figure.met])
        table.add_section()
    return table


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
