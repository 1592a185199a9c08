"""Training from files of reads to a model's folder."""

from __future__ import annotations

import dataclasses
import os
import re
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import numpy as np

from biometal_stream.atomic import AtomicFile
from biometal_stream.errors import ConfigurationError, InputWarning, ModelError
from biometal_stream.models.card import Card
from biometal_stream.models.encodings import Encoding
from biometal_stream.models.training.batches import WINDOWS, logits_of
from biometal_stream.models.training.coreml import coremltools
from biometal_stream.models.training.cost import measure_cost
from biometal_stream.models.training.extras import need
from biometal_stream.models.training.fitting import Fitting, Progress, fit
from biometal_stream.models.training.metrics import evaluate
from biometal_stream.models.training.networks import count_parameters
from biometal_stream.models.training.plots import calibration_plot, learning_curve
from biometal_stream.models.training.reads import check_reads, load_reads, sources_of
from biometal_stream.models.training.settings import TrainingSettings
from biometal_stream.models.training.splitting import split_rows
from biometal_stream.models.training.tasks import load_task
from biometal_stream.models.training.variants import (
    FILES,
    calibration_features,
    export,
    measure_variants,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import nn

    from biometal_stream.models.training.checkpoints import Checkpoint
    from biometal_stream.models.training.labelled import LabelledReads
    from biometal_stream.models.training.task import Task

CHECKPOINT = "checkpoint.pt"


@dataclass(frozen=True)
class Trained:
    """The result of a training run.

    Attributes:
        folder: The model's folder, for `biometal_stream.models.library.find_model`.
        card: The model's card, with its metrics.
        epochs: The number of epochs that were trained.
        best_epoch: The epoch with the weights that were kept, from 1.
    """

    folder: Path
    card: Card
    epochs: int
    best_epoch: int


def train(
    task: str,
    reads: str | os.PathLike[str] | Iterable[str | os.PathLike[str]],
    *,
    out: str | os.PathLike[str],
    resume: bool = False,
    export_only: bool = False,
    settings: TrainingSettings | None = None,
    tell: Callable[[Progress], None] | None = None,
) -> Trained:
    """Trains a model on reads, and writes it with its card, its checkpoint and two plots.

    The folder gets ``card.json``, ``model.onnx`` and its variants, ``learning_curve.png``,
    ``calibration.png``, and ``checkpoint.pt``, which is written after each epoch; ``resume``
    continues from it. With the same reads and settings a run gives the same weights on machines
    of one kind, whether or not it was resumed. An `InputWarning` says if too few reads are near
    the threshold to trust the accuracy there.

    Args:
        task: What to learn: the name of a module of `biometal_stream.models.training.tasks`.
        reads: FASTQ files, plain or compressed. The text of their reads is kept in memory.
        out: The folder.
        resume: Whether to continue from the folder's checkpoint.
        export_only: Whether to export the checkpoint's best weights without more training.
        settings: The settings; `TrainingSettings` has the defaults.
        tell: Called after each step of the training.

    Returns:
        The model.

    Raises:
        ConfigurationError: The settings do not fit together, the checkpoint is of another run, or
            there is a checkpoint and ``resume`` is not set.
        MissingExtraError: The extra ``train`` is not installed, or ``coreml`` for a package.
        DataError: There are no reads, or too few of a label.
        ModelError: There is no checkpoint to continue from, or the training failed.
        SinkError: The folder cannot be written.
    """
    settings = settings or TrainingSettings()
    learnt = load_task(task)
    paths = [os.fspath(reads)] if isinstance(reads, str | os.PathLike) else list(map(_text, reads))
    _check_paths(paths, settings.held_out)
    folder = Path(out)
    checkpoint = folder / CHECKPOINT
    if checkpoint.exists() and not (resume or export_only):
        raise ConfigurationError(
            f"{checkpoint}: is there already; --resume goes on with it, or name another folder"
        )
    if (resume or export_only) and not checkpoint.exists():
        raise ModelError(f"{checkpoint}: there is no checkpoint; train without --resume first")
    _check_extras(settings)
    encoding = Encoding(settings.encoding)
    sources = sources_of(paths, synthetic=settings.synthetic, seed=settings.seed)
    known = load_reads(learnt, sources, encoding.columns, settings.reads_per_file)
    if poor := check_reads(learnt, known):
        warnings.warn(poor, InputWarning, stacklevel=2)
    unseen = _load_held_out(learnt, settings, encoding)
    folder.mkdir(parents=True, exist_ok=True)

    split = split_rows(known.files * 2 + known.labels, settings.seed)
    features = int(np.prod(encoding.shape))
    network = learnt.build_network(settings.network, features, settings.seed)
    fitting = Fitting(learnt, network, known, split, encoding, settings, checkpoint, tell)
    state = fit(fitting, resume=resume or export_only, epochs=0 if export_only else settings.epochs)
    card = _write_model(folder, fitting, unseen, state)
    return Trained(folder, card, len(state.epochs), state.best_epoch + 1)


def _write_model(
    folder: Path, fitting: Fitting, unseen: LabelledReads | None, state: Checkpoint
) -> Card:
    known, split, encoding = fitting.reads, fitting.split, fitting.encoding
    test = _logits(fitting.network, known, split.test, encoding)
    metrics: dict[str, Any] = {
        "test": evaluate(test, known.labels[split.test], known.near[split.test])
    }
    compared, rows, logits = known, split.test, test
    if unseen is not None:
        compared, rows = unseen, np.arange(len(unseen))
        logits = _logits(fitting.network, unseen, rows, encoding)
        metrics["held_out"] = evaluate(logits, unseen.labels, unseen.near)
        metrics["held_out_files"] = _by_file(logits, unseen)
    card = _card(_model_name(folder), fitting, unseen, state)
    with TemporaryDirectory(prefix="biometal-") as made:
        new = Path(made)
        features = calibration_features(known, split.train, encoding, fitting.settings.seed)
        export(fitting.network, card, features, new)
        (new / "card.json").write_text(card.to_json())
        metrics["variants"] = measure_variants(new, compared, rows, logits)
        metrics["cost"] = measure_cost(fitting.task, new)
        card = dataclasses.replace(card, metrics=metrics)
        for file in card.files.values():
            _place(new / file, folder / file)
    _write(folder / "learning_curve.png", learning_curve(state.epochs, state.best_epoch))
    _write(folder / "calibration.png", calibration_plot(logits, compared.labels[rows]))
    _write(folder / "card.json", card.to_json().encode())
    return card


def _card(name: str, fitting: Fitting, unseen: LabelledReads | None, state: Checkpoint) -> Card:
    settings, known, split = fitting.settings, fitting.reads, fitting.split
    chosen = dataclasses.asdict(settings)
    for elsewhere in ("held_out", "variants", "licence", "encoding"):
        del chosen[elsewhere]
    training = {
        "task": fitting.task.name,
        "rule": dict(fitting.task.rule),
        "parameters": count_parameters(fitting.network),
        "settings": chosen,
        "files": list(known.names),
        "held_out_files": [] if unseen is None else list(unseen.names),
        "reads": {
            "train": len(split.train),
            "validation": len(split.validation),
            "test": len(split.test),
            "held_out": 0 if unseen is None else len(unseen),
        },
        "epochs": len(state.epochs),
        "best_epoch": state.best_epoch + 1,
    }
    return Card(
        name=name,
        version=fitting.task.version,
        description=fitting.task.describe(settings.network),
        encoding=fitting.encoding,
        output="logit",
        labels=fitting.task.labels,
        threshold=0.5,
        windows=WINDOWS,
        pooling="mean",
        minimum_length=0,
        files={precision: FILES[precision] for precision in settings.precisions},
        licence=settings.licence,
        training=training,
    )


def _logits(
    network: nn.Module, reads: LabelledReads, rows: NDArray[np.int64], encoding: Encoding
) -> NDArray[np.float64]:
    torch = need("torch")

    def predict(features: NDArray[Any]) -> NDArray[np.float32]:
        with torch.inference_mode():
            logits: NDArray[np.float32] = network(torch.from_numpy(features)).numpy()
        return logits

    return logits_of(predict, reads, rows, encoding)


def _by_file(logits: NDArray[np.float64], reads: LabelledReads) -> dict[str, Any]:
    found = {}
    for number, name in enumerate(reads.names):
        of_file = reads.files == number
        scores = evaluate(logits[of_file], reads.labels[of_file], reads.near[of_file])
        wanted = ("reads", "accuracy", "near_reads", "near_accuracy", "confusion")
        found[name] = {key: scores[key] for key in wanted}
    return found


def _load_held_out(
    task: Task, settings: TrainingSettings, encoding: Encoding
) -> LabelledReads | None:
    if not settings.held_out:
        return None
    sources = sources_of(settings.held_out)
    return load_reads(task, sources, encoding.columns, settings.reads_per_file)


def _check_extras(settings: TrainingSettings) -> None:
    """Checks for missing packages before hours of work, not after them."""
    for package in ("torch", "onnx", "onnxscript", "sklearn", "matplotlib"):
        need(package)
    if "mlpackage" in settings.precisions:
        coremltools()


def _check_paths(paths: list[str], held_out: Iterable[str]) -> None:
    if not paths:
        raise ConfigurationError("train: name a file of reads")
    known = {os.path.realpath(path): path for path in paths if path != "-"}
    for path in held_out:
        if os.path.realpath(path) in known:
            raise ConfigurationError(f"train: held-out must not be trained on as well: {path}")


def _model_name(folder: Path) -> str:
    name = re.sub(r"[^A-Za-z0-9._+-]", "-", Path(os.path.realpath(folder)).name)
    return name if name[:1].isalnum() else f"model{name}"


def _text(path: str | os.PathLike[str]) -> str:
    return os.fspath(path)


def _place(made: Path, target: Path) -> None:
    if made.is_dir():
        import shutil

        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(made, target)
    else:
        _write(target, made.read_bytes())


def _write(path: Path, content: bytes) -> None:
    with AtomicFile(path) as file:
        file.write(content)
