"""Recordings of real people: any folder of audio and transcripts becomes a manifest.

    a table (TSV, CSV, JSON, JSONL)  ─┐
    sound files with a .txt beside    ─┴▶ Recording ─▶ 8 kHz, normalised, split by speaker

A recording too short for what it is said to contain teaches nothing and is left out, with a
count. CTC needs one output frame a phone, and one more between two of the same.
"""

import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from zlib import crc32

import numpy as np
import soundfile
from numpy.typing import NDArray
from rich.progress import track

from speech_model import audio, manifest, parallel, pronunciation
from speech_model.manifest import Utterance
from speech_model.noise import RATE
from speech_model.normalisation import normalise
from speech_model.pronunciation import Phones
from speech_model.synthesis import write_wav

SOUNDS = frozenset({".wav", ".flac", ".ogg", ".mp3", ".opus"})

SPLIT_IN_1000 = {"test": 50, "dev": 50, "train": 1000}
"""Speakers of a thousand up to which a split reaches: 5 % test, 5 % dev, the rest train."""

LONGEST_SECONDS = 20.0
"""Longer recordings are seldom one sentence, and make a batch too large."""

WINDOW = RATE * 25 // 1000
SHIFT = RATE // 100
FRAMES_AN_OUTPUT = 3


class CorpusError(Exception):
    """A folder or table cannot be read as a corpus; the message says what was expected."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Where a table keeps what is needed. The defaults are Common Voice's."""

    audio: str = "path"
    text: str = "sentence"
    speaker: str = "client_id"
    audio_folder: str = "clips"
    """Below the corpus; "" when the table's paths begin at the corpus itself."""


@dataclass(frozen=True, slots=True)
class Recording:
    audio: Path
    text: str
    """As the corpus writes it."""
    speaker: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the recordings: how many each split got, and why others were left out."""

    kept: Mapping[str, int]
    left_out: Mapping[str, int]
    """By reason: "no words", "no sound", "too long", "too short for its words", "unreadable"."""


def read_table(folder: Path, table: Path, columns: Columns) -> list[Recording]:
    """The recordings of a TSV, CSV, JSON or JSONL file. Raises CorpusError."""
    found = []
    for row in _rows(table):
        missing = [name for name in (columns.audio, columns.text) if name not in row]
        if missing:
            raise CorpusError(
                f"{table}: has no column {', '.join(missing)}; it has {', '.join(sorted(row))}"
            )
        audio = folder / columns.audio_folder / row[columns.audio]
        speaker = row.get(columns.speaker) or audio.parent.name
        found.append(Recording(audio, row[columns.text], speaker))
    return found


def read_pairs(folder: Path) -> list[Recording]:
    """Sound files with a .txt of the same name beside; the folder around them is the speaker."""
    sounds = sorted(path for path in folder.rglob("*") if path.suffix.lower() in SOUNDS)
    found = [
        Recording(sound, sound.with_suffix(".txt").read_text(encoding="utf-8"), sound.parent.name)
        for sound in sounds
        if sound.with_suffix(".txt").is_file()
    ]
    if not found:
        raise CorpusError(f"{folder}: holds no sound file with a .txt of the same name beside it")
    return found


def import_recordings(
    recordings: Sequence[Recording], source: str, folder: Path, *, processes: int = 2
) -> Outcome:
    """Convert into `folder/<source>/` and write `folder/<source>-{train,dev,test}.jsonl`.

    A speaker is in one split, chosen by a checksum of the name, so a corpus that grows keeps
    its split. Words outside the lexicon are pronounced by rule; needs espeak-ng.
    """
    texts = {recording: normalise(recording.text) for recording in recordings}
    said = _usual(texts.values())
    work = [
        (recording, text, tuple(phone for word in text.split() for phone in said[word]))
        for recording, text in texts.items()
    ]
    convert = partial(_convert, source=source, folder=folder)
    rows: dict[str, list[Utterance]] = {split: [] for split in SPLIT_IN_1000}
    left_out: Counter[str] = Counter()
    done = parallel.each(convert, work, processes)
    for result in track(done, description=source, total=len(work)):
        if isinstance(result, Utterance):
            rows[split_of(result.speaker)].append(result)
        else:
            left_out[result] += 1
    for split, utterances in rows.items():
        manifest.write(folder / f"{source}-{split}.jsonl", utterances)
    return Outcome({split: len(utterances) for split, utterances in rows.items()}, left_out)


def split_of(speaker: str) -> str:
    """The one split in which a speaker (of any source) is heard."""
    place = crc32(speaker.encode()) % 1000
    reaches = 0
    for split, share in SPLIT_IN_1000.items():
        reaches += share
        if place < reaches:
            return split
    raise AssertionError


def fits(samples: int, phones: Phones) -> bool:
    """Whether a clip of so many samples at 8 kHz has enough output frames for its phones."""
    frames = 0 if samples < WINDOW else 1 + (samples - WINDOW) // SHIFT
    outputs = (frames + FRAMES_AN_OUTPUT - 1) // FRAMES_AN_OUTPUT
    repeats = sum(one == other for one, other in pairwise(phones))
    return outputs >= len(phones) + repeats


def _rows(table: Path) -> Iterator[dict[str, str]]:
    try:
        text = table.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CorpusError(f"{table}: cannot be read: {error.strerror}") from error
    try:
        if table.suffix == ".json":
            yield from map(_as_text, json.loads(text))
        elif table.suffix == ".jsonl":
            yield from (_as_text(json.loads(line)) for line in text.splitlines() if line)
        elif table.suffix == ".tsv":
            rows = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
            yield from map(_as_text, rows)
        else:
            yield from map(_as_text, csv.DictReader(text.splitlines(), strict=True))
    except (json.JSONDecodeError, csv.Error, AttributeError) as error:
        raise CorpusError(f"{table}: is not a table of recordings: {error}") from error


def _as_text(row: Mapping[str, object]) -> dict[str, str]:
    return {key: str(value) for key, value in row.items() if value is not None and key}


def _usual(texts: Iterable[str]) -> dict[str, Phones]:
    """The usual pronunciation of every word that occurs."""
    lexicon = pronunciation.read_lexicon()
    wanted = {word for text in texts for word in text.split()}
    unknown = pronunciation.pronounce(sorted(wanted - set(lexicon)))
    return {word: (lexicon.get(word) or unknown[word])[0] for word in wanted}


def _convert(work: tuple[Recording, str, Phones], *, source: str, folder: Path) -> Utterance | str:
    """The clip as the model needs it, or why it is left out."""
    recording, text, phones = work
    if not text:
        return "no words"
    try:
        samples = read_audio(recording.audio)
    except (soundfile.LibsndfileError, OSError):
        return "unreadable"
    if len(samples) > LONGEST_SECONDS * RATE:
        return "too long"
    if not np.any(samples):
        return "no sound"
    if not fits(len(samples), phones):
        return "too short for its words"
    wav = folder / source / f"{crc32(str(recording.audio).encode()):08x}-{recording.audio.stem}.wav"
    wav.parent.mkdir(parents=True, exist_ok=True)
    write_wav(wav, samples)
    return Utterance(wav, text, f"{source}/{recording.speaker}", source, phones)


def read_audio(path: Path) -> NDArray[np.int16]:
    """Any sound file as 8 kHz mono, its loudest sample just below full scale."""
    mono = audio.read(path)
    loudest = float(np.abs(mono).max(initial=0.0))
    return np.asarray(np.round(mono * (32000 / loudest if loudest else 0.0)), np.int16)
