"""Recordings of a second corpus: whatever they are, they come out alike."""

import json
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soundfile

from speech_model import corpora, manifest
from speech_model.corpora import Columns, CorpusError, Recording

SPEAKERS = [f"speaker {number}" for number in range(60)]


def sound(path: Path, seconds: float, rate: int = 16_000, channels: int = 1) -> Path:
    """A tone of 440 Hz."""
    path.parent.mkdir(parents=True, exist_ok=True)
    tone = 0.3 * np.sin(2 * np.pi * 440 * np.arange(int(rate * seconds)) / rate)
    soundfile.write(path, np.stack([tone] * channels, axis=1), rate)
    return path


@dataclass(frozen=True)
class Row:
    path: str
    sentence: str
    client_id: str


def common_voice(folder: Path, rows: list[Row]) -> Path:
    lines = ["client_id\tpath\tsentence\tage"]
    lines += [f"{row.client_id}\t{row.path}\t{row.sentence}\t" for row in rows]
    table = folder / "validated.tsv"
    table.write_text("\n".join(lines) + "\n", "utf-8")
    return table


def test_a_common_voice_folder_becomes_manifests_split_by_speaker(tmp_path: Path) -> None:
    rows = [
        Row(f"{speaker.replace(' ', '_')}_{take}.wav", 'Ring "33 66" den 3. maj!', speaker)
        for speaker in SPEAKERS
        for take in (1, 2)
    ]
    for row in rows:
        sound(tmp_path / "clips" / row.path, 3.0)
    recordings = corpora.read_table(tmp_path, common_voice(tmp_path, rows), Columns())

    outcome = corpora.import_recordings(recordings, "cv", tmp_path / "out", processes=1)

    splits = {
        split: manifest.read(tmp_path / "out" / f"cv-{split}.jsonl") for split in outcome.kept
    }
    assert sum(outcome.kept.values()) == len(rows)
    assert not outcome.left_out
    assert all(splits.values())
    assert len(splits["train"]) > len(splits["test"]) + len(splits["dev"])
    heard = [{clip.speaker for clip in clips} for clips in splits.values()]
    assert sum(map(len, heard)) == len(set.union(*heard)) == len(SPEAKERS)
    for clip in splits["train"]:
        assert clip.text == "ring treogtredive seksogtres den tredje maj"
        assert clip.source == "cv"
        assert clip.phones[:5] == ("R", "e", "N", "t", "R")


@pytest.mark.parametrize(
    ("name", "rate", "channels"),
    [
        ("a.wav", 8000, 1),
        ("a.wav", 44_100, 2),
        ("a.flac", 48_000, 1),
        ("a.ogg", 16_000, 1),
        ("a.mp3", 32_000, 1),
    ],
)
def test_any_sound_file_becomes_8_khz_mono(
    tmp_path: Path, name: str, rate: int, channels: int
) -> None:
    recording = Recording(sound(tmp_path / name, 2.0, rate, channels), "ja tak", "x")

    corpora.import_recordings([recording], "one", tmp_path / "out", processes=1)

    (wav,) = (tmp_path / "out" / "one").iterdir()
    with wave.open(str(wav)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (8000, 1, 2)
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16)
    assert len(samples) == pytest.approx(16_000, abs=800)
    spectrum = np.abs(np.fft.rfft(samples[4000:12000].astype(float)))
    assert int(np.argmax(spectrum)) == pytest.approx(440, abs=2)
    assert 30_000 < samples.max() <= 32_767


def test_what_teaches_nothing_is_left_out_and_counted(tmp_path: Path) -> None:
    long_text = "jeg vil gerne tale med nogen om en byggetilladelse"
    silent = tmp_path / "silent.wav"
    soundfile.write(silent, np.zeros(16_000), 8000)
    (tmp_path / "text.wav").write_text("not a sound", "utf-8")
    recordings = [
        Recording(sound(tmp_path / "good.wav", 4.0), long_text, "a"),
        Recording(sound(tmp_path / "short.wav", 0.8), long_text, "a"),
        Recording(sound(tmp_path / "wordless.wav", 2.0), "...", "a"),
        Recording(sound(tmp_path / "endless.wav", 21.0), long_text, "a"),
        Recording(silent, "ja", "a"),
        Recording(tmp_path / "text.wav", "ja", "a"),
        Recording(tmp_path / "missing.wav", "ja", "a"),
    ]

    outcome = corpora.import_recordings(recordings, "bad", tmp_path / "out", processes=1)

    assert sum(outcome.kept.values()) == 1
    assert dict(outcome.left_out) == {
        "too short for its words": 1,
        "no words": 1,
        "too long": 1,
        "no sound": 1,
        "unreadable": 2,
    }


@pytest.mark.parametrize(
    ("seconds", "phones", "enough"),
    [
        (0.335, "j & t & k a b c d e f", True),  # 32 frames, 11 outputs
        (0.335, "j & t & k a b c d e f g", False),
        (0.335, "j j t & k a b c d e f", False),  # a blank between two of the same
        (0.01, "", True),
        (0.01, "j", False),
    ],
)
def test_a_clip_needs_an_output_for_every_phone(
    seconds: float, phones: str, *, enough: bool
) -> None:
    assert corpora.fits(int(seconds * 8000), tuple(phones.split())) is enough


def test_tables_of_other_corpora_name_their_columns(tmp_path: Path) -> None:
    """As the CoRal and NST corpora can be exported."""
    columns = Columns(audio="file", text="text", speaker="speaker_id", audio_folder="")
    rows = [{"file": "a/1.wav", "text": "Ja, tak", "speaker_id": 7, "age": None}]
    (tmp_path / "t.json").write_text(json.dumps(rows), "utf-8")
    (tmp_path / "t.jsonl").write_text(json.dumps(rows[0]) + "\n", "utf-8")
    (tmp_path / "t.csv").write_text('file,text,speaker_id\na/1.wav,"Ja, tak",7\n', "utf-8")

    for name in ("t.json", "t.jsonl", "t.csv"):
        assert corpora.read_table(tmp_path, tmp_path / name, columns) == [
            Recording(tmp_path / "a/1.wav", "Ja, tak", "7")
        ]


def test_pairs_of_sound_and_text_take_the_folder_for_the_speaker(tmp_path: Path) -> None:
    audio = sound(tmp_path / "mette" / "1.wav", 0.1)
    audio.with_suffix(".txt").write_text("Nej.", "utf-8")
    sound(tmp_path / "mette" / "2.wav", 0.1)

    assert corpora.read_pairs(tmp_path) == [Recording(audio, "Nej.", "mette")]


def test_a_folder_that_is_no_corpus_is_named(tmp_path: Path) -> None:
    (tmp_path / "t.tsv").write_text("a\tb\n1\t2\n", "utf-8")
    (tmp_path / "t.json").write_text("{", "utf-8")

    with pytest.raises(CorpusError, match="holds no sound file"):
        corpora.read_pairs(tmp_path)
    with pytest.raises(CorpusError, match=r"has no column path, sentence; it has a, b"):
        corpora.read_table(tmp_path, tmp_path / "t.tsv", Columns())
    with pytest.raises(CorpusError, match="is not a table of recordings"):
        corpora.read_table(tmp_path, tmp_path / "t.json", Columns())
    with pytest.raises(CorpusError, match="cannot be read"):
        corpora.read_table(tmp_path, tmp_path / "none.tsv", Columns())
