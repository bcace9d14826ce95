"""The evaluation, its table, and the product with its card; imports vosk."""

import json
import shutil
from argparse import Namespace
from pathlib import Path

from rich.console import Console

from speech_model import evaluation, folder, model_card, parallel, table
from speech_model.stages.corpus import notes
from speech_model.stages.stage import Stage, shown

SNRS = (None, 20.0, 10.0, 5.0)
PROCESSES = 2

_HEARING = ("evaluation", "table", "menus", "telephone", "noise", "g711")


def evaluate(options: Namespace) -> int:
    """Measure the model that is being made, or else the product; print the table."""
    draft = options.work / "model"
    test = options.work / "test.jsonl"
    is_draft = (draft / folder.NETWORK).exists()
    model = draft if is_draft else options.model
    result = (draft if is_draft else options.work) / model_card.MEASURED
    inside = tuple(model / name for name in ("am", "conf", "graph"))
    stage = Stage("evaluate", result, notes(options), (test, *inside), _HEARING)
    stage.run(lambda: _evaluate(model, test, options.trials, result))
    Console(width=150).print(table.printed(table.from_json(json.loads(stage.result.read_text()))))
    return 0


def _evaluate(model: Path, test: Path, count: int, result: Path) -> None:
    wanted = [trial for snr in SNRS for trial in evaluation.trials(test, snr)]
    wanted += evaluation.trials_of_noise(count)
    heard = []
    with shown("evaluation") as tell:
        hear = evaluation.Hear(model, test)
        for one in parallel.each(hear, wanted, PROCESSES):
            heard.append(one)
            tell(len(heard), len(wanted))
    found = json.dumps(table.measured(heard), indent=1)
    result.write_text(found + "\n")


def card(options: Namespace) -> int:
    """Write the model card and put the finished model in the place of the product."""
    draft = options.work / "model"
    manifests = {split: options.work / f"{split}.jsonl" for split in ("train", "dev", "test")}
    model_card.write(draft, manifests)
    finished = options.model.with_name(f".{options.model.name}.draft")
    shutil.rmtree(finished, ignore_errors=True)
    shutil.copytree(draft, finished)
    folder.replace(options.model, finished)
    print(f"The model is {options.model}: see {options.model / model_card.CARD}")
    return 0
