"""A model that is broken never ends the process that wants to use it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from ivr.errors import SpeechUnavailable
from ivr.speech import Speech
from tests.speech.conftest import MODEL


def half(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])


def scrambled(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[100::7] = bytes(len(content[100::7]))
    file.write_bytes(content)


def empty_lines(file: Path) -> None:
    file.write_text("\n\n")


@pytest.mark.parametrize(
    ("name", "harm"),
    [
        ("am/final.mdl", half),
        ("am/final.mdl", scrambled),
        ("graph/HCLr.fst", half),
        ("graph/HCLr.fst", scrambled),
        ("graph/Gr.fst", half),
        ("graph/disambig_tid.int", empty_lines),
    ],
)
def test_a_broken_model_is_refused(tmp_path: Path, name: str, harm: Callable[[Path], None]) -> None:
    folder = tmp_path / "da-8k"
    shutil.copytree(MODEL, folder)
    harm(folder / name)

    with pytest.raises(SpeechUnavailable) as refused:
        Speech.load(folder, language="da", workers=1)

    assert f"the speech model {folder} cannot be used: " in str(refused.value)
