"""The decoding graph: words are added to a finished model, and Vosk finds what was built.

The graph is built by another process, as `ivr speech graph` does it: kaldifst and vosk crash
each other in one.
"""

import shutil
import subprocess
import sys
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import pytest
import vosk

MODEL = Path("speech_model/da-8k")
NEW = ("kvantefysik", "hundeluftningen")


def graph(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "speech_model", "graph", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture
def words(tmp_path: Path) -> Path:
    file = tmp_path / "words.txt"
    file.write_text("\n".join(["ja", *NEW]), encoding="utf-8")
    return file


def known(folder: Path, words: Iterable[str]) -> list[str]:
    """Those of the words that Vosk knows."""
    vosk.SetLogLevel(-1)
    model = vosk.Model(str(folder))
    return [word for word in words if model.vosk_model_find_word(word) >= 0]


def files(folder: Path) -> dict[Path, str]:
    """Return every file's digest: whole files would be printed when they differ."""
    return {
        path.relative_to(folder): sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_new_words_can_be_heard_afterwards(words: Path, tmp_path: Path) -> None:
    built = graph("--words", words, "--model", MODEL, "--out", tmp_path / "model")

    assert built.returncode == 0, built.stderr
    assert known(MODEL, NEW) == []
    assert known(tmp_path / "model", (*NEW, "ja", "nej", "parkering")) == [
        *NEW,
        "ja",
        "nej",
        "parkering",
    ]


def test_the_network_and_its_settings_stay_as_they_are(words: Path, tmp_path: Path) -> None:
    graph("--words", words, "--model", MODEL, "--out", tmp_path / "model")

    before, after = files(MODEL), files(tmp_path / "model")
    changed = {path for path in after if after[path] != before.get(path)}
    assert changed <= {
        Path("lexicon.tsv"),
        *(Path("graph") / name for name in ("HCLr.fst", "Gr.fst", "words.txt")),
    }


def test_the_same_words_give_the_same_graph(tmp_path: Path) -> None:
    words = tmp_path / "words.txt"
    words.write_text("ja\n")
    graph("--words", words, "--model", MODEL, "--out", tmp_path / "model")

    assert files(tmp_path / "model") == files(MODEL)


def test_a_model_can_be_built_in_its_own_place(words: Path, tmp_path: Path) -> None:
    model = tmp_path / "model"
    shutil.copytree(MODEL, model)

    assert graph("--words", words, "--model", model).returncode == 0

    assert known(model, NEW) == list(NEW)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_word_without_a_sound_changes_nothing(tmp_path: Path) -> None:
    model, words = tmp_path / "model", tmp_path / "words.txt"
    shutil.copytree(MODEL, model)
    words.write_text("…\n", encoding="utf-8")

    refused = graph("--words", words, "--model", model)

    assert refused.returncode == 1
    assert "has no sound" in refused.stderr
    assert files(model) == files(MODEL)


def test_a_folder_that_is_no_model_is_refused(words: Path, tmp_path: Path) -> None:
    refused = graph("--words", words, "--model", tmp_path)

    assert refused.returncode == 1
    assert "is no speech model" in refused.stderr
