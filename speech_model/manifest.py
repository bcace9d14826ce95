"""Manifests: which clips there are, what is said in them, and by whom.

One JSON object a line, in UTF-8:

    {"wav": "wav/0001.wav", "text": "jeg ringer om affald", "speaker": "m1", "source": "cv"}

`wav` is relative to the manifest. Optional: `phones`, what the clip really says; and for an
evaluation `set`, `menu` and `expect` (the phrase meant, "" when it must be rejected).
"""

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

REQUIRED = ("wav", "text", "speaker", "source")
OPTIONAL = ("phones", "set", "menu", "expect")


class ManifestError(Exception):
    """A line of a manifest is wrong; the message names file, line and remedy."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """One clip: 8 kHz mono 16-bit WAV."""

    wav: Path
    text: str
    """As `normalise` gives it; "" for a clip without speech."""
    speaker: str
    source: str
    phones: tuple[str, ...] = ()
    """What is said, where it is known; else the lexicon tells."""
    set: str = ""
    menu: str = ""
    expect: str = ""


def read(path: Path) -> list[Utterance]:
    """Every clip of a manifest. Raises ManifestError for the first bad line or missing file."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise ManifestError(f"{path}: cannot be read: {error.strerror}") from error
    return [_utterance(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]


def write(path: Path, utterances: Iterable[Utterance]) -> None:
    """Write a manifest whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".draft")
    draft.write_text("".join(_line(path, one) for one in utterances), encoding="utf-8")
    draft.replace(path)


def _utterance(path: Path, number: int, line: str) -> Utterance:
    place = f"{path}:{number}"
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise ManifestError(f"{place}: not JSON: {error.msg}") from error
    if not isinstance(row, dict):
        raise ManifestError(f"{place}: a line is one JSON object")
    _check_keys(place, row)
    wav = path.parent / row["wav"]
    if not wav.is_file():
        raise ManifestError(f"{place}: there is no file {row['wav']}")
    phones = tuple(row.pop("phones", "").split())
    return Utterance(**{**row, "wav": wav}, phones=phones)


def _check_keys(place: str, row: Mapping[str, object]) -> None:
    missing = [key for key in REQUIRED if key not in row]
    if missing:
        raise ManifestError(f"{place}: lacks {', '.join(missing)}")
    unknown = sorted(set(row) - {*REQUIRED, *OPTIONAL})
    if unknown:
        raise ManifestError(f"{place}: does not know {', '.join(unknown)}")
    for key, value in row.items():
        if not isinstance(value, str):
            raise ManifestError(f"{place}: {key} is text in quotation marks")


def _line(path: Path, one: Utterance) -> str:
    row = {
        "wav": os.path.relpath(one.wav, path.parent),
        "text": one.text,
        "speaker": one.speaker,
        "source": one.source,
        "phones": " ".join(one.phones),
        "set": one.set,
        "menu": one.menu,
        "expect": one.expect,
    }
    kept = {key: value for key, value in row.items() if value or key in REQUIRED}
    return json.dumps(kept, ensure_ascii=False) + "\n"
