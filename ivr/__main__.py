"""The command line: `ivr COMMAND --help` explains each command with an example."""

import argparse
import os
import re
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from ivr import __version__
from ivr.errors import IvrError

DEFAULT_JOURNAL = "sqlite:///var/journal.db"
DEFAULT_CONTROL = "var/ivr.sock"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit status: 0 good, 1 the command says no, 2 misuse."""
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
    except IvrError as error:
        print(f"ivr: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever read our output has seen enough (`ivr calls | head`).
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ivr", description="An IVR and routing engine.")
    parser.add_argument("--version", action="version", version=f"ivr {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _running(commands)
    _checking(commands)
    _staffing(commands)
    _speaking(commands)
    _recognising(commands)
    _talking(commands)
    _reading(commands)
    return parser


_Commands = argparse._SubParsersAction  # noqa: SLF001 -- argparse has no public name for it


def _command(
    commands: "_Commands[argparse.ArgumentParser]", name: str, says: str, example: str
) -> argparse.ArgumentParser:
    return commands.add_parser(
        name,
        help=says,
        description=says[0].upper() + says[1:] + ".",
        epilog=f"example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def _running(commands: "_Commands[argparse.ArgumentParser]") -> None:
    run = _command(commands, "run", "run the gateway", "ivr run firmware_config/demo --watch")
    run.add_argument("folder", type=Path, help="the site's configuration")
    run.add_argument("--watch", action="store_true", help="tell every step of every call")
    run.add_argument("--numbers", action="store_true", help="show people's numbers while watching")
    run.set_defaults(run=_named("run.run"))
    for name, says in (
        ("reload", "have the running gateway read its configuration anew"),
        ("status", "ask the running gateway how it is"),
        ("drain", "have the running gateway take no more calls and stop when it is empty"),
    ):
        command = _command(commands, name, says, f"ivr {name}")
        _control_option(command)
        command.set_defaults(command=name, run=_named("control.send"))


def _checking(commands: "_Commands[argparse.ArgumentParser]") -> None:
    check = _command(
        commands, "check", "check configurations and say what is wrong, all at once",
        "ivr check firmware_config/demo --explain",
    )  # fmt: skip
    check.add_argument("folders", type=Path, nargs="*", help="site configurations")
    check.add_argument("--explain", action="store_true", help="print the compiled site")
    check.add_argument("--build", action="store_true",
                       help="teach the speech model the words it lacks")  # fmt: skip
    check.add_argument("--schema", type=Path, help="write JSON Schemas for editors to a folder")
    check.set_defaults(run=_named("check.check"))
    hours = _command(
        commands, "hours", "say whether each calendar is open at an instant, and why",
        'ivr hours firmware_config/demo --at "2026-12-24 11:00"',
    )  # fmt: skip
    hours.add_argument("folder", type=Path, help="the site's configuration")
    hours.add_argument("--at", help="local time, YYYY-MM-DD HH:MM; now by default")
    hours.add_argument("--calendar", help="only this one")
    hours.set_defaults(run=_named("check.hours"))


def _staffing(commands: "_Commands[argparse.ArgumentParser]") -> None:
    staff = _command(
        commands, "staff", "say how many agents the calls of a week, or of an hour, need",
        "ivr staff firmware_config/demo/calls-per-hour.csv --handling 92",
    )  # fmt: skip
    staff.add_argument("file", type=Path, nargs="?",
                       help="a forecast: CSV with the columns hour, day, calls")  # fmt: skip
    for name, least, most, usual, says in (
        ("handling", 1, 3600, None, "seconds an agent has with a call, wrap-up included"),
        ("within", 0, 3600, 20, "seconds to answer in"),
        ("level", 1, 99.9, 80, "percent of all calls to be answered in them"),
        ("patience", 1, 3600, None, "seconds after which callers hang up, on average (Erlang A)"),
        ("calls", 0, 100_000, None, "instead of a forecast: the calls of one hour"),
        ("per-week-hours", 1, 168, 37, "a full-time employee's"),
        ("paid", 1, 10, 1.76, "hours paid for one at the telephone"),
        ("levelling", 1, 10, 1.25, "hours rostered for one that is needed"),
    ):
        default = "" if usual is None else f"; default: {usual}"
        staff.add_argument(f"--{name}", type=_between(least, most), default=usual, metavar="N",
                           required=name == "handling", help=f"{says}{default}")  # fmt: skip
    staff.add_argument("--agents", type=_count, metavar="N",
                       help="with --calls: what callers meet with so many")  # fmt: skip
    staff.set_defaults(run=_named("staff.staff"))


def _between(least: float, most: float) -> Callable[[str], float]:
    def number(text: str) -> float:
        try:
            amount = float(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{text} is no number") from None
        if not least <= amount <= most:
            raise argparse.ArgumentTypeError(f"{text} is not between {least:g} and {most:g}")
        return amount

    return number


def _recognising(commands: "_Commands[argparse.ArgumentParser]") -> None:
    speech = _command(
        commands, "speech", "build the graph of the speech model with the words of a site",
        "ivr speech graph firmware_config/demo",
    )  # fmt: skip
    speech.add_argument("what", choices=("graph",))
    speech.add_argument("folder", type=Path, help="the site's configuration")
    speech.set_defaults(run=_named("speech.speech"))


def _talking(commands: "_Commands[argparse.ArgumentParser]") -> None:
    talk = _command(
        commands, "talk", "talk to a site through microphone and loudspeaker",
        "ivr talk firmware_config/demo --wav errand.wav --save both.wav",
    )  # fmt: skip
    talk.add_argument("folder", type=Path, help="the site's configuration")
    talk.add_argument("--wav", type=Path, nargs="+", metavar="FILE",
                      help="say these instead, each when nobody speaks; 16 bits")  # fmt: skip
    talk.add_argument("--save", type=Path, metavar="FILE", help="keep both sides in a stereo WAV")
    talk.add_argument("--at", help="as if it were then, YYYY-MM-DD HH:MM; now by default")
    talk.add_argument("--dialled", help="the number called; the first of entrance.yaml by default")
    talk.add_argument("--caller", default="", help="the number shown; hidden by default")
    talk.set_defaults(run=_named("talk.talk"))


def _speaking(commands: "_Commands[argparse.ArgumentParser]") -> None:
    prompts = _command(
        commands, "prompts", "render, list or record the prompts", "ivr prompts render"
    )
    prompts.add_argument("what", choices=("render", "list", "record"))
    prompts.add_argument("id", nargs="?", help="the prompt to record")
    prompts.add_argument("--language", default="da", help="of the recording; default: da")
    prompts.add_argument("--folder", type=Path, default=Path("prompts"), help="default: prompts")
    prompts.add_argument("--site", type=Path, metavar="FOLDER",
                         help="render what its gateway.yaml names, in its voice")  # fmt: skip
    prompts.add_argument("--piper", type=Path, help="a Piper voice model to speak with instead")
    prompts.set_defaults(run=_named("prompts.prompts"))


def _reading(commands: "_Commands[argparse.ArgumentParser]") -> None:
    calls = _command(commands, "calls", "list the latest calls", "ivr calls --limit 20")
    calls.add_argument("--limit", type=_count, default=50)
    calls.set_defaults(run=_named("journal.calls"))
    call = _command(
        commands, "call", "tell one call from its first ring to its end",
        "ivr call 261121-101502-4f2a9c",
    )  # fmt: skip
    call.add_argument("id")
    call.set_defaults(run=_named("journal.call"))
    replay = _command(
        commands, "replay", "feed a call's events through the engine again and compare",
        "ivr replay 261121-101502-4f2a9c",
    )  # fmt: skip
    replay.add_argument("id")
    replay.set_defaults(run=_named("journal.replay"))
    answers = _command(commands, "answers", "list the latest survey answers", "ivr answers")
    answers.add_argument("--limit", type=_count, default=50)
    answers.set_defaults(run=_named("journal.answers"))
    messages = _command(commands, "messages", "list the voice messages", "ivr messages")
    messages.add_argument("--limit", type=_count, default=50)
    messages.set_defaults(run=_named("journal.messages"))
    forget = _command(
        commands, "forget", "delete calls, their steps and finished surveys that are old",
        "ivr forget --older-than 90",
    )  # fmt: skip
    forget.add_argument("--older-than", type=_count, required=True, metavar="DAYS", dest="days")
    _journal_option(forget)
    forget.set_defaults(run=_named("journal.forget"))
    for command in (calls, call, replay, answers, messages):
        _journal_option(command)
        command.add_argument("--numbers", action="store_true", help="show people's numbers")


def _count(text: str) -> int:
    if not re.fullmatch("0*[1-9][0-9]{0,4}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1 to 99999")
    return int(text)


def _journal_option(command: argparse.ArgumentParser) -> None:
    default = os.environ.get("IVR_JOURNAL", DEFAULT_JOURNAL)
    command.add_argument("--journal", default=default, help=f"its URL (default: {default})")


def _control_option(command: argparse.ArgumentParser) -> None:
    default = Path(os.environ.get("IVR_CONTROL", DEFAULT_CONTROL))
    command.add_argument("--control", type=Path, default=default, help=f"default: {default}")


def _named(name: str) -> Callable[[argparse.Namespace], int]:
    """Return a command by `module.function`, imported only when it is run."""
    module, function = name.split(".")

    def run(options: argparse.Namespace) -> int:
        status: int = getattr(import_module(f"ivr.cli.{module}"), function)(options)
        return status

    return run


if __name__ == "__main__":
    sys.exit(main())
