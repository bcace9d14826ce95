"""The folder of a speech model: which files it must have, and which words it knows.

A folder that lacks a file, or holds one of another kind, can end the process that loads it
(Kaldi aborts where it should refuse). So the folder is read here first, as plain files.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ivr.engine.events import UNKNOWN_WORD
from ivr.errors import SpeechUnavailable

RATE = 8000
"""Samples per second of a telephone, and so of a model for telephones."""


WORDS = Path("graph/words.txt")
_NETWORK = Path("am/final.mdl")
_FEATURES = Path("conf/mfcc.conf")
_FILES = (
    _NETWORK,
    _FEATURES,
    Path("conf/model.conf"),
    Path("graph/HCLr.fst"),
    Path("graph/Gr.fst"),
    Path("graph/disambig_tid.int"),
    WORDS,
)
_STATIC_GRAPH = Path("graph/HCLG.fst")
_BINARY = b"\0B"
"""How a binary file of Kaldi begins."""


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A model as its files tell it. `words` are those of graph/words.txt, lower-case."""

    path: Path
    words: frozenset[str]

    @classmethod
    def read(cls, path: Path) -> "ModelFolder":
        """Look at every file. Raises `SpeechUnavailable` when one of them will not do."""
        if not path.is_dir():
            raise SpeechUnavailable(f"there is no speech model in {path}: it is not a folder")
        try:
            _check_files(path)
            words = _words(path / WORDS)
        except (OSError, UnicodeDecodeError) as error:
            raise SpeechUnavailable(f"the speech model {path} cannot be read: {error}") from error
        if UNKNOWN_WORD not in words:
            raise SpeechUnavailable(
                f"{path / WORDS} lacks the word {UNKNOWN_WORD}: build the graph anew"
            )
        return cls(path, words)

    def missing(self, words: Iterable[str]) -> tuple[str, ...]:
        """Return those words that nobody can be heard to say, in alphabetical order."""
        return tuple(sorted(set(words) - self.words))


def _check_files(path: Path) -> None:
    for file in _FILES:
        if not (path / file).is_file() or not (path / file).stat().st_size:
            raise SpeechUnavailable(f"the speech model {path} lacks {file}")
    if (path / _STATIC_GRAPH).exists():
        # Vosk would take it, and then ignore every grammar with no more than a warning.
        raise SpeechUnavailable(
            f"remove {path / _STATIC_GRAPH}: with it menus cannot be told apart"
        )
    with (path / _NETWORK).open("rb") as network:
        if network.read(len(_BINARY)) != _BINARY:
            raise SpeechUnavailable(f"{path / _NETWORK} is not a network of Kaldi")
    rate = _rate(path / _FEATURES)
    if rate != RATE:
        raise SpeechUnavailable(f"the speech model {path} is for {rate} Hz; a telephone has {RATE}")


def _rate(file: Path) -> int:
    for line in file.read_text(encoding="utf-8").splitlines():
        name, _, text = line.partition("=")
        if name.strip() == "--sample-frequency":
            try:
                return int(float(text))
            except ValueError:
                raise SpeechUnavailable(f"{file}: {text!r} is no sample frequency") from None
    raise SpeechUnavailable(f"{file} does not say --sample-frequency={RATE}")


def _words(file: Path) -> frozenset[str]:
    """Read `word id` lines; the symbols for "nothing" and for ambiguity are no words."""
    lines = file.read_text(encoding="utf-8").splitlines()
    words = (line.split(" ")[0] for line in lines)
    return frozenset(word for word in words if word and not word.startswith(("<", "#")))
