"""Makes the speech model: `python -m speech_model` for all of it, or one stage by name.

    lexicon -> corpus -> features -> train -> export -> graph -> evaluate -> card

What is done and unchanged is passed over, what was interrupted goes on. `graph --words` adds
words to a finished model in seconds, and needs neither torch nor a corpus. `import FOLDER`
makes a manifest of recordings of people; see `import --help`.
"""

import argparse
import importlib
import os
import subprocess
import sys
from pathlib import Path

from speech_model.settings import MINUTES

STAGES = {
    "lexicon": "speech_model.stages.corpus",
    "corpus": "speech_model.stages.corpus",
    "features": "speech_model.stages.learning",
    "train": "speech_model.stages.learning",
    "export": "speech_model.stages.learning",
    "graph": "speech_model.stages.decoding",
    "evaluate": "speech_model.stages.measuring",
    "card": "speech_model.stages.measuring",
}
"""Each stage is a function of its name in this module.

One process for each: torch gives its memory back, and kaldifst never meets vosk."""


def main(arguments: list[str]) -> int:
    try:
        return _run(arguments)
    except ModuleNotFoundError as missing:
        print(
            f"{missing.name} is missing: `python3 -m setup test train` installs what making the"
            " speech model takes",
            file=sys.stderr,
        )
        return 1


def _run(arguments: list[str]) -> int:
    if arguments[:1] == ["import"]:
        importing = importlib.import_module("speech_model.stages.importing")
        imported: int = importing.main(arguments[1:])
        return imported
    options = _parser().parse_args(arguments)
    if options.stage == "all":
        return _all(arguments)
    # threads that wait for each other sleep: else torch burns a core that others need
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    module = importlib.import_module(STAGES[options.stage])
    code: int = getattr(module, options.stage)(options)
    return code


def _all(arguments: list[str]) -> int:
    rest = [word for word in arguments if word != "all"]
    for stage in STAGES:
        done = subprocess.run([sys.executable, "-m", "speech_model", stage, *rest], check=False)
        if done.returncode:
            return done.returncode
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m speech_model",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("stage", nargs="?", default="all", choices=("all", *STAGES))
    add("--work", type=Path, default=Path("build/speech_model"), help="all but the product")
    add("--model", type=Path, default=Path("speech_model/da-8k"), help="the product")
    add(
        "--manifest",
        action="append",
        default=[],
        metavar="FILE[:WEIGHT]",
        help="another corpus to train on; the weight is how many copies of each clip are made",
    )
    add("--clips", type=int, default=20_000, help="clips to synthesise for training")
    add("--dev-clips", type=int, default=600, help="clips to choose settings with")
    add("--trials", type=int, default=520, help="clips for each row of the evaluation")
    add("--copies", type=float, default=3.0, help="copies of each clip, telephones all different")
    add("--epochs", type=int, default=40, help="passes over all examples at most")
    add("--minutes", type=float, default=MINUTES, help="minutes of training at most")
    add("--words", type=Path, help="graph: add the words of this file, one a line")
    add("--out", type=Path, help="graph --words: the folder to write, if not the model")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
