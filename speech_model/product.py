"""The product: a folder that Vosk loads, complete or not there at all.

am/final.mdl                    the network
conf/                           features, decoding, endpoints
graph/                          which phones make which words
lexicon.tsv, phones.txt         what the graph was built of
MODEL_CARD.md, measured.json    what it is, and how well it does
"""

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from speech_model import graph, pronunciation
from speech_model.graph import Lexicon
from speech_model.settings import UNKNOWN_PENALTY

LEXICON = "lexicon.tsv"
PHONES = "phones.txt"
NETWORK = "am/final.mdl"

_STARTED_WITH = ("[", "<", "#")
"""How Vosk's own symbols begin: no words."""


def add_words(model: Path, words: Iterable[str], out: Path) -> tuple[str, ...]:
    """Build the graph of a model anew with these words besides; returns those that were new.

    `out` may be the model itself. Raises GraphError or PronunciationError, and then leaves
    everything as it was.
    """
    lexicon = dict(pronunciation.read_lexicon(model / LEXICON))
    wanted = dict.fromkeys(word for word in words if not word.startswith(_STARTED_WITH))
    new = tuple(word for word in wanted if word not in lexicon)
    lexicon |= pronunciation.pronounce(new)
    draft = out.with_name(f".{out.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    shutil.copytree(model, draft)
    write_graph(draft, lexicon, pronunciation.read_phones(model / PHONES))
    replace(out, draft)
    return new


def write_graph(
    folder: Path,
    lexicon: Lexicon,
    phones: Sequence[str],
    *,
    unknown_penalty: float = UNKNOWN_PENALTY,
) -> None:
    """Write `graph/` and what it is made of into a model's folder."""
    graph.build(lexicon, phones, folder / "graph", unknown_penalty=unknown_penalty)
    rows = [f"{word}\t{' '.join(said)}\n" for word in sorted(lexicon) for said in lexicon[word]]
    folder.joinpath(LEXICON).write_text("".join(rows), encoding="utf-8")
    folder.joinpath(PHONES).write_text("".join(f"{phone}\n" for phone in phones), encoding="utf-8")


def replace(folder: Path, draft: Path) -> None:
    """Put a finished folder in the place of another; who reads either finds it whole."""
    old = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    draft.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
