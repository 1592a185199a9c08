"""Labels and probabilities from a model's outputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from biometal_stream.errors import PredictionError
from biometal_stream.models.kernels import classify_logits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.models.card import Card

DEFAULT_THRESHOLD = 0.5
"""The least probability of the positive label, if neither card nor user sets another."""

_ROUNDING = 1e-3
"""How far a probability of a half-precision model may be outside 0 to 1."""


@dataclass(frozen=True, eq=False)
class Predictions:
    """The predictions for some reads.

    Attributes:
        labels: ``int16``, (n,): the index of each read's label.
        probability: ``float32``, (n,): the probability of that label.
        probabilities: ``float32``, (n, number of labels).
    """

    labels: NDArray[np.int16]
    probability: NDArray[np.float32]
    probabilities: NDArray[np.float32]


def classify(
    card: Card, outputs: NDArray[np.float32], threshold: float | None = None
) -> Predictions:
    """Turns a model's outputs into labels and their probabilities.

    With two labels and one number, the second label is given from the threshold on. With a number
    for each label, the greatest counts, or the first of several equal ones.

    Args:
        card: The card of a model that classifies.
        outputs: ``float32``, (n, outputs of the model), finite.
        threshold: The threshold, instead of the card's.

    Raises:
        PredictionError: A probability is outside 0 to 1.
    """
    if card.output == "logit":
        # One loop rather than a dozen NumPy calls: with several threads, each call that releases
        # the GIL may have to wait to get it back.
        return _of_logits(outputs[:, 0], np.float32(_least(card, threshold)))
    values = outputs.astype(np.float64)
    if card.output in {"probability", "probabilities"}:
        _check_probabilities(card, values)
        values = np.clip(values, 0, 1)
    if card.output == "probability":
        both = np.concatenate([1 - values, values], axis=1).astype(np.float32)
        return _chosen((both[:, 1] >= np.float32(_least(card, threshold))), both)
    if card.output == "logits":
        values = _softmax(values)
    return _chosen(np.argmax(values, axis=1), values.astype(np.float32))


def _least(card: Card, threshold: float | None) -> float:
    """The least probability of the positive label."""
    told = (threshold, card.threshold, DEFAULT_THRESHOLD)
    return next(each for each in told if each is not None)


def _of_logits(logits: NDArray[np.float32], least: np.float32) -> Predictions:
    number = len(logits)
    labels, probability = np.empty(number, np.int16), np.empty(number, np.float32)
    probabilities = np.empty((number, 2), np.float32)
    classify_logits(logits, least, labels, probability, probabilities)
    return Predictions(labels, probability, probabilities)


def _chosen(labels: NDArray[Any], probabilities: NDArray[np.float32]) -> Predictions:
    labels = labels.astype(np.int16)
    probability = np.take_along_axis(probabilities, labels[:, None].astype(np.intp), axis=1)
    return Predictions(labels, probability[:, 0], probabilities)


def _check_probabilities(card: Card, values: NDArray[np.float64]) -> None:
    wrong = (values < -_ROUNDING) | (values > 1 + _ROUNDING)
    if wrong.any():
        raise PredictionError(
            f"model '{card.name}' gave {values[wrong][0]:g}, which is not a probability; its"
            " outputs may be logits: say so in its card, or with --output"
        )


def _softmax(values: NDArray[np.float64]) -> NDArray[np.float64]:
    raised = np.exp(values - values.max(axis=1, keepdims=True, initial=-np.inf))
    shares: NDArray[np.float64] = raised / raised.sum(axis=1, keepdims=True)
    return shares
