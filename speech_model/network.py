"""The acoustic network: a time-delay network that CTC trains, 30 ms an output.

    40 cepstra -> 7 frames spliced, every third kept -> blocks -> phones

A block squeezes two moments into a narrow layer, widens two of those again, and adds the result
to what came in. Each wide layer is affine, normalised, rectified; nothing looks further ahead
than `RIGHT` frames, because every frame ahead is delay for a caller. Only operations that Kaldi
has are used, so that `export` can write the very same function.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from speech_model.settings import CEPSTRA, SUBSAMPLING


@dataclass(frozen=True)
class Shape:
    """How large the network is. Offsets are in frames of 10 ms."""

    wide: int = 320
    narrow: int = 96
    splice: int = 3
    """Frames to either side that the first layer sees."""
    looks: tuple[tuple[int, int], ...] = (
        (3, 3),
        (3, 3),
        (3, 3),
        (6, 3),
        (6, 3),
        (9, 0),
        (9, 0),
    )
    """For every block how far back its first half and how far ahead its second half looks."""

    @property
    def left(self) -> int:
        return self.splice + sum(back for back, _ in self.looks)

    @property
    def right(self) -> int:
        return self.splice + sum(ahead for _, ahead in self.looks)


NORM_EPSILON = 1e-5
SHAPE = Shape()
LEFT = SHAPE.left
RIGHT = SHAPE.right


class Rectified(nn.Module):
    """Affine, normalised over the batch, rectified. (batch, time, inputs) to (..., outputs)."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.affine = nn.Linear(inputs, outputs, bias=False)
        self.norm = nn.BatchNorm1d(outputs, eps=NORM_EPSILON)

    def forward(self, spliced: Tensor) -> Tensor:
        wide = self.affine(spliced)
        batch, time, dim = wide.shape
        normed: Tensor = self.norm(wide.reshape(batch * time, dim)).reshape(batch, time, dim)
        return torch.relu(normed)


class Block(nn.Module):
    """One step deeper; `back` and `ahead` in outputs of 30 ms."""

    def __init__(self, shape: Shape, back: int, ahead: int) -> None:
        super().__init__()
        self.back, self.ahead = back, ahead
        self.squeeze = nn.Linear(shape.wide * (2 if back else 1), shape.narrow, bias=False)
        self.widen = Rectified(shape.narrow * (2 if ahead else 1), shape.wide)

    def forward(self, wide: Tensor) -> Tensor:
        time = wide.shape[1]
        narrow = self.squeeze(_spliced(wide, self.back))
        widened = self.widen(_spliced(narrow, self.ahead))
        return wide[:, self.back : time - self.ahead] + widened


class Network(nn.Module):
    """`forward` gives log-probabilities of the blank (output 0) and the phones."""

    mean: Tensor
    scale: Tensor

    def __init__(self, phones: int, shape: Shape = SHAPE) -> None:
        """`phones` without the blank."""
        super().__init__()
        self.shape = shape
        self.register_buffer("mean", torch.zeros(CEPSTRA))
        self.register_buffer("scale", torch.ones(CEPSTRA))
        self.first = Rectified(CEPSTRA * (2 * shape.splice + 1), shape.wide)
        self.blocks = nn.ModuleList(
            Block(shape, back // SUBSAMPLING, ahead // SUBSAMPLING) for back, ahead in shape.looks
        )
        self.last = nn.Linear(shape.wide, phones + 1)

    def forward(self, frames: Tensor) -> Tensor:
        """(batch, LEFT + frames + RIGHT, 40) to (batch, outputs(frames), 1 + phones)."""
        scaled = (frames - self.mean) * self.scale
        width = 2 * self.shape.splice + 1
        # unfold: (batch, outputs, 40, width) -> one row of frames, the earliest first
        spliced = scaled.unfold(1, width, SUBSAMPLING).transpose(2, 3).flatten(2)
        wide = self.first(spliced)
        for block in self.blocks:
            wide = block(wide)
        return torch.log_softmax(self.last(wide).float(), dim=-1)


def outputs(frames: int) -> int:
    """How many outputs so many frames give: one at frame 0, 3, 6, ..."""
    return (frames + SUBSAMPLING - 1) // SUBSAMPLING


def padded(frames: Tensor, shape: Shape = SHAPE) -> Tensor:
    """(frames, 40) with the first and the last repeated, as Kaldi does at the edges."""
    before = frames[:1].expand(shape.left, -1)
    return torch.cat([before, frames, frames[-1:].expand(shape.right, -1)])


def _spliced(sequence: Tensor, distance: int) -> Tensor:
    """Each moment beside the one `distance` later."""
    if not distance:
        return sequence
    return torch.cat([sequence[:, :-distance], sequence[:, distance:]], dim=2)
