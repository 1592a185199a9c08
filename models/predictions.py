"""What a model's outputs say: labels and probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.errors import PredictionError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.models.card import Card

DEFAULT_THRESHOLD = 0.5
"""The least probability of the positive label where neither card nor user says another."""

_ROUNDING = 1e-3
"""How far a probability of a model in half precision may lie outside 0 to 1."""


@dataclass(frozen=True, eq=False)
class Predictions:
    """What was predicted for some reads.

    Attributes:
        labels: ``int64``, (n,): the index of each read's label.
        probabilities: ``float32``, (n, number of labels).
    """

    labels: NDArray[np.int64]
    probabilities: NDArray[np.float32]

    @property
    def probability(self) -> NDArray[np.float32]:
        """``float32``, (n,): the probability of each read's label."""
        chosen: NDArray[np.float32] = np.take_along_axis(
            self.probabilities, self.labels[:, None], axis=1
        )[:, 0]
        return chosen


def classify(
    card: Card, outputs: NDArray[np.float32], threshold: float | None = None
) -> Predictions:
    """Turns what a model put out into labels and their probabilities.

    Of two labels and one number, the second label is given from the threshold on. Of a number
    for each label the greatest counts, the first where several are.

    Args:
        card: Of a model that classifies.
        outputs: ``float32``, (n, outputs of the model), finite.
        threshold: In place of the card's.

    Raises:
        PredictionError: What the card calls a probability lies outside 0 to 1.
    """
    values = outputs.astype(np.float64)
    if card.output in {"probability", "probabilities"}:
        _check_probabilities(card, values)
        values = np.clip(values, 0, 1)
    if card.output in {"logit", "probability"}:
        positive = _sigmoid(values[:, 0]) if card.output == "logit" else values[:, 0]
        negative = _sigmoid(-values[:, 0]) if card.output == "logit" else 1 - positive
        least = next(
            each for each in (threshold, card.threshold, DEFAULT_THRESHOLD) if each is not None
        )
        both = np.stack([negative, positive], axis=1).astype(np.float32)
        return Predictions((both[:, 1] >= np.float32(least)).astype(np.int64), both)
    if card.output == "logits":
        values = _softmax(values)
    return Predictions(np.argmax(values, axis=1), values.astype(np.float32))


def _check_probabilities(card: Card, values: NDArray[np.float64]) -> None:
    wrong = (values < -_ROUNDING) | (values > 1 + _ROUNDING)
    if wrong.any():
        raise PredictionError(
            f"model '{card.name}' gave {values[wrong][0]:g}, which is no probability; its outputs"
            " may be logits: say so in its card, or with --output"
        )


def _sigmoid(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 / (1 + exp(-x)), of an exponential that cannot overflow."""
    small = np.exp(-np.abs(values))
    shares: NDArray[np.float64] = np.where(values >= 0, 1, small) / (1 + small)
    return shares


def _softmax(values: NDArray[np.float64]) -> NDArray[np.float64]:
    raised = np.exp(values - values.max(axis=1, keepdims=True, initial=-np.inf))
    shares: NDArray[np.float64] = raised / raised.sum(axis=1, keepdims=True)
    return shares
