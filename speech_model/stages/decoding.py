"""The lexicon to a decoding graph; imports kaldifst, which must not meet vosk."""

import sys
from argparse import Namespace
from pathlib import Path

from speech_model import folder, product
from speech_model.graph import GraphError
from speech_model.pronunciation import (
    LEXICON,
    PHONES,
    PronunciationError,
    read_lexicon,
    read_phones,
)


def graph(options: Namespace) -> int:
    """Build the graph of the model that is being made, or add words to a finished one."""
    try:
        if options.words:
            return _add_words(options.words, options.model, options.out or options.model)
        print("graph ...", flush=True)
        product.write_graph(options.work / "model", read_lexicon(LEXICON), read_phones(PHONES))
    except (GraphError, PronunciationError, OSError) as failure:
        print(f"The graph was not built: {failure}", file=sys.stderr)
        return 1
    return 0


def _add_words(file: Path, model: Path, out: Path) -> int:
    if not (model / folder.LEXICON).is_file():
        print(f"{model} is no speech model: it lacks {folder.LEXICON}", file=sys.stderr)
        return 1
    new = product.add_words(model, file.read_text(encoding="utf-8").split(), out)
    print(f"Built the graph of {out}; new words: {' '.join(new) or 'none'}")
    return 0
