"""Plots of a training run, drawn without a display."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np

from biometal_stream.models.training.extras import need
from biometal_stream.models.training.metrics import reliability

if TYPE_CHECKING:
    from numpy.typing import NDArray

_BLUE, _ORANGE, _GREY = "#0072b2", "#d55e00", "#999999"  # also for the colour-blind


def learning_curve(epochs: list[dict[str, float]], best: int) -> bytes:
    """Draws the losses by epoch, as PNG.

    Args:
        epochs: The epochs of a `biometal_stream.models.training.checkpoints.Checkpoint`.
        best: The epoch whose weights were kept, from 0.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    figure = _figure()
    axes = figure.add_subplot()
    numbers = np.arange(1, len(epochs) + 1)
    for key, label, colour in (
        ("train_loss", "training, with dropout", _ORANGE),
        ("validation_loss", "validation", _BLUE),
    ):
        axes.plot(numbers, [each[key] for each in epochs], label=label, color=colour)
    axes.axvline(best + 1, color=_GREY, linestyle=":", label=f"kept: epoch {best + 1}")
    axes.set(xlabel="epoch", ylabel="loss (binary cross-entropy)", yscale="log")
    axes.legend(frameon=False)
    return _png(figure)


def calibration_plot(logits: NDArray[np.float64], labels: NDArray[np.bool_]) -> bytes:
    """Draws the share of reads that pass by predicted probability, as PNG.

    Args:
        logits: (n,).
        labels: (n,): whether a read passes.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    said, passing, counts = reliability(logits, labels)
    figure = _figure()
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1))
    above.plot([0, 1], [0, 1], color=_GREY, linestyle=":", label="perfect")
    above.plot(said, passing, color=_BLUE, marker="o", label="the model")
    above.set(ylabel="share that passes", ylim=(-0.03, 1.03))
    above.legend(frameon=False)
    middles = (np.arange(len(counts)) + 0.5) / len(counts)
    below.bar(middles, np.maximum(counts, 0.5), width=0.09, color=_ORANGE)
    below.set(xlabel="probability of passing", ylabel="reads", yscale="log", ylim=(0.5, None))
    return _png(figure)


def _figure() -> Any:
    # Without pyplot, which would choose a backend for the whole process.
    figure = need("matplotlib.figure").Figure(figsize=(6, 4), layout="constrained")
    need("matplotlib.backends.backend_agg").FigureCanvasAgg(figure)
    return figure


def _png(figure: Any) -> bytes:
    content = io.BytesIO()
    figure.savefig(content, format="png", dpi=120, metadata={"Software": None})
    return content.getvalue()
