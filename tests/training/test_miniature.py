"""The whole way in miniature: a tiny corpus, two epochs, and real Vosk hears with the result."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
import vosk

from speech_model import manifest

pytestmark = pytest.mark.training

STAGES = ("corpus", "features", "train", "export", "graph", "evaluate", "card")
"""All but the lexicon, which lies in the checkout and not in the folder of the miniature."""


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("miniature")
    for stage in STAGES:
        done = make(stage, folder)
        assert done.returncode == 0, f"{stage}: {done.stderr}"
        if stage == "corpus":
            second_corpus(folder)
    return folder


def make(stage: str, work: Path) -> subprocess.CompletedProcess[str]:
    sizes = "--clips 400 --dev-clips 20 --trials 4 --copies 1 --epochs 2 --minutes 1"
    places = ["--work", work, "--model", work / "da-8k"]
    other = ["--manifest", f"{work / 'second/manifest.jsonl'}:0.5"]
    command = [sys.executable, "-m", "speech_model", stage, *sizes.split(), *places, *other]
    return subprocess.run(
        list(map(str, command)), capture_output=True, text=True, check=False, timeout=170
    )


def second_corpus(work: Path) -> None:
    """Recordings as another corpus has them: 16 kHz, FLAC, other speakers."""
    folder = work / "second"
    folder.mkdir()
    rows = []
    for number, one in enumerate(manifest.read(work / "dev.jsonl")):
        samples, _ = soundfile.read(one.wav)
        soundfile.write(folder / f"{number}.flac", np.repeat(samples, 2), 16000)
        row = {"wav": f"{number}.flac", "text": one.text, "speaker": "b", "source": "second"}
        rows.append(json.dumps(row, ensure_ascii=False) + "\n")
    folder.joinpath("manifest.jsonl").write_text("".join(rows), encoding="utf-8")


def test_vosk_hears_with_it(work: Path) -> None:
    vosk.SetLogLevel(-1)
    model = vosk.Model(str(work / "da-8k"))
    recogniser = vosk.KaldiRecognizer(model, 8000, json.dumps(["ja", "nej", "[unk]"]))
    recogniser.AcceptWaveform(bytes(16000))

    assert "text" in json.loads(recogniser.FinalResult())
    assert model.vosk_model_find_word("parkering") >= 0


def test_it_has_learned_something(work: Path) -> None:
    """So little speech teaches no word yet, but how much of a clip is silence."""
    trained = json.loads((work / "trained.json").read_text())

    assert trained["loss"] < 0.8 * trained["loss_at_first"]
    assert trained["epochs"] == 2


def test_both_corpora_are_in_it(work: Path) -> None:
    trained = json.loads((work / "trained.json").read_text())
    clips_of_noise = (400 + 20) // 16

    assert 400 < trained["examples"] <= 400 + 20 + clips_of_noise


def test_the_product_is_whole(work: Path) -> None:
    card = (work / "da-8k/MODEL_CARD.md").read_text(encoding="utf-8")

    assert "synthetic speech only" in card
    assert all(f"| {row} |" in card for row in ("menus", "carriers", "yesno", "digits", "noise"))
    assert sum(file.stat().st_size for file in (work / "da-8k").rglob("*")) < 10_000_000


def test_what_is_done_is_not_done_again(work: Path) -> None:
    for stage in ("features", "train", "export", "evaluate"):
        again = make(stage, work)
        assert f"{stage}: up to date" in again.stdout
