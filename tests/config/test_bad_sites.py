"""Every mistake is found, with the exact message on the exact line."""

from pathlib import Path

import pytest

from ivr.config import load
from ivr.errors import ConfigError
from tests.config.cases import BAD, ENVIRONMENT, lay_out, read


@pytest.mark.parametrize("file", BAD, ids=lambda file: file.stem)
def test_a_mistake_is_named_with_its_line(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = read(file)
    lay_out(tmp_path, case.changes)
    monkeypatch.chdir(tmp_path)

    with pytest.raises(ConfigError) as raised:
        load(Path("site"), environment=ENVIRONMENT)

    assert tuple(map(str, raised.value.problems)) == case.promised


def test_there_are_cases_enough() -> None:
    assert len(BAD) >= 150


def test_no_message_repeats_a_password() -> None:
    """The cases that try to make a message do so write the password `hunter2`."""
    tried = [case for case in map(read, BAD) if "hunter2" in str(case.changes)]

    assert len(tried) >= 4
    assert not [message for case in tried for message in case.promised if "hunter2" in message]


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    folder = tmp_path / "nowhere"

    with pytest.raises(ConfigError) as raised:
        load(folder)

    assert str(raised.value) == f"{folder}:1: is not a folder with the files of a site"


def test_an_empty_folder_lacks_every_file_and_nothing_else(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        load(tmp_path, prompts={})

    assert [problem.file.name for problem in raised.value.problems] == [
        "calendar.yaml",
        "entrance.yaml",
        "gateway.yaml",
        "survey.yaml",
        "teams.yaml",
    ]
    assert {problem.message for problem in raised.value.problems} == {
        "cannot be read: No such file or directory"
    }
