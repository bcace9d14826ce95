"""Manifests are read back as written, and every mistake names its line."""

from pathlib import Path

import pytest

from speech_model import manifest
from speech_model.manifest import ManifestError, Utterance

GOOD = '{"wav": "a.wav", "text": "ja", "speaker": "m1", "source": "cv"}\n'

BAD = {
    "{": ":2: not JSON: ",
    "[]": ":2: a line is one JSON object",
    '{"wav": "a.wav", "text": "ja"}': ":2: lacks speaker, source",
    GOOD.replace("}", ', "spekaer": "m2"}'): ":2: does not know spekaer",
    GOOD.replace('"ja"', "1"): ":2: text is text in quotation marks",
    GOOD.replace("a.wav", "b.wav"): ":2: there is no file b.wav",
}


def test_it_is_read_as_it_was_written(tmp_path: Path) -> None:
    wav = tmp_path / "wav" / "å.wav"
    wav.parent.mkdir()
    wav.touch()
    clips = [
        Utterance(wav, "æble", "m1", "cv"),
        Utterance(wav, "", "m2", "noise"),
        Utterance(wav, "ja", "m3", "espeak-ng", ("j", "&"), "yesno", "yesno", "ja"),
    ]

    manifest.write(tmp_path / "train.jsonl", clips)

    assert manifest.read(tmp_path / "train.jsonl") == clips
    assert '"wav": "wav/å.wav", "text": "æble"' in (tmp_path / "train.jsonl").read_text("utf-8")


@pytest.mark.parametrize(("line", "message"), BAD.items())
def test_a_mistake_is_named_with_its_line(tmp_path: Path, line: str, message: str) -> None:
    (tmp_path / "a.wav").touch()
    file = tmp_path / "train.jsonl"
    file.write_text(GOOD + line.strip() + "\n", "utf-8")

    with pytest.raises(ManifestError) as raised:
        manifest.read(file)

    assert str(raised.value).startswith(f"{file}{message}")


def test_a_missing_manifest_is_named(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"none\.jsonl: cannot be read: No such file"):
        manifest.read(tmp_path / "none.jsonl")
