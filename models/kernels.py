"""The compiled loops that read what models put out."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.jit import kernel


@kernel(writes=("labels", "probability", "probabilities"))
def classify_logits(
    logits: NDArray[np.float32],
    least: np.float32,
    labels: NDArray[np.int16],
    probability: NDArray[np.float32],
    probabilities: np.ndarray[tuple[int, int], np.dtype[np.float32]],
) -> None:
    """Tells the label, 0 or 1, of each logit, and the probabilities by 1 / (1 + exp(-x)).

    Args:
        logits: (n,), finite.
        least: The probability from which on the label is 1.
        labels: Output, (n,).
        probability: Output, (n,): that of the label.
        probabilities: Output, (n, 2).
    """
    for row in range(np.uint64(len(logits))):
        logit = np.float64(logits[row])
        small = math.exp(-abs(logit))  # cannot overflow
        larger = np.float32(1 / (1 + small))
        smaller = np.float32(small / (1 + small))
        positive = larger if logit >= 0 else smaller
        negative = smaller if logit >= 0 else larger
        is_positive = positive >= least
        labels[row] = np.int16(is_positive)
        probability[row] = positive if is_positive else negative
        probabilities[row, np.uint64(0)] = negative
        probabilities[row, np.uint64(1)] = positive
