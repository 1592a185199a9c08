"""The training loop: epochs of steps, the best weights kept, and a checkpoint after each."""

from __future__ import annotations

import copy
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from biometal_stream.errors import ConfigurationError, ModelError
from biometal_stream.models.training.batches import batches_in_order, encode
from biometal_stream.models.training.checkpoints import Checkpoint, describe_run
from biometal_stream.models.training.extras import need
from biometal_stream.models.training.labelled import whole_reads

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor, nn

    from biometal_stream.models.encodings import Encoding
    from biometal_stream.models.training.batches import Batch
    from biometal_stream.models.training.labelled import Fragments, LabelledReads
    from biometal_stream.models.training.settings import TrainingSettings
    from biometal_stream.models.training.splitting import Split
    from biometal_stream.models.training.task import Task

MOST_EPOCH_READS = 200_000
VALIDATION_PIECES = 20_000
"""Varied fragments to validate on in addition to the reads, because few reads are hard."""


@dataclass(frozen=True)
class Progress:
    """The progress of a training run.

    Attributes:
        epoch: The epoch, from 1.
        epochs: The most epochs.
        step: Steps done in this epoch.
        steps: The number of steps in an epoch.
        loss: The validation loss of the last epoch; ``None`` in the first.
        accuracy: The validation accuracy of the last epoch.
    """

    epoch: int
    epochs: int
    step: int
    steps: int
    loss: float | None
    accuracy: float | None


@dataclass(frozen=True, eq=False)
class Fitting:
    """Everything that a training run works on.

    Attributes:
        task: What is learnt.
        network: From windows to logits.
        reads: All reads.
        split: Which of them to train and to validate on.
        encoding: How reads become numbers.
        settings: The settings.
        checkpoint: The file for checkpoints.
        tell: Called after each step, if not ``None``.
    """

    task: Task
    network: nn.Module
    reads: LabelledReads
    split: Split
    encoding: Encoding
    settings: TrainingSettings
    checkpoint: Path
    tell: Callable[[Progress], None] | None = None


