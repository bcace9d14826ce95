"""`python -m speech_model import FOLDER --as NAME`: recordings of people become manifests."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from speech_model import corpora
from speech_model.corpora import Columns, CorpusError
from speech_model.pronunciation import PronunciationError

_EXAMPLE = """\
a table, as Common Voice has it:
  python -m speech_model import corpora/cv-da --as cv --table validated.tsv
sound files, each with a .txt of the same name beside it, a folder for each speaker:
  python -m speech_model import corpora/calls --as calls
then train on it, each clip through two telephones, synthetic speech through one:
  python -m speech_model --manifest build/speech_model/cv-train.jsonl:2 --copies 1
"""


def main(arguments: Sequence[str]) -> int:
    options = _parser().parse_args(arguments)
    try:
        outcome = corpora.import_recordings(_recordings(options), options.name, options.work)
    except (CorpusError, PronunciationError, OSError) as failure:
        print(f"Nothing was imported: {failure}", file=sys.stderr)
        return 1
    for split, count in outcome.kept.items():
        print(f"  {count} clips for {split}: {options.work / f'{options.name}-{split}.jsonl'}")
    for reason, count in outcome.left_out.items():
        print(f"  {count} left out: {reason}")
    return 0


def _recordings(options: argparse.Namespace) -> list[corpora.Recording]:
    folder: Path = options.folder
    if options.table is None:
        return corpora.read_pairs(folder)
    columns = Columns(
        audio=options.audio_column,
        text=options.text_column,
        speaker=options.speaker_column,
        audio_folder=options.audio_folder,
    )
    return corpora.read_table(folder, folder / options.table, columns)


def _parser() -> argparse.ArgumentParser:
    usual = Columns()
    parser = argparse.ArgumentParser(
        prog="python -m speech_model import",
        description=__doc__,
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("folder", type=Path, help="the corpus")
    add("--as", dest="name", required=True, help="what its manifests are called")
    add("--table", type=Path, help="its TSV, CSV, JSON or JSONL file, seen from the folder")
    add("--audio-column", default=usual.audio)
    add("--text-column", default=usual.text)
    add("--speaker-column", default=usual.speaker)
    add("--audio-folder", default=usual.audio_folder, help="where the table's paths begin")
    add("--work", type=Path, default=Path("build/speech_model"), help="where the manifests go")
    return parser
