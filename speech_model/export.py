"""Writes the trained network as Kaldi's `final.mdl`, which Vosk reads as it is.

The file holds a transition model (one state for each phone; decoding takes its probabilities
from the graph) and an nnet3 network. Normalisations are folded into the affine layers before
them, so the function is the one PyTorch computes. One output is added that was never trained:
the likeliest of all phones, which `[unk]` is made of.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from speech_model.kaldi_binary import KaldiBinary
from speech_model.network import NORM_EPSILON, Network, Shape
from speech_model.settings import BLANK_PRIOR, CEPSTRA

Floats = NDArray[np.float64]
Values = Mapping[str, Floats]

_ELEMENTWISE = {"rectified": "RectifiedLinearComponent", "log-softmax": "LogSoftmaxComponent"}


@dataclass(frozen=True)
class Layer:
    """One component of nnet3 and where its input comes from."""

    name: str
    kind: Literal["affine", "rectified", "no-op", "log-softmax"]
    input: str
    dim: int
    weights: tuple[Floats, Floats] | None = None
    """Matrix (outputs, inputs) and bias of an affine layer."""


def write(network: Network, path: Path, *, blank_prior: float = BLANK_PRIOR) -> None:
    """Write `am/final.mdl` of a network; `blank_prior` in nats."""
    layers = _layers(network)
    phones = layers[-1].dim - 1
    out = KaldiBinary()
    _transition_model(out, phones + 2)
    _nnet3(out, layers, phones)
    out.token("<LeftContext>")
    out.integer(network.shape.left)
    out.token("<RightContext>")
    out.integer(network.shape.right)
    out.token("<Priors>")
    out.vector([math.exp(blank_prior), *[1.0] * (phones + 1)])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bytes(out))


# --- the network as components ------------------------------------------------------------------


def _layers(network: Network) -> list[Layer]:
    shape = network.shape
    values = {
        name: value.detach().double().numpy() for name, value in network.eval().state_dict().items()
    }
    layers = _first(values, shape)
    for number, (back, ahead) in enumerate(shape.looks):
        layers += _block(values, f"blocks.{number}", layers[-1], back, ahead)
    last = values["last.weight"]
    affine = _affine("last.affine", layers[-1].name, last, values["last.bias"])
    return [*layers, affine, Layer("last.softmax", "log-softmax", affine.name, len(last))]


def _first(values: Values, shape: Shape) -> list[Layer]:
    """The first layer, with the scaling of the cepstra folded in."""
    matrix, bias = _folded(values, "first")
    width = 2 * shape.splice + 1
    matrix = matrix * np.tile(values["scale"], width)
    bias = bias - matrix @ np.tile(values["mean"], width)
    spliced = _append("input", *range(-shape.splice, shape.splice + 1))
    affine = _affine("first.affine", spliced, matrix, bias)
    return [affine, Layer("first", "rectified", affine.name, affine.dim)]


def _block(values: Values, name: str, before: Layer, back: int, ahead: int) -> list[Layer]:
    squeeze = values[f"{name}.squeeze.weight"]
    widen, bias = _folded(values, f"{name}.widen")
    moments = _append(before.name, *((-back, 0) if back else (0,)))
    narrow = _affine(f"{name}.squeeze", moments, squeeze, np.zeros(len(squeeze)))
    spliced = _append(narrow.name, *((0, ahead) if ahead else (0,)))
    affine = _affine(f"{name}.affine", spliced, widen, bias)
    rectified = Layer(f"{name}.relu", "rectified", affine.name, affine.dim)
    # a name for the sum: Kaldi's descriptors cannot shift a sum in time
    total = Layer(name, "no-op", f"Sum({before.name}, {rectified.name})", affine.dim)
    return [narrow, affine, rectified, total]


def _affine(name: str, source: str, matrix: Floats, bias: Floats) -> Layer:
    return Layer(name, "affine", source, len(matrix), (matrix, bias))


def _folded(values: Values, name: str) -> tuple[Floats, Floats]:
    """The affine layer that is one with the normalisation behind it."""
    gain = values[f"{name}.norm.weight"] / np.sqrt(
        values[f"{name}.norm.running_var"] + NORM_EPSILON
    )
    matrix = values[f"{name}.affine.weight"] * gain[:, None]
    bias = values[f"{name}.norm.bias"] - gain * values[f"{name}.norm.running_mean"]
    return matrix, bias


def _append(name: str, *offsets: int) -> str:
    parts = [name if offset == 0 else f"Offset({name}, {offset})" for offset in offsets]
    return parts[0] if len(parts) == 1 else f"Append({', '.join(parts)})"


# --- the file -----------------------------------------------------------------------------------


def _transition_model(out: KaldiBinary, phones: int) -> None:
    """Every phone (the blank is phone 1) has one state that may repeat."""
    out.token("<TransitionModel>", "<Topology>")
    out.integers(range(1, phones + 1))
    out.integers([-1] + [0] * phones)
    out.integer(1, 2)  # one topology, of two states
    out.integer(0, 2, 0)  # the first: pdf class 0, two transitions, one to itself ...
    out.single(0.5)
    out.integer(1)  # ... and one to the end
    out.single(0.5)
    out.integer(-1, 0)  # the end: no pdf, no transitions
    out.token("</Topology>", "<Triples>")
    out.integer(phones)
    for phone in range(1, phones + 1):
        out.integer(phone, 0, phone - 1)
    out.token("</Triples>", "<LogProbs>")
    out.vector([0.0] + [math.log(0.5)] * (2 * phones))
    out.token("</LogProbs>", "</TransitionModel>")


def _nnet3(out: KaldiBinary, layers: list[Layer], phones: int) -> None:
    wiring = [
        f"input-node name=input dim={CEPSTRA}",
        *(f"component-node name={x.name} component={x.name} input={x.input}" for x in layers),
        f"dim-range-node name=phones input-node=last.softmax dim-offset=1 dim={phones}",
        "component-node name=likeliest component=likeliest input=phones",
        "output-node name=output input=Append(last.softmax, likeliest) objective=linear",
    ]
    out.token("<Nnet3>")
    out.text("\n" + "\n".join(wiring) + "\n\n")
    out.token("<NumComponents>")
    out.integer(len(layers) + 1)
    for layer in layers:
        out.token("<ComponentName>", layer.name)
        _component(out, layer)
    out.token("<ComponentName>", "likeliest")
    _pooling(out, phones)
    out.token("</Nnet3>")


def _component(out: KaldiBinary, layer: Layer) -> None:
    match layer:
        case Layer(weights=(matrix, bias)):
            out.token("<FixedAffineComponent>", "<LinearParams>")
            out.matrix(matrix)
            out.token("<BiasParams>")
            out.vector(bias)
            out.token("</FixedAffineComponent>")
        case Layer(kind="no-op"):
            out.token("<NoOpComponent>", "<Dim>")
            out.integer(layer.dim)
            out.token("<BackpropScale>")
            out.single(1.0)
            out.token("</NoOpComponent>")
        case _:
            _elementwise(out, _ELEMENTWISE[layer.kind], layer.dim)


def _elementwise(out: KaldiBinary, name: str, dim: int) -> None:
    out.token(f"<{name}>", "<Dim>")
    out.integer(dim)
    out.token("<ValueAvg>")
    out.vector([])
    out.token("<DerivAvg>")
    out.vector([])
    out.token("<Count>")
    out.double(0.0)
    out.token(f"</{name}>")


def _pooling(out: KaldiBinary, width: int) -> None:
    out.token("<MaxpoolingComponent>")
    sizes = {"InputXDim": width, "InputYDim": 1, "InputZDim": 1}
    sizes |= {"PoolXSize": width, "PoolYSize": 1, "PoolZSize": 1}
    sizes |= {"PoolXStep": 1, "PoolYStep": 1, "PoolZStep": 1}
    for name, value in sizes.items():
        out.token(f"<{name}>")
        out.integer(value)
    out.token("</MaxpoolingComponent>")
