"""`ivr run`: the gateway in the foreground, as systemd and the demo start it."""

import argparse
import sys
from pathlib import Path

from ivr.cli.output import lossy_output
from ivr.config import load
from ivr.daemon import Daemon, Watch
from ivr.engine.record import CallRecord
from ivr.engine.step import Step
from ivr.gateway import Configuration
from ivr.log import configure
from ivr.story import told, who


def run(options: argparse.Namespace) -> int:
    """Run until SIGTERM or SIGINT; return 0 when everything was let go in order."""
    watch = telling(numbers=options.numbers) if options.watch else None
    serve(options.folder, load(options.folder), watch)
    return 0


def serve(folder: Path, configuration: Configuration, watch: Watch | None) -> None:
    """Run a gateway with a configuration that was read from this folder."""
    with lossy_output(sys.stdout.fileno()):
        configure(configuration.gateway.log_format)
        Daemon(folder, configuration, watch=watch).run()


def telling(*, numbers: bool) -> Watch:
    """Return what tells every step on the terminal, in plain words."""

    def watch(step: Step, record: CallRecord | None) -> None:
        del record
        if line := told(step, numbers=numbers):
            local = step.at.astimezone()
            print(f"{local:%H:%M:%S}.{local.microsecond // 100000}  {who(step)}  {line}")

    return watch
