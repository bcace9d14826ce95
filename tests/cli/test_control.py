"""A word with a gateway that does not run, and what is told of the prompts."""

from pathlib import Path

import pytest

from tests.cli.command import ivr


@pytest.mark.parametrize("command", ["status", "reload", "drain"])
def test_without_a_gateway_there_is_nobody_to_speak_to(tmp_path: Path, command: str) -> None:
    said = ivr(command, "--control", tmp_path / "ivr.sock")

    assert (said.status, said.out) == (1, "")
    assert said.err == (
        f"ivr: {tmp_path}/ivr.sock: no gateway answers there (No such file or directory)\n"
    )


def test_the_prompts_are_listed_in_every_language() -> None:
    said = ivr("prompts", "list")

    lines = said.out.splitlines()
    assert said.status == 0
    assert len(lines) > 50
    assert any(
        line.startswith("da ") and "Velkommen til Københavns Kommune." in line for line in lines
    )
    assert {line.split()[0] for line in lines[1:]} == {"da", "en"}


def test_prompts_that_are_not_there_are_said_so(tmp_path: Path) -> None:
    said = ivr("prompts", "list", "--folder", tmp_path)

    assert said.status == 1
    assert str(tmp_path) in said.err
