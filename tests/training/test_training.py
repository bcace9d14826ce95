"""Training learns, goes on where it stopped, and says when it learns nothing."""

from pathlib import Path

import numpy as np
import pytest
import torch

from speech_model.examples import Examples
from speech_model.network import padded
from speech_model.training import (
    WARMING_UP,
    Plan,
    Progress,
    Training,
    TrainingError,
    batches,
    collate,
    distance,
    phone_errors,
    rate,
)

pytestmark = pytest.mark.training

PHONES = 3


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("speech_model.training.FRAMES_IN_A_BATCH", 1000)


def examples(count: int = 60) -> Examples:
    """Each phone is 15 frames of a pattern of its own, in noise."""
    rng = np.random.default_rng(7)
    patterns = rng.normal(0, 10, (PHONES + 1, 40))
    labels = [rng.integers(1, PHONES + 1, int(rng.integers(1, 6))) for _ in range(count)]
    said = [np.concatenate([[0], *([one, 0] for one in row)]) for row in labels]
    frames = [patterns[row].repeat(15, axis=0) for row in said]
    noisy = [one + rng.normal(0, 1, one.shape) for one in frames]
    return Examples(
        np.concatenate(noisy).astype(np.float16),
        np.cumsum([0, *(len(one) for one in noisy)]),
        np.concatenate(labels),
        np.cumsum([0, *(len(one) for one in labels)]),
    )


def quietly(progress: Progress) -> None:
    assert 0 <= progress.done <= 1


def test_it_learns_what_is_there_to_be_learned(tmp_path: Path) -> None:
    training = Training(examples(), PHONES, Plan(epochs=12), tmp_path / "checkpoint.pt")

    network = training.run(quietly)

    assert phone_errors(network, examples()) < 0.05


def test_an_interrupted_run_ends_as_one_that_was_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("speech_model.training.STEPS_BETWEEN_CHECKPOINTS", 1)
    plan = Plan(epochs=2, threads=1)
    whole = Training(examples(), PHONES, plan, tmp_path / "whole.pt").run(quietly)

    def interrupted(progress: Progress) -> None:
        if progress.step == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Training(examples(), PHONES, plan, tmp_path / "broken.pt").run(interrupted)
    resumed = Training(examples(), PHONES, plan, tmp_path / "broken.pt")

    assert resumed.step == 4
    for one, other in zip(
        whole.state_dict().values(), resumed.run(quietly).state_dict().values(), strict=True
    ):
        assert torch.equal(one, other)


def test_minutes_end_a_run_however_far_it_is(tmp_path: Path) -> None:
    training = Training(examples(), PHONES, Plan(10_000, minutes=0.02), tmp_path / "checkpoint.pt")

    training.run(quietly)

    assert 0 < training.step < training.steps


def test_the_checkpoint_of_another_plan_is_refused(tmp_path: Path) -> None:
    checkpoint = tmp_path / "checkpoint.pt"
    Training(examples(), PHONES, Plan(epochs=1), checkpoint).run(quietly)

    with pytest.raises(TrainingError, match="remove it to begin anew"):
        Training(examples(), PHONES, Plan(epochs=2), checkpoint)


def test_labels_that_have_nothing_to_do_with_the_sound_are_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("speech_model.training.STEPS_TO_JUDGE", 3)
    monkeypatch.setattr("speech_model.training.HIGHEST_RATE", 50.0)

    with pytest.raises(TrainingError):
        Training(examples(), PHONES, Plan(epochs=2), tmp_path / "checkpoint.pt").run(quietly)


def test_every_example_is_in_one_batch() -> None:
    made = batches(examples(), seed=1)

    assert sorted(np.concatenate(made)) == list(range(60))
    assert len(made) > 5


def test_a_batch_repeats_the_edges_as_kaldi_does(tmp_path: Path) -> None:
    made = examples(2)
    network = Training(made, PHONES, Plan(epochs=1), tmp_path / "checkpoint.pt").network
    batch = collate(made, np.array([0, 1]), network)

    for row, index in zip(batch.frames, (0, 1), strict=True):
        own = torch.from_numpy(made.frames_of(index).astype(np.float32))
        expected = padded(own)
        assert torch.equal(row[: len(expected)], expected)
        assert torch.equal(row[len(expected) :], own[-1:].expand(len(row) - len(expected), -1))


def test_the_rate_rises_and_falls() -> None:
    assert rate(0) < rate(WARMING_UP / 2) < rate(WARMING_UP) > rate(0.5) > rate(0.99) > 0


@pytest.mark.parametrize(
    ("said", "heard", "errors"),
    [
        ([], [], 0),
        ([1, 2, 3], [1, 2, 3], 0),
        ([1, 2, 3], [1, 3], 1),
        ([1, 2, 3], [1, 2, 2, 3], 1),
        ([1, 2, 3], [1, 4, 3], 1),
        ([1, 2], [], 2),
        ([], [1], 1),
    ],
)
def test_errors_between_sequences(said: list[int], heard: list[int], errors: int) -> None:
    assert distance(said, heard) == errors
