"""What has been rendered into a folder, and which recordings make up a prompt.

Written beside the recordings as `manifest.json`; the gateway reads it instead of the texts.
"""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

FILE = "manifest.json"
RENDERED = "rendered"
RECORDED = "recordings"
SOUNDS = "music"
"""The folder beside the languages, for what is the same in all of them."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One recording: what it was made from, as a hash, and the size of its file."""

    hash: str
    octets: int


@dataclass(slots=True)
class Manifest:
    """The parts of a prompt are ids of recordings; `{name}` is where a number is spoken."""

    recordings: dict[str, Entry] = field(default_factory=dict)
    prompts: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def holds(self, recording: str, made_from: str, file: Path) -> bool:
        """Whether the file is there, whole, and made from just this."""
        try:
            return self.recordings.get(recording) == Entry(made_from, file.stat().st_size)
        except FileNotFoundError:
            return False


def read(folder: Path) -> Manifest:
    """Read the manifest; one that is not there or is damaged says that nothing is rendered."""
    try:
        content = json.loads((folder / FILE).read_bytes())
        recordings, prompts = content["recordings"].items(), content["prompts"].items()
        return Manifest(
            {str(name): Entry(str(made), int(octets)) for name, (made, octets) in recordings},
            {str(name): tuple(map(str, parts)) for name, parts in prompts},
        )
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return Manifest()


def write(folder: Path, manifest: Manifest) -> None:
    """Write the manifest; it is there whole or not at all."""
    content = {
        "recordings": {
            name: [entry.hash, entry.octets] for name, entry in sorted(manifest.recordings.items())
        },
        "prompts": dict(sorted(manifest.prompts.items())),
    }
    octets = json.dumps(content, indent=1, ensure_ascii=False).encode()
    file = folder / FILE
    if file.exists() and file.read_bytes() == octets:
        return
    unfinished = folder / f".{FILE}.{os.getpid()}.tmp"
    unfinished.write_bytes(octets)
    unfinished.replace(file)
