"""From manifests to examples: what each is made of, by weight and with a seed of its own."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from speech_model import examples
from speech_model.examples import Examples

pytestmark = pytest.mark.training

PHONES = ("A", "j")
LEXICON = {"ja": (("j", "A"), ("j",)), "jaja": (("j", "A", "j", "A"),)}


def corpus(folder: Path, texts: list[str], *, seconds: float = 0.5, rate: int = 8000) -> Path:
    """A manifest of hissing clips; `rate` as another corpus may have it."""
    rng = np.random.default_rng(2)
    rows = []
    for number, text in enumerate(texts):
        samples = 0.1 * rng.standard_normal(int(seconds * rate))
        soundfile.write(folder / f"{number}.wav", samples, rate)
        row = {"wav": f"{number}.wav", "text": text, "speaker": "a", "source": "test"}
        rows.append(json.dumps(row) + "\n")
    manifest = folder / "manifest.jsonl"
    manifest.write_text("".join(rows), encoding="utf-8")
    return manifest


def test_a_weight_is_how_many_copies_are_made(tmp_path: Path) -> None:
    manifest = corpus(tmp_path, ["ja"] * 40, seconds=0.05)

    counts = {
        weight: len(examples.utterances({manifest: weight}, LEXICON, PHONES))
        for weight in (0.0, 0.5, 1.0, 2.0)
    }

    assert counts[0.0] == 0
    assert 10 < counts[0.5] < 30
    assert (counts[1.0], counts[2.0]) == (40, 80)


def test_every_copy_has_a_seed_of_its_own_and_always_the_same(tmp_path: Path) -> None:
    manifest = corpus(tmp_path, ["ja", "jaja"], seconds=0.05)
    made = examples.utterances({manifest: 3}, LEXICON, PHONES, noises=4)

    assert len({one.seed for one in made}) == 10
    assert made == examples.utterances({manifest: 3}, LEXICON, PHONES, noises=4)
    assert [one.labels for one in made] == [(2, 1)] * 3 + [(2, 1, 2, 1)] * 3 + [()] * 4


def test_examples_survive_their_files(tmp_path: Path) -> None:
    manifest = corpus(tmp_path, ["ja", "jaja"], rate=16000)
    wanted = examples.utterances({manifest: 1}, LEXICON, PHONES, noises=1)
    told: list[tuple[float, float]] = []

    def tell(done: float, of: float) -> None:
        told.append((done, of))

    files = examples.make(wanted, tmp_path / "features", processes=1, tell=tell)
    made = Examples.load(files)

    assert made.lengths.size == 3
    assert [list(made.labels_of(index)) for index in range(3)] == [[2, 1], [2, 1, 2, 1], []]
    assert all(length > 40 for length in made.lengths)
    assert list(told[-1]) == [3, 3]
    assert examples.skipped(files) == 0


def test_what_is_there_is_not_made_again(tmp_path: Path) -> None:
    wanted = examples.utterances({corpus(tmp_path, ["ja"]): 1}, LEXICON, PHONES)

    def tell(done: float, of: float) -> None:
        pass

    (file,) = examples.make(wanted, tmp_path / "features", processes=1, tell=tell)
    first = file.stat().st_mtime_ns
    examples.make(wanted, tmp_path / "features", processes=1, tell=tell)

    assert file.stat().st_mtime_ns == first


def test_a_clip_too_short_for_its_words_is_skipped_and_counted(tmp_path: Path) -> None:
    row = " ".join(["jaja"] * 30)  # 120 sounds in about a second
    wanted = examples.utterances({corpus(tmp_path, [row, "ja"]): 1}, LEXICON, PHONES)

    files = examples.make(wanted, tmp_path / "features", processes=1, tell=lambda _done, _of: None)

    assert examples.skipped(files) == 1
    assert len(Examples.load(files)) == 1
