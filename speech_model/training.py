"""Training: CTC over batches of like length, AdamW, one cycle of the learning rate.

The same examples and seed give the same network on the same machine. A checkpoint is written
every few minutes and after every epoch; the next run goes on from it.
"""

import ctypes
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from speech_model.examples import Examples
from speech_model.network import Network, outputs
from speech_model.settings import CEPSTRA

FRAMES_IN_A_BATCH = 16_000
STEPS_BETWEEN_CHECKPOINTS = 200
STEPS_TO_JUDGE = 300
HIGHEST_RATE = 3e-3
CLIP = 5.0
WARMING_UP = 0.12

_M_TRIM_THRESHOLD, _M_MMAP_MAX = -1, -4
"""Numbers of glibc's mallopt(3)."""


class TrainingError(Exception):
    """The network does not learn; the message tells what to look at."""


@dataclass(frozen=True)
class Plan:
    """How long, and with what seed.

    With `minutes` it ends after that time, however far it has come: on a busy machine a
    little worse, never later. Only without `minutes` does a run give the same network again.
    """

    epochs: int
    minutes: float = math.inf
    seed: int = 0
    threads: int = 2


@dataclass
class Progress:
    """Where training stands; told after every step."""

    step: int
    epoch: int
    done: float
    """Of the whole plan, 0 to 1."""
    loss: float
    """A running mean, in nats for one label."""


Tell = Callable[[Progress], None]


class Training:
    """One run, which may have begun earlier."""

    def __init__(self, examples: Examples, phones: int, plan: Plan, checkpoint: Path) -> None:
        keep_memory()
        torch.manual_seed(plan.seed)
        torch.set_num_threads(plan.threads)
        self._examples, self._plan, self._checkpoint = examples, plan, checkpoint
        self._batches = batches(examples, plan.seed)
        self.steps = len(self._batches) * plan.epochs
        self.steps_in_an_epoch = len(self._batches)
        self.network = Network(phones)
        _measure_scale(self.network, examples)
        self._optimiser = torch.optim.AdamW(
            self.network.parameters(), lr=HIGHEST_RATE, weight_decay=1e-3, fused=True
        )
        self.step = 0
        self.seconds = 0.0
        self.loss = 0.0
        self.first_loss = 0.0
        self._resume()

    def run(self, tell: Tell) -> Network:
        """Train to the end of the plan; returns the network, ready to be used.

        Raises TrainingError when the loss has not fallen after some hundred steps.
        """
        self.network.train()
        before = time.monotonic()
        while (done := self._done()) < 1:
            epoch, at = divmod(self.step, len(self._batches))
            order = np.random.default_rng((self._plan.seed, epoch)).permutation(len(self._batches))
            self._learn(self._batches[order[at]], rate(done))
            self._judge()
            before, spent = (now := time.monotonic()), now - before
            self.seconds += spent
            tell(Progress(self.step, epoch, min(1.0, self._done()), self.loss))
            if self.step % STEPS_BETWEEN_CHECKPOINTS == 0:
                self._keep()
        self._keep()
        self.network.eval()
        return self.network

    def _done(self) -> float:
        by_time = self.seconds / (60 * self._plan.minutes)
        return max(self.step / self.steps, by_time)

    def _learn(self, indices: np.ndarray, rate: float) -> None:
        rng = np.random.default_rng((self._plan.seed, self.step, 1))
        batch = collate(self._examples, indices, self.network, rng)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            scores = self.network(batch.frames)
        loss = batch.loss(scores)
        for group in self._optimiser.param_groups:
            group["lr"] = rate
        self._optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), CLIP)
        self._optimiser.step()
        self.step += 1
        per_label = float(loss.detach()) * len(indices) / max(1, int(batch.label_counts.sum()))
        self.first_loss = self.first_loss or per_label
        weight = max(0.01, 1 / self.step)
        self.loss += weight * (per_label - self.loss)

    def _judge(self) -> None:
        if not np.isfinite(self.loss):
            raise TrainingError(f"the loss is {self.loss} at step {self.step}")
        if self.step == STEPS_TO_JUDGE and self.loss > self.first_loss:
            raise TrainingError(
                f"after {self.step} steps the loss is {self.loss:.2f} and began at"
                f" {self.first_loss:.2f}: do the manifests' texts belong to their recordings?"
            )

    def _keep(self) -> None:
        state = {
            "network": self.network.state_dict(),
            "optimiser": self._optimiser.state_dict(),
            "step": self.step,
            "plan": self._identity(),
            "seconds": self.seconds,
            "losses": (self.loss, self.first_loss),
        }
        arrived = self._checkpoint.with_suffix(".part")
        torch.save(state, arrived)
        arrived.rename(self._checkpoint)

    def _identity(self) -> str:
        return f"{len(self._examples)} examples, {self.steps} steps, seed {self._plan.seed}"

    def _resume(self) -> None:
        if not self._checkpoint.exists():
            self._checkpoint.parent.mkdir(parents=True, exist_ok=True)
            return
        state = torch.load(self._checkpoint, weights_only=True)
        if state["plan"] != self._identity():
            raise TrainingError(
                f"{self._checkpoint} was made by another plan: remove it to begin anew"
            )
        self.network.load_state_dict(state["network"])
        self._optimiser.load_state_dict(state["optimiser"])
        self.step, self.seconds = state["step"], state["seconds"]
        self.loss, self.first_loss = state["losses"]


