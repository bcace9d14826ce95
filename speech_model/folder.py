"""The product: a folder that Vosk loads, complete or not there at all.

am/final.mdl                    the network
conf/                           features, decoding, endpoints
graph/                          which phones make which words
lexicon.tsv, phones.txt         what the graph was built of
MODEL_CARD.md, measured.json    what it is, and how well it does
"""

import shutil
from pathlib import Path

LEXICON = "lexicon.tsv"
PHONES = "phones.txt"
NETWORK = "am/final.mdl"


def replace(folder: Path, draft: Path) -> None:
    """Put a finished folder in the place of another; who reads either finds it whole."""
    old = folder.with_name(f".{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.rename(old)
    draft.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
