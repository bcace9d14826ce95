"""What is said of a model's folder that will not do, before anybody loads it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ivr.errors import SpeechUnavailable
from ivr.speech import ModelFolder

WORDS = "<eps> 0\nja 1\nnej 2\nkørekort 3\n[unk] 4\n#0 5\n<s> 6\n</s> 7\n"


def written(folder: Path) -> Path:
    """Write every file of a model, none of which need be loaded."""
    for name, content in {
        "am/final.mdl": b"\0B<TransitionModel> ",
        "conf/mfcc.conf": b"--sample-frequency=8000\n--num-ceps=40\n",
        "conf/model.conf": b"--beam=13\n",
        "graph/HCLr.fst": b"x",
        "graph/Gr.fst": b"x",
        "graph/disambig_tid.int": b"5\n",
        "graph/words.txt": WORDS.encode(),
    }.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    return folder


def test_its_words_are_those_that_can_be_said(tmp_path: Path) -> None:
    model = ModelFolder.read(written(tmp_path))

    assert model.words == {"ja", "nej", "kørekort", "[unk]"}
    assert model.missing(["nej", "måske", "aldrig", "måske"]) == ("aldrig", "måske")


def without(name: str) -> Callable[[Path], object]:
    return lambda folder: (folder / name).unlink()


def holding(name: str, content: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(content)


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (without("am/final.mdl"), "lacks am/final.mdl"),
        (without("graph/Gr.fst"), "lacks graph/Gr.fst"),
        (holding("graph/HCLr.fst", b""), "lacks graph/HCLr.fst"),
        (holding("am/final.mdl", b"<Nnet3>"), "is not a network of Kaldi"),
        (holding("conf/mfcc.conf", b"--sample-frequency=16000\n"), "is for 16000 Hz"),
        (holding("conf/mfcc.conf", b"--num-ceps=40\n"), "does not say --sample-frequency=8000"),
        (holding("conf/mfcc.conf", b"--sample-frequency=fast\n"), "'fast' is no sample frequency"),
        (holding("graph/words.txt", b"ja 1\n"), "lacks the word [unk]: build the graph anew"),
        (holding("graph/words.txt", b"k\xf8rekort 1\n"), "cannot be read"),
        (holding("graph/HCLG.fst", b"x"), "with it menus cannot be told apart"),
    ],
)
def test_a_folder_that_will_not_do(
    tmp_path: Path, harm: Callable[[Path], object], said: str
) -> None:
    harm(written(tmp_path))

    with pytest.raises(SpeechUnavailable) as refused:
        ModelFolder.read(tmp_path)

    assert said in str(refused.value)
    assert str(tmp_path) in str(refused.value)


def test_no_folder_at_all(tmp_path: Path) -> None:
    with pytest.raises(SpeechUnavailable, match="there is no speech model in"):
        ModelFolder.read(tmp_path / "nowhere")
