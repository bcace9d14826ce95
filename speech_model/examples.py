"""Manifests to what the network learns from: cepstra and phones, in files that load quickly.

Every copy of an utterance goes through the telephone chain anew, with a seed of its own, so it
does not matter in which order or by how many processes the work is done. What is done stays
done: a file that exists is not made again.
"""

import multiprocessing
import os
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from speech_model import audio, manifest, noise, telephone
from speech_model.features import Frames, cepstra
from speech_model.network import outputs

Labels = tuple[int, ...]
Lexicon = Mapping[str, Sequence[Sequence[str]]]

UTTERANCES_IN_A_FILE = 1000
CLIPS_OF_BABBLE = 150


@dataclass(frozen=True)
class Wanted:
    """What one example is made of; without a recording it is noise with nothing to hear."""

    seed: int
    wav: Path | None = None
    labels: Labels = ()


@dataclass(frozen=True)
class Examples:
    """Many examples end to end: frames (all, 40) in half precision, and their labels."""

    frames: NDArray[np.float16]
    starts: NDArray[np.int64]
    labels: NDArray[np.int64]
    label_starts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Frames of each example."""
        return np.diff(self.starts)

    @property
    def hours(self) -> float:
        return len(self.frames) / 360_000

    def frames_of(self, index: int) -> NDArray[np.float16]:
        return self.frames[self.starts[index] : self.starts[index + 1]]

    def labels_of(self, index: int) -> NDArray[np.int64]:
        return self.labels[self.label_starts[index] : self.label_starts[index + 1]]

    @staticmethod
    def load(files: Sequence[Path]) -> "Examples":
        parts = [np.load(file) for file in files]
        lengths = np.concatenate([part["lengths"] for part in parts])
        counts = np.concatenate([part["counts"] for part in parts])
        return Examples(
            np.concatenate([part["frames"] for part in parts]),
            np.concatenate([[0], np.cumsum(lengths)]),
            np.concatenate([part["labels"] for part in parts]),
            np.concatenate([[0], np.cumsum(counts)]),
        )


def utterances(
    manifests: Mapping[Path, float],
    lexicon: Lexicon,
    phones: Sequence[str],
    *,
    noises: int = 0,
    seed: int = 0,
) -> list[Wanted]:
    """Every copy of every row of the manifests, and `noises` clips without speech.

    A manifest's weight is how many copies of each row are made; of a fraction, that part of
    the rows. Raises KeyError for a word the lexicon lacks.
    """
    numbers = {phone: number for number, phone in enumerate(phones, 1)}
    found: list[Wanted] = []
    for path, weight in manifests.items():
        for row in manifest.read(path):
            labels = _labels(row, lexicon, numbers)
            name = os.path.relpath(row.wav, path.parent)
            found += [
                Wanted(zlib.crc32(f"{name} {copy} {seed}".encode()), row.wav, labels)
                for copy in range(_copies(name, weight, seed))
            ]
    return found + [Wanted(zlib.crc32(f"noise {x} {seed}".encode())) for x in range(noises)]


def make(
    wanted: Sequence[Wanted],
    folder: Path,
    *,
    processes: int = 2,
    tell: Callable[[float, float], None],
) -> list[Path]:
    """Write the examples' files; returns them. `tell` hears how many utterances are done."""
    folder.mkdir(parents=True, exist_ok=True)
    parts = [
        (folder / f"{start:07d}.npz", wanted[start : start + UTTERANCES_IN_A_FILE])
        for start in range(0, len(wanted), UTTERANCES_IN_A_FILE)
    ]
    missing = [(path, part) for path, part in parts if not path.exists()]
    done = len(wanted) - sum(len(part) for _, part in missing)
    tell(done, len(wanted))
    if missing:
        babble = [one.wav for one in wanted if one.wav][:: max(1, len(wanted) // CLIPS_OF_BABBLE)]
        # not forked: torch and numpy keep threads that a fork would lose
        context = multiprocessing.get_context("spawn")
        with context.Pool(processes, _prepare, (babble,)) as pool:
            for count in pool.imap_unordered(_make_file, missing):
                done += count
                tell(done, len(wanted))
    return [path for path, _ in parts]


def skipped(files: Sequence[Path]) -> int:
    """How many utterances were too short for their labels."""
    return sum(int(np.load(file)["skipped"]) for file in files)


# --- from rows ----------------------------------------------------------------------------------


def _labels(row: manifest.Utterance, lexicon: Lexicon, numbers: Mapping[str, int]) -> Labels:
    """What was said; where that is not known, the usual form of each word."""
    said = row.phones or [phone for word in row.text.split() for phone in lexicon[word][0]]
    return tuple(numbers[phone] for phone in said)


def _copies(name: str, weight: float, seed: int) -> int:
    whole, part = divmod(weight, 1)
    drawn = zlib.crc32(f"{name} {seed} copies".encode()) / 2**32
    return int(whole) + (drawn < part)


# --- in the worker processes --------------------------------------------------------------------

_noises: noise.Noises = noise.Noises({})


def _prepare(babble: Sequence[Path]) -> None:
    global _noises  # noqa: PLW0603 -- one bank of noises for each worker process
    _noises = noise.Noises.of([audio.read(path) for path in babble])


def _make_file(job: tuple[Path, Sequence[Wanted]]) -> int:
    path, part = job
    made = [(_frames(one), one.labels) for one in part]
    kept = [(frames, labels) for frames, labels in made if _long_enough(len(frames), labels)]
    arrived = path.with_suffix(".part.npz")
    np.savez(
        arrived,
        frames=np.concatenate([frames for frames, _ in kept]).astype(np.float16),
        lengths=np.array([len(frames) for frames, _ in kept]),
        labels=np.array([label for _, labels in kept for label in labels], np.int64),
        counts=np.array([len(labels) for _, labels in kept]),
        skipped=len(made) - len(kept),
    )
    arrived.rename(path)
    return len(part)


def _frames(one: Wanted) -> Frames:
    rng = np.random.default_rng(one.seed)
    if one.wav is None:
        return cepstra(noise.clip(_noises, rng)[1])
    return cepstra(telephone.augment(audio.read(one.wav), rng, noises=_noises))


def _long_enough(frames: int, labels: Labels) -> bool:
    """Each label takes an output, and two alike a blank between them."""
    repeats = sum(one == other for one, other in pairwise(labels))
    return outputs(frames) >= max(1, len(labels) + repeats)
