"""How good a model's predictions are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from biometal_stream.models.training.extras import need

if TYPE_CHECKING:
    from numpy.typing import NDArray

BINS = 10
"""Bins of the probability, for the calibration."""


def probabilities(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """The sigmoid of logits, without an overflow; (n,) to (n,)."""
    return np.exp(-np.logaddexp(0.0, -logits))


def evaluate(
    logits: NDArray[np.float64], labels: NDArray[np.bool_], near: NDArray[np.bool_]
) -> dict[str, Any]:
    """Scores predictions of one of two labels.

    ============================= ==========================================================
    key                           meaning
    ============================= ==========================================================
    reads                         the number of reads
    accuracy                      the share of correct predictions
    precision, recall, f1         for the second label; ``None`` if the denominator is 0
    roc_auc                       the area under the curve of true and false positives;
                                  ``None`` if all reads have one label
    near_reads, near_accuracy     for the reads that the task calls hard
    expected_calibration_error    over 10 bins of the probability of the second label: the
                                  distance between its mean and the share that has the
                                  label, averaged by reads
    confusion                     true and false positives and negatives
    ============================= ==========================================================

    Precision, recall and the curve are those of scikit-learn. The calibration: Guo et al., On
    Calibration of Modern Neural Networks, ICML 2017.

    Args:
        logits: (n,), n at least 1; the second label is predicted from 0 on.
        labels: (n,): whether a read has the second label.
        near: (n,): whether its label is hard to decide.
    """
    measured = need("sklearn.metrics")
    said = logits >= 0
    right = said == labels
    counts = {
        "true_positives": int((said & labels).sum()),
        "false_positives": int((said & ~labels).sum()),
        "true_negatives": int((~said & ~labels).sum()),
        "false_negatives": int((~said & labels).sum()),
    }
    precision, recall, f1, _ = measured.precision_recall_fscore_support(
        labels, said, average="binary", zero_division=np.nan
    )
    both = bool(labels.any()) and not labels.all()
    return {
        "reads": len(labels),
        "accuracy": _share(right),
        "precision": _number(precision),
        "recall": _number(recall),
        "f1": _number(f1),
        "roc_auc": _number(measured.roc_auc_score(labels, logits)) if both else None,
        "near_reads": int(near.sum()),
        "near_accuracy": _share(right[near]),
        "expected_calibration_error": _number(calibration_error(logits, labels)),
        "confusion": counts,
    }


def reliability(
    logits: NDArray[np.float64], labels: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """How well probabilities match outcomes, in 10 bins of the probability.

    Args:
        logits: (n,).
        labels: (n,).

    Returns:
        For each bin the mean probability and the share that passes, both NaN if it is empty, and
        the number of reads, each (10,).
    """
    chance = probabilities(logits)
    bins = np.minimum((chance * BINS).astype(np.int64), BINS - 1)
    counts = np.bincount(bins, minlength=BINS)
    with np.errstate(invalid="ignore"):
        said = np.bincount(bins, chance, minlength=BINS) / counts
        passing = np.bincount(bins, labels, minlength=BINS) / counts
    return said, passing, counts


def calibration_error(logits: NDArray[np.float64], labels: NDArray[np.bool_]) -> float:
    """The expected calibration error of `reliability`; NaN without reads."""
    said, passing, counts = reliability(logits, labels)
    filled = counts > 0
    if not filled.any():
        return float("nan")
    return float(np.average(np.abs(said - passing)[filled], weights=counts[filled]))


def _share(right: NDArray[np.bool_]) -> float | None:
    return _number(right.mean()) if len(right) else None


def _number(value: float) -> float | None:
    """Rounded to 6 digits, more than the reads can resolve; ``None`` for NaN."""
    return None if np.isnan(value) else round(float(value), 6)
