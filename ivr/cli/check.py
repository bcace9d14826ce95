"""`ivr check` and `ivr hours`: what a configuration says, and what is wrong with it."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from ivr.cli import speech
from ivr.cli.times import instant
from ivr.config import explain, load, schemas
from ivr.engine import hours as opening
from ivr.engine.hours import Decision, Reason
from ivr.errors import ConfigError, IvrError, Problem
from ivr.prompts import texts


def check(options: argparse.Namespace) -> int:
    """Check each folder; print every problem as file:line: message; return 1 if there are any."""
    if options.schema:
        _write_schemas(options.schema)
    elif not options.folders:
        raise IvrError("name a folder to check, for example firmware_config/demo")
    return max([_checked(folder, options) for folder in options.folders], default=0)


def _write_schemas(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, schema in schemas().items():
            path = folder / f"{name}.schema.json"
            text = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
            path.write_text(text, encoding="utf-8")
            print(f"{path} written")
    except OSError as error:
        raise IvrError(f"{folder} cannot be written to: {error.strerror}") from error


def _checked(folder: Path, options: argparse.Namespace) -> int:
    try:
        configuration = load(folder)
        texts.load(configuration.gateway.prompts)
    except ConfigError as error:
        print("\n".join(map(str, error.problems)))
        print(f"{folder}: {_counted(error.problems)}", file=sys.stderr)
        return 1
    if options.build:
        speech.build_missing(configuration)
    if unheard := speech.problems(folder, configuration):
        print("\n".join(map(str, unheard)))
        print(f"{folder}: {_counted(unheard)}; callers say these in vain", file=sys.stderr)
        return 1
    for doubt in speech.doubts(folder, configuration):
        print(f"{doubt.file}:{doubt.line}: warning: {doubt.message}", file=sys.stderr)
    print(explain(configuration) if options.explain else f"{folder}: good")
    return 0


def _counted(problems: Sequence[Problem]) -> str:
    return "1 problem" if len(problems) == 1 else f"{len(problems)} problems"


def hours(options: argparse.Namespace) -> int:
    """Say of each calendar whether it is open, and why; return 0."""
    site = load(options.folder).site
    at = instant(options.at, site.zone)
    names = [options.calendar] if options.calendar else list(site.calendars)
    for name in names:
        if name not in site.calendars:
            raise IvrError(f"there is no calendar {name!r}; there are {', '.join(site.calendars)}")
        decision = opening.decide(site.calendars[name], at)
        print(f"{at.astimezone(site.zone):%Y-%m-%d %H:%M %a}  {name}: {_said(decision)}")
    return 0


def _said(decision: Decision) -> str:
    state = "open" if decision.is_open else "closed"
    return f"{state}: {_WHY[decision.reason]}" + (f" ({decision.day})" if decision.day else "")


_WHY = {
    Reason.HOURS: "by the weekly hours",
    Reason.BREAK: "it is break time",
    Reason.HOLIDAY: "it is a public holiday",
    Reason.SPECIAL_DAY: "it is a special day with its own hours",
    Reason.SWITCH: "the hand switch says so",
    Reason.CLOCK: "the clock shows a year that cannot be right",
}
