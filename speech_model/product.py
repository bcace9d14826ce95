"""The graph of a product, built when the model is made and again when words are added.

Imports kaldifst, which must not meet vosk in one process.
"""

import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

from speech_model import graph, pronunciation
from speech_model.folder import LEXICON, PHONES, replace
from speech_model.graph import Lexicon
from speech_model.settings import UNKNOWN_PENALTY

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
