"""Words to pronunciations, and sentences to clips that are spoken."""

from argparse import Namespace
from pathlib import Path

from speech_model import pronunciation, synthesis, words
from speech_model.stages.stage import Stage

LANGUAGE = ("words", "numerals", "reduction", "pronunciation")
SPEECH = (*LANGUAGE, "sentences", "menus", "voices", "synthesis")


def lexicon(options: Namespace) -> int:
    """Write lexicon/da.tsv and phones.txt from the lists of words."""
    written = (words.WORDS, words.PHRASES, pronunciation.BY_HAND)
    stage = Stage("lexicon", pronunciation.LEXICON, notes(options), written, LANGUAGE)
    stage.run(pronunciation.write_lexicon)
    return 0


def corpus(options: Namespace) -> int:
    """Speak the clips for training, for tuning and for the evaluation."""
    counts = (options.clips, options.dev_clips, options.trials)
    texts = (words.WORDS, words.PHRASES, pronunciation.BY_HAND, words.FOLDER / "carriers.txt")
    stage = Stage(
        "corpus", options.work / "train.jsonl", notes(options), texts, SPEECH, repr(counts)
    )
    stage.run(
        lambda: synthesis.synthesise(
            options.work, options.clips, dev_clips=options.dev_clips, test_clips=options.trials
        )
    )
    return 0


def notes(options: Namespace) -> Path:
    """Where the stages note what their results were made from."""
    folder: Path = options.work / "notes"
    return folder
