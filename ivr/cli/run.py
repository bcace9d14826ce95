"""`ivr run`: the gateway in the foreground, as systemd and the demo start it."""

import argparse
import sys

from ivr.cli.output import lossy_output
from ivr.config import load
from ivr.daemon import Daemon, Watch
from ivr.engine.record import CallRecord
from ivr.engine.step import Step
from ivr.log import configure
from ivr.story import told, who


def run(options: argparse.Namespace) -> int:
    """Run until SIGTERM or SIGINT; return 0 when everything was let go in order."""
    configuration = load(options.folder)
    watch = _watch(numbers=options.numbers) if options.watch else None
    with lossy_output(sys.stdout.fileno()):
        configure(configuration.gateway.log_format)
        Daemon(options.folder, configuration, watch=watch).run()
    return 0


def _watch(*, numbers: bool) -> Watch:
    def watch(step: Step, record: CallRecord | None) -> None:
        del record
        if line := told(step, numbers=numbers):
            local = step.at.astimezone()
            print(f"{local:%H:%M:%S}.{local.microsecond // 100000}  {who(step)}  {line}")

    return watch
