"""Clips to examples, examples to a network, the network to Kaldi's file."""

import json
import shutil
import sys
from argparse import Namespace
from pathlib import Path

import torch

from speech_model import examples, folder, settings
from speech_model import export as exporting
from speech_model.examples import Examples
from speech_model.network import Network
from speech_model.pronunciation import LEXICON, PHONES, read_lexicon, read_phones
from speech_model.stages.corpus import notes
from speech_model.stages.stage import Stage, shown
from speech_model.training import Plan, Progress, Training, TrainingError, phone_errors

CLIPS_OF_NOISE = 16
"""One clip of noise alone for so many of speech."""

_SOUND = ("examples", "features", "audio", "telephone", "noise", "g711")


def features(options: Namespace) -> int:
    """Put every clip through its telephones, and compute what the network hears of it."""
    manifests = _manifests(options)
    dev = options.work / "dev.jsonl"
    stage = Stage(
        "features",
        options.work / "features",
        notes(options),
        (*manifests, dev, LEXICON, PHONES),
        _SOUND,
        repr(list(manifests.values())),
    )
    stage.run(
        lambda: _make_features(options, manifests, dev),
        anew=lambda: shutil.rmtree(stage.result, ignore_errors=True),
    )
    return 0


def _make_features(options: Namespace, manifests: dict[Path, float], dev: Path) -> None:
    lexicon, phones = read_lexicon(), read_phones()
    spoken = examples.utterances(manifests, lexicon, phones)
    noises = len(spoken) // CLIPS_OF_NOISE
    wanted = {
        "train": examples.utterances(manifests, lexicon, phones, noises=noises),
        "dev": examples.utterances({dev: 1}, lexicon, phones),
    }
    for split, utterances in wanted.items():
        with shown(f"features for {split}") as tell:
            files = examples.make(utterances, options.work / "features" / split, tell=tell)
        skipped = examples.skipped(files)
        if skipped:
            print(f"  {skipped} of {len(utterances)} are too short for what they should say")


def train(options: Namespace) -> int:
    """Train the network; an interrupted run goes on."""
    stage = Stage(
        "train",
        options.work / "network.pt",
        notes(options),
        (notes(options) / "features.made_from",),
        ("network", "training"),
        f"{options.epochs} {options.minutes}",
    )
    checkpoint = options.work / "checkpoint.pt"
    try:
        stage.run(
            lambda: _train(options, checkpoint), anew=lambda: checkpoint.unlink(missing_ok=True)
        )
    except TrainingError as failure:
        print(f"Training stopped: {failure}", file=sys.stderr)
        return 1
    return 0


def _train(options: Namespace, checkpoint: Path) -> None:
    learned = _examples(options, "train")
    plan = Plan(options.epochs, options.minutes)
    training = Training(learned, len(read_phones()), plan, checkpoint)
    with shown("training") as show:

        def tell(progress: Progress) -> None:
            show(progress.done, 1.0)

        network = training.run(tell)
    errors = phone_errors(network, _examples(options, "dev"))
    print(f"  phone error rate on the voices for tuning: {100 * errors:.1f} %")
    torch.save(network.state_dict(), options.work / "network.pt")
    told = {
        "parameters": sum(parameter.numel() for parameter in network.parameters()),
        "blocks": len(network.blocks),
        "left_ms": network.shape.left * settings.FRAME_SHIFT_MS,
        "right_ms": network.shape.right * settings.FRAME_SHIFT_MS,
        "examples": len(learned),
        "hours": round(learned.hours, 1),
        "epochs": round(training.step / training.steps_in_an_epoch, 1),
        "minutes": round(training.seconds / 60, 1),
        "loss_at_first": round(training.first_loss, 3),
        "loss": round(training.loss, 3),
        "phone_errors": round(100 * errors, 1),
        "silence": settings.SECONDS_OF_SILENCE,
    }
    (options.work / "trained.json").write_text(json.dumps(told, indent=2) + "\n")


def export(options: Namespace) -> int:
    """Write the network and the settings as Vosk reads them."""
    weights = options.work / "network.pt"
    draft = options.work / "model"
    stage = Stage(
        "export",
        draft / folder.NETWORK,
        notes(options),
        (weights, PHONES),
        ("export", "kaldi_binary", "network", "settings"),
    )
    stage.run(lambda: _export(weights, draft))
    return 0


def _export(weights: Path, draft: Path) -> None:
    network = Network(len(read_phones()))
    network.load_state_dict(torch.load(weights, weights_only=True))
    exporting.write(network, draft / folder.NETWORK)
    settings.write(draft)
    trained = weights.with_name("trained.json")
    draft.joinpath(trained.name).write_text(trained.read_text())


def _examples(options: Namespace, split: str) -> Examples:
    return Examples.load(sorted((options.work / "features" / split).glob("[0-9]*[0-9].npz")))


def _manifests(options: Namespace) -> dict[Path, float]:
    """The synthetic corpus and the others asked for, each with its weight."""
    found = {options.work / "train.jsonl": float(options.copies)}
    for text in options.manifest:
        name, colon, weight = text.rpartition(":")
        found[Path(name if colon else text)] = float(weight) if colon else 1.0
    return found
