"""Clips spoken by espeak-ng: the same everywhere, none made twice."""

import wave
from pathlib import Path

import pytest

from speech_model import manifest, voices
from speech_model.manifest import Utterance
from speech_model.pronunciation import read_phones
from speech_model.synthesis import SOURCE, synthesise


def spoken(folder: Path) -> dict[str, list[Utterance]]:
    synthesise(folder, 40, dev_clips=3, test_clips=3, processes=1)
    return {split: manifest.read(folder / f"{split}.jsonl") for split in voices.SPLITS}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("corpus")


@pytest.fixture(scope="module")
def corpus(folder: Path) -> dict[str, list[Utterance]]:
    return spoken(folder)


def test_every_split_has_its_clips_and_its_voices(corpus: dict[str, list[Utterance]]) -> None:
    assert {split: len(clips) for split, clips in corpus.items()} == {
        "train": 40,
        "dev": 3,
        "test": 6 * 3,
    }
    for split, clips in corpus.items():
        allowed = {f"{SOURCE}/{voices.name(voice)}" for voice in voices.SPLITS[split]}

        assert {clip.speaker for clip in clips} <= allowed


def test_a_clip_is_8_khz_mono_and_says_listed_phones(corpus: dict[str, list[Utterance]]) -> None:
    inventory = set(read_phones())
    for clips in corpus.values():
        for clip in clips:
            with wave.open(str(clip.wav)) as file:
                assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (
                    8000,
                    1,
                    2,
                )
                assert file.getnframes() > 8000 * 0.15
            assert clip.phones
            assert set(clip.phones) <= inventory


def test_trials_carry_what_they_are_measured_by(corpus: dict[str, list[Utterance]]) -> None:
    sets = {clip.set for clip in corpus["test"]}

    assert sets == {"menus", "carriers", "newwords", "yesno", "digits", "oog"}
    assert all(clip.expect for clip in corpus["test"] if clip.set != "oog")
    assert not any(clip.set for clip in corpus["train"] + corpus["dev"])


def test_the_same_seed_gives_the_same_bytes(
    corpus: dict[str, list[Utterance]], folder: Path, tmp_path: Path
) -> None:
    again = spoken(tmp_path)

    for split, clips in corpus.items():
        assert (tmp_path / f"{split}.jsonl").read_bytes() == (
            folder / f"{split}.jsonl"
        ).read_bytes()
        for clip, twin in zip(clips, again[split], strict=True):
            assert clip.wav.read_bytes() == twin.wav.read_bytes()


def test_a_broken_run_goes_on_where_it_stopped(
    corpus: dict[str, list[Utterance]], folder: Path
) -> None:
    lost, *kept = (clip.wav for clip in corpus["train"])
    content = lost.read_bytes()
    lost.unlink()
    before = {wav: wav.stat().st_mtime_ns for wav in kept}

    spoken(folder)

    assert lost.read_bytes() == content
    assert {wav: wav.stat().st_mtime_ns for wav in kept} == before