def rate(done: float) -> float:
    """The learning rate: up in the first part, then down along a cosine to nearly nothing."""
    if done < WARMING_UP:
        return HIGHEST_RATE * (0.04 + 0.96 * done / WARMING_UP)
    fallen = (1 + math.cos(math.pi * (done - WARMING_UP) / (1 - WARMING_UP))) / 2
    return HIGHEST_RATE * max(0.002, fallen)


def keep_memory() -> None:
    """Let this process keep what it frees: torch takes and gives back 10 MB all the time.

    glibc would hand such blocks to the kernel, which clears them anew on every use: measured,
    half of the time of a step.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:  # musl has none
        mallopt(_M_MMAP_MAX, 0)
        mallopt(_M_TRIM_THRESHOLD, 2**31 - 1)


@dataclass(frozen=True)
class Batch:
    """Examples side by side: padded frames (batch, time, 40) and all their labels in a row."""

    frames: Tensor
    lengths: Tensor
    """Outputs of each example."""
    labels: Tensor
    label_counts: Tensor

    def loss(self, scores: Tensor) -> Tensor:
        """CTC's negative log-likelihood, the mean over the batch."""
        total = nn.functional.ctc_loss(
            scores.transpose(0, 1),
            self.labels,
            self.lengths,
            self.label_counts,
            reduction="sum",
            zero_infinity=True,
        )
        return total / len(self.lengths)


def batches(examples: Examples, seed: int) -> list[np.ndarray]:
    """Indices of examples of about one length, each batch of about as many frames."""
    lengths = examples.lengths
    jitter = np.random.default_rng((seed, 2)).uniform(0, 20, len(lengths))
    found: list[np.ndarray] = []
    batch: list[int] = []
    for index in np.argsort(lengths + jitter):
        longest = max(int(lengths[index]), *(int(lengths[other]) for other in batch), 1)
        if batch and longest * (len(batch) + 1) > FRAMES_IN_A_BATCH:
            found.append(np.array(batch))
            batch = []
        batch.append(int(index))
    return [*found, np.array(batch)] if batch else found


def collate(
    examples: Examples,
    indices: np.ndarray,
    network: Network,
    rng: np.random.Generator | None = None,
) -> Batch:
    """A batch; with a generator, each example also varies in level and loses a moment."""
    shape = network.shape
    longest = max(len(examples.frames_of(index)) for index in indices)
    frames = np.empty((len(indices), shape.left + longest + shape.right, CEPSTRA), np.float32)
    for row, index in zip(frames, indices, strict=True):
        own = examples.frames_of(index).astype(np.float32)
        if rng is not None:
            own = _varied(own, rng)
        row[: shape.left] = own[0]
        row[shape.left : shape.left + len(own)] = own
        row[shape.left + len(own) :] = own[-1]
    labels = [examples.labels_of(index) for index in indices]
    return Batch(
        torch.from_numpy(frames),
        torch.tensor([outputs(len(examples.frames_of(index))) for index in indices]),
        torch.from_numpy(np.concatenate(labels)),
        torch.tensor([len(one) for one in labels]),
    )


def _varied(frames: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    frames[:, 0] += rng.normal(0, 6)  # the level
    frames[:, 1] += rng.normal(0, 2)  # the tilt
    for _ in range(int(rng.integers(0, 3))):
        begin, length = int(rng.integers(len(frames))), int(rng.integers(1, 8))
        frames[begin : begin + length] = frames.mean(axis=0)
    return frames


def _measure_scale(network: Network, examples: Examples) -> None:
    sample = examples.frames[:: max(1, len(examples.frames) // 200_000)].astype(np.float32)
    network.mean.copy_(torch.from_numpy(sample.mean(axis=0)))
    network.scale.copy_(torch.from_numpy(1 / (sample.std(axis=0) + 1e-3)))


def phone_errors(network: Network, examples: Examples) -> float:
    """Phone error rate of the likeliest outputs, in the range 0 to 1 and beyond."""
    wrong = total = 0
    network.eval()
    with torch.inference_mode():
        for indices in batches(examples, 0):
            batch = collate(examples, indices, network)
            likeliest = network(batch.frames).argmax(dim=2).numpy()
            for index, row, length in zip(indices, likeliest, batch.lengths, strict=True):
                heard = list(_collapsed(row[: int(length)]))
                said = list(examples.labels_of(index))
                wrong += distance(said, heard)
                total += len(said)
    return wrong / max(1, total)


def _collapsed(outputs_in_turn: np.ndarray) -> Iterator[int]:
    before = 0
    for output in outputs_in_turn:
        if output not in (0, before):
            yield int(output)
        before = output


def distance(said: list[int], heard: list[int]) -> int:
    """Insertions, deletions and substitutions between two sequences."""
    row = list(range(len(heard) + 1))
    for number, label in enumerate(said, 1):
        before, row[0] = row[0], number
        for at, other in enumerate(heard, 1):
            before, row[at] = row[at], min(row[at] + 1, row[at - 1] + 1, before + (label != other))
    return row[-1]
