"""What a training run needs to continue after an interruption."""

from __future__ import annotations

import io
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biometal_stream.atomic import AtomicFile
from biometal_stream.errors import ModelError
from biometal_stream.models.training.extras import need

if TYPE_CHECKING:
    import os

    from biometal_stream.models.training.labelled import LabelledReads

FORMAT = 1


@dataclass
class Checkpoint:
    """The state of a training run after some epochs. Belongs to one thread.

    Attributes:
        run: What must be the same to continue: settings, and the reads.
        network: The network's weights.
        best: The weights of the epoch with the least validation loss.
        optimizer: The state of the optimizer.
        schedule: The state of the learning rate's schedule.
        epochs: For each epoch its ``train_loss``, ``validation_loss``,
            ``validation_accuracy`` and ``learning_rate``.
    """

    run: dict[str, Any]
    network: dict[str, Any]
    best: dict[str, Any]
    optimizer: dict[str, Any]
    schedule: dict[str, Any]
    epochs: list[dict[str, float]] = field(default_factory=list)

    @property
    def best_epoch(self) -> int:
        """The epoch with the least validation loss, from 0; -1 before the first."""
        losses = [epoch["validation_loss"] for epoch in self.epochs]
        return losses.index(min(losses)) if losses else -1

    def save(self, path: Path) -> None:
        """Writes the checkpoint; an existing one stays until the new one is complete.

        Raises:
            SinkError: It cannot be written.
        """
        content = io.BytesIO()
        values = {each: getattr(self, each) for each in self.__dataclass_fields__}
        need("torch").save({"format": FORMAT, **values}, content)
        with AtomicFile(path) as file:
            file.write(content.getbuffer())

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Checkpoint:
        """Reads what `save` wrote. Nothing in the file is executed.

        Raises:
            ModelError: There is no checkpoint, or it is broken, or has another version.
        """
        torch = need("torch")
        if not Path(path).exists():
            raise ModelError(f"{path}: there is no checkpoint; train without --resume first")
        try:
            content = torch.load(path, map_location="cpu", weights_only=True)
            written = content.pop("format")
            checkpoint = cls(**content)
        except Exception as error:
            raise ModelError(
                f"{path}: is not a checkpoint, or is damaged; train without --resume"
            ) from error
        if written != FORMAT:
            raise ModelError(f"{path}: is a checkpoint of another version; train without --resume")
        return checkpoint


def describe_run(settings: Any, task: str, reads: LabelledReads) -> dict[str, Any]:
    """What must be the same to continue a run; the rest does not change results of an epoch."""
    chosen = asdict(settings)
    for free in ("epochs", "patience", "variants", "held_out", "licence"):
        del chosen[free]
    return {
        "task": task,
        "settings": chosen,
        "reads": len(reads),
        "positive": int(reads.labels.sum()),
        "names": list(reads.names),
    }
