"""Each command explains itself with an example, and the examples that need nothing work."""

import re
import shlex

import pytest

from ivr import __version__
from tests.cli.command import ivr

COMMANDS = (
    "run",
    "reload",
    "status",
    "drain",
    "check",
    "hours",
    "staff",
    "prompts",
    "speech",
    "talk",
    "calls",
    "call",
    "replay",
    "answers",
    "messages",
    "forget",
)


def test_help_names_every_command() -> None:
    said = ivr("--help")

    assert said.status == 0
    named = re.findall(r"^    (\w+)  ", said.out, re.MULTILINE)
    assert tuple(named) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_an_example_that_it_understands(command: str) -> None:
    said = ivr(command, "--help")

    example = re.search(r"^example:\n  ivr (.*)$", said.out, re.MULTILINE)
    assert said.status == 0
    assert example is not None
    words = shlex.split(example.group(1))
    assert words[0] == command
    # With an option nobody knows, all that can be wrong with the rest is not.
    assert ivr(*words, "--nonsense").err.endswith("unrecognized arguments: --nonsense\n")


@pytest.mark.parametrize("words", [(), ("dance",), ("calls", "--limit", "many"), ("call",)])
def test_misuse_is_explained_with_status_2(words: tuple[str, ...]) -> None:
    said = ivr(*words)

    assert said.status == 2
    assert said.err.startswith("usage: ivr")


def test_the_version_is_told() -> None:
    assert ivr("--version").out == f"ivr {__version__}\n"
