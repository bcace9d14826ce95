"""What Vosk computes from the exported file is what PyTorch computes.

Vosk tells the log-likelihood of a result. The same is computed here from PyTorch's outputs with
CTC's rules; any error of features, edges, weights or graph would part the two.
"""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
import vosk
from numpy.typing import NDArray
from torch import nn

from speech_model import export, settings
from speech_model.features import cepstra
from speech_model.network import LEFT, RIGHT, Network, outputs, padded

pytestmark = pytest.mark.training

PHONES = ("A", "n", "j", "d", "e", "r")
WORDS = {"nej": ("n", "A", "j"), "ja": ("j", "A"), "anden": ("A", "n", "n", "d", "e", "n")}
GRAPH_SCALE = 0.9
"""What Vosk multiplies the cost of a path's words with once it has been found."""


@pytest.fixture(scope="module")
def network() -> Network:
    """One whose every weight and every normalisation does something."""
    torch.manual_seed(5)
    network = Network(len(PHONES))
    for module in network.modules():
        if isinstance(module, nn.BatchNorm1d):
            module.running_mean.uniform_(-1, 1)
            module.running_var.uniform_(0.5, 2)
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.uniform_(module.bias, -0.5, 0.5)
    network.mean.uniform_(-3, 3)
    network.scale.uniform_(0.05, 0.2)
    network.eval()
    return network


@pytest.fixture(scope="module")
def folder(network: Network, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The network as a model; the graph is built by a process of its own."""
    model = tmp_path_factory.mktemp("model")
    export.write(network, model / "am/final.mdl")
    settings.write(model, beam=200.0)  # random scores are all alike: nothing may be cut off
    (model / "phones.txt").write_text("".join(f"{phone}\n" for phone in PHONES))
    rows = [f"{word}\t{' '.join(said)}\n" for word, said in WORDS.items()]
    (model / "lexicon.tsv").write_text("".join(rows))
    (model / "words").write_text("ja\n")
    places = ["--words", str(model / "words"), "--model", str(model)]
    subprocess.run([sys.executable, "-m", "speech_model", "graph", *places], check=True)
    return model


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("seconds", [0.5, 1.0])
def test_likelihoods_are_pytorchs(
    network: Network, folder: Path, word: str, seconds: float
) -> None:
    samples = sound(seconds)
    labels = [PHONES.index(phone) + 1 for phone in WORDS[word]]
    with torch.inference_mode():
        scores = network(padded(torch.from_numpy(cepstra(samples)))[None])[0].numpy().copy()
    scores[:, 0] -= settings.BLANK_PRIOR

    expected = best_path(scores, labels) - GRAPH_SCALE * (np.log(4) + np.log(2))

    assert likelihood(folder, word, samples) == pytest.approx(expected, abs=0.02)


def test_one_output_every_third_frame(network: Network) -> None:
    for count in (1, 2, 3, 4, 97, 98, 99):
        with torch.inference_mode():
            scores = network(torch.zeros(1, LEFT + count + RIGHT, settings.CEPSTRA))
        assert scores.shape == (1, outputs(count), 1 + len(PHONES))


def test_the_network_waits_no_longer_than_it_says(network: Network) -> None:
    """A change later than RIGHT frames ahead changes nothing before it."""
    frames = torch.randn(1, 200, settings.CEPSTRA)
    changed = frames.clone()
    changed[:, 150:] += 10
    with torch.inference_mode():
        before, after = network(frames), network(changed)

    same = (before == after).all(dim=2)[0]
    first_changed = int(torch.nonzero(~same)[0])
    assert 150 - LEFT - RIGHT <= first_changed * settings.SUBSAMPLING < 153 - LEFT


def likelihood(folder: Path, word: str, samples: NDArray[np.int16]) -> float:
    vosk.SetLogLevel(-1)
    recogniser = vosk.KaldiRecognizer(vosk.Model(str(folder)), settings.RATE, json.dumps([word]))
    recogniser.SetMaxAlternatives(1)
    for start in range(0, len(samples), 160):
        recogniser.AcceptWaveform(samples[start : start + 160].tobytes())
    (heard,) = json.loads(recogniser.FinalResult())["alternatives"]
    assert heard["text"] == word
    return float(heard["confidence"])


def best_path(scores: NDArray[np.float32], labels: list[int]) -> float:
    """CTC's best alignment: blanks may stand anywhere, and must between two labels alike."""
    states = [0, *(state for label in labels for state in (label, 0))]
    best = np.full(len(states), -np.inf)
    best[0], best[1] = scores[0, 0], scores[0, states[1]]
    for row in scores[1:]:
        before = best.copy()
        for at, state in enumerate(states):
            ways = [before[at]]
            if at > 0:
                ways.append(before[at - 1])
            if at > 1 and state not in (0, states[at - 2]):
                ways.append(before[at - 2])
            best[at] = max(ways) + row[state]
    return float(max(best[-1], best[-2]))


def sound(seconds: float) -> NDArray[np.int16]:
    rng = np.random.default_rng(1)
    count = int(seconds * settings.RATE)
    swell = np.sin(np.arange(count) / 800)
    return (1000 * rng.standard_normal(count) * swell).astype(np.int16)
