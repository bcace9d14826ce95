"""`ivr calls`, `call`, `replay`, `answers`, `messages`, `forget`: what the journal holds."""

import argparse
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ivr.cli.tables import show, table
from ivr.engine.notation import written
from ivr.engine.record import CallRecord
from ivr.engine.replay import Difference, replayed
from ivr.engine.site import Site
from ivr.engine.step import Step
from ivr.errors import ConfigError, IvrError
from ivr.journal import Reader, purge
from ivr.story import told


def calls(options: argparse.Namespace) -> int:
    """List the latest calls, newest first."""
    rows = table("call", "began", "way", "number", "group", "queue", "agent", "waited",
                   "talked", "outcome")  # fmt: skip
    for record in Reader(options.journal).calls(options.limit):
        rows.add_row(
            record.id,
            f"{record.at.astimezone():%Y-%m-%d %H:%M:%S}",
            record.direction,
            _number(record.number, shown=options.numbers),
            record.group,
            record.queue,
            record.agent,
            _seconds(record.waited),
            _seconds(record.talked),
            f"{record.outcome} {record.disposition}".strip() or "under way",
        )
    show(rows)
    return 0


def call(options: argparse.Namespace) -> int:
    """Tell one call, a line a step."""
    reader = Reader(options.journal)
    record, steps = _found(reader, options.id)
    _tell_head(record, numbers=options.numbers)
    for step in steps:
        if line := told(step, numbers=options.numbers):
            print(f"{step.now - record.began:8.1f}  {line}")
    for answer in reader.answers(survey=record.survey) if record.survey else ():
        print(f"          answer {answer.question}: {answer.value}")
    if missing := reader.gaps(options.id):
        print(f"          {missing} steps are missing: the gateway was stopped under the call")
    return 0


def replay(options: argparse.Namespace) -> int:
    """Feed a call's events through today's engine; return 1 when it decides differently."""
    reader = Reader(options.journal)
    record, steps = _found(reader, options.id)
    differences = replayed(_site(reader, record), steps)
    for difference in differences:
        _show(difference)
    if differences:
        print(f"{options.id}: {len(differences)} of {len(steps)} steps differ")
        return 1
    print(f"{options.id}: {len(steps)} steps, the same actions")
    return 0


def answers(options: argparse.Namespace) -> int:
    """List the latest survey answers, newest first."""
    rows = table("given", "survey", "question", "answer", "group", "stage", "team", "level")
    for answer in reversed(Reader(options.journal).answers()[-options.limit :]):
        rows.add_row(
            f"{answer.at.astimezone():%Y-%m-%d %H:%M:%S}",
            answer.survey,
            f"{answer.question} ({answer.questions})",
            str(answer.value),
            answer.group,
            answer.stage,
            answer.team,
            answer.level,
        )
    show(rows)
    return 0


def messages(options: argparse.Namespace) -> int:
    """List the latest voice messages, newest first."""
    rows = table("left", "box", "seconds", "caller", "group", "state", "file")
    for message in reversed(Reader(options.journal).messages()[-options.limit :]):
        rows.add_row(
            f"{message.at.astimezone():%Y-%m-%d %H:%M:%S}",
            message.box,
            f"{message.seconds:.1f}",
            _number(message.caller, shown=options.numbers),
            message.group,
            message.state,
            message.path,
        )
    show(rows)
    return 0


def forget(options: argparse.Namespace) -> int:
    """Delete what is older than so many days; the gateway may run meanwhile."""
    before = datetime.now(UTC) - timedelta(days=options.days)  # noqa: TID251 -- old by today
    Reader(options.journal).calls(1)  # a journal that is not there is an error, not a new one
    rows = purge(options.journal, before)
    print(f"{rows} rows from before {before.astimezone():%Y-%m-%d %H:%M} deleted")
    return 0


def _found(reader: Reader, id_: str) -> tuple[CallRecord, list[Step]]:
    record = reader.call(id_)
    if record is None:
        raise IvrError(f"there is no call {id_!r} in the journal; `ivr calls` lists them")
    return record, reader.steps(id_)


def _site(reader: Reader, record: CallRecord) -> Site:
    """Compile the configuration the call had, from the text the journal kept."""
    # Imported here because it takes longer than all the other commands do.
    from ivr.config import load  # noqa: PLC0415

    files = reader.configuration(record.config)
    if files is None:
        raise IvrError(f"{record.id}: the journal does not hold configuration {record.config!r}")
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        try:
            return load(Path(folder), prompts={}, environment={}, secrets=False).site
        except ConfigError as error:
            first = error.problems[0].message
            raise IvrError(f"the call's configuration does not compile today: {first}") from error


def _tell_head(record: CallRecord, *, numbers: bool) -> None:
    way = "from" if record.direction == "in" else "to"
    print(f"{record.id}  {record.at.astimezone():%Y-%m-%d %H:%M:%S}  "
          f"{way} {_number(record.number, shown=numbers)}")  # fmt: skip


def _show(difference: Difference) -> None:
    print(f"step {difference.ordinal}: {written(difference.step.event)}")
    for action in difference.step.actions:
        print(f"  - {written(action)}")
    for action in difference.now:
        print(f"  + {written(action)}")


def _number(number: str, *, shown: bool) -> str:
    if not number:
        return "withheld"
    return number if shown else f"{number[:-4]}····"


def _seconds(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:.0f} s"