def fit(fitting: Fitting, *, resume: bool = False, epochs: int | None = None) -> Checkpoint:
    """Trains a network, and leaves it with the weights of its best epoch, in evaluation mode.

    The random draws of an epoch depend only on the seed and on its number. So a run that continues
    from its checkpoint gives the same weights, bit for bit, as an uninterrupted one, on one
    machine. Everything runs in one torch thread for the same reason.

    Args:
        fitting: What to train and on what.
        resume: Whether to continue from the checkpoint.
        epochs: The most epochs, including earlier ones; by default from the settings.

    Returns:
        The last checkpoint.

    Raises:
        ConfigurationError: The checkpoint is of another run.
        ModelError: There is no checkpoint to continue from, or the loss became NaN.
    """
    torch = need("torch")
    settings, network = fitting.settings, fitting.network
    optimizer = torch.optim.Adam(network.parameters(), lr=settings.learning_rate)
    schedule = torch.optim.lr_scheduler.ReduceLROnPlateau(
        optimizer, factor=0.5, patience=max(1, settings.patience // 4)
    )
    reads = fitting.reads
    run = describe_run(settings, fitting.task.name, reads)
    state = Checkpoint(run, network.state_dict(), network.state_dict(), {}, {})
    if resume:
        state = Checkpoint.load(fitting.checkpoint)
        _check_same(state.run, run)
        network.load_state_dict(state.network)
        optimizer.load_state_dict(state.optimizer)
        schedule.load_state_dict(state.schedule)
    epochs = settings.epochs if epochs is None else epochs
    with _one_thread(torch):
        while len(state.epochs) < epochs and not _is_over(state, settings.patience):
            rate = optimizer.param_groups[0]["lr"]
            train_loss = _train_epoch(fitting, optimizer, state)
            loss, accuracy = _validate(network, _validation_batches(fitting))
            if not np.isfinite(loss):
                raise ModelError("the loss became NaN; lower the learning rate")
            schedule.step(loss)
            state.epochs.append(
                {
                    "train_loss": train_loss,
                    "validation_loss": loss,
                    "validation_accuracy": accuracy,
                    "learning_rate": rate,
                }
            )
            state.network = copy.deepcopy(network.state_dict())
            if state.best_epoch == len(state.epochs) - 1:
                state.best = state.network
            state.optimizer, state.schedule = optimizer.state_dict(), schedule.state_dict()
            state.save(fitting.checkpoint)
    network.load_state_dict(state.best)
    network.eval()
    return state


def read_logits(network: nn.Module, batch: Batch) -> Tensor:
    """The logit of each read: the mean of its windows' logits, weighted by their bases.

    Args:
        network: From windows to logits.
        batch: A batch with n reads.

    Returns:
        (n,), with gradients.
    """
    torch = need("torch")
    features = torch.from_numpy(batch.features)
    logits = network(features)[:, 0] * torch.from_numpy(batch.weights)
    pooled = torch.zeros(len(batch.labels))
    return cast("Tensor", pooled.index_add(0, torch.from_numpy(batch.reads), logits))


def _train_epoch(fitting: Fitting, optimizer: Any, state: Checkpoint) -> float:
    torch = need("torch")
    settings, network, epoch = fitting.settings, fitting.network, len(state.epochs)
    draw = np.random.default_rng([settings.seed, 1, epoch])
    rows = _draw_rows(fitting, draw)
    parts = [rows[i : i + settings.batch_size] for i in range(0, len(rows), settings.batch_size)]
    losses = 0.0
    network.train()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(int(draw.integers(2**62)))  # dropout
        for step, part in enumerate(parts, 1):
            batch = encode(_taken(fitting, part, draw), fitting.encoding)
            loss = _loss(network, batch)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses += float(loss.detach()) * len(part)
            if fitting.tell is not None:
                last = state.epochs[-1] if state.epochs else {}
                fitting.tell(
                    Progress(
                        epoch + 1,
                        settings.epochs,
                        step,
                        len(parts),
                        last.get("validation_loss"),
                        last.get("validation_accuracy"),
                    )
                )
    return losses / len(rows)


def _draw_rows(fitting: Fitting, draw: np.random.Generator) -> NDArray[np.int64]:
    """Draws the reads of an epoch, half of each label, so that the rarer label counts as much."""
    rows = fitting.split.train
    count = fitting.settings.epoch_reads or min(len(rows), MOST_EPOCH_READS)
    passes = fitting.reads.labels[rows]
    halves = [
        draw.choice(rows[passes == label], number)
        for label, number in ((True, count - count // 2), (False, count // 2))
    ]
    return draw.permutation(np.concatenate(halves))


def _taken(fitting: Fitting, rows: NDArray[np.int64], draw: np.random.Generator) -> Fragments:
    if fitting.settings.augment:
        return fitting.task.vary(fitting.reads, rows, draw)
    return whole_reads(fitting.reads, rows)


def _validation_batches(fitting: Fitting) -> Iterator[Batch]:
    """The reads to validate on, and varied fragments of them, more of them hard.

    They are the same each time, and made again each time because they take much memory.
    """
    rows = fitting.split.validation
    draw = np.random.default_rng([fitting.settings.seed, 2])
    if fitting.settings.augment:
        drawn = draw.choice(rows, min(len(rows), VALIDATION_PIECES))
        for part in np.array_split(drawn, -(-len(drawn) // 1024)):
            yield encode(fitting.task.vary(fitting.reads, part, draw), fitting.encoding)
    few = draw.permutation(rows)[:VALIDATION_PIECES]
    yield from batches_in_order(fitting.reads, np.sort(few), fitting.encoding)


def _validate(network: nn.Module, batches: Iterable[Batch]) -> tuple[float, float]:
    torch = need("torch")
    losses, right, count = 0.0, 0, 0
    network.eval()
    with torch.inference_mode():
        for batch in batches:
            logits = read_logits(network, batch)
            labels = torch.from_numpy(batch.labels)
            each = torch.nn.functional.binary_cross_entropy_with_logits(
                logits, labels, reduction="sum"
            )
            losses += float(each)
            right += int(((logits >= 0) == (labels > 0)).sum())
            count += len(labels)
    return losses / count, right / count


def _loss(network: nn.Module, batch: Batch) -> Any:
    torch = need("torch")
    return torch.nn.functional.binary_cross_entropy_with_logits(
        read_logits(network, batch), torch.from_numpy(batch.labels)
    )


def _is_over(state: Checkpoint, patience: int) -> bool:
    return len(state.epochs) - 1 - state.best_epoch >= patience and bool(state.epochs)


def _check_same(before: dict[str, Any], now: dict[str, Any]) -> None:
    if before == now:
        return
    changed = {
        name
        for name in now["settings"]
        if before["settings"].get(name, now["settings"][name]) != now["settings"][name]
    }
    names = ", ".join(sorted(name.replace("_", "-") for name in changed))
    what = "another task" if before.get("task") != now["task"] else names or "other reads"
    raise ConfigurationError(
        f"the checkpoint is of another run ({what}); give the same again, or train without --resume"
    )


@contextmanager
def _one_thread(torch: Any) -> Iterator[None]:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
