"""The rule that the quality model learns: what a good read is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from biometal_stream.operators import measures
from biometal_stream.view import BatchView

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

MEAN_QUALITY = 20.0
"""The least arithmetic mean of the Phred scores of a good read."""

LENGTH = 50
"""The least bases of a good read."""

NEAR = 1.0
"""How far the mean quality of a hard read is from the threshold, at most."""

LABELS = ("FAIL", "PASS")


def label(batch: pa.RecordBatch) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Labels reads by the exact rule, over the whole read.

    Args:
        batch: With a column ``quality``.

    Returns:
        The arithmetic mean of each read's Phred scores, NaN for an empty read, and whether it
        passes; both (num_rows,).

    Raises:
        DataError: A read is null or has a byte that is no quality.
    """
    view = BatchView(batch)
    means = measures.arithmetic_mean_quality(view)
    passes = (means >= MEAN_QUALITY) & (measures.lengths(view, "quality") >= LENGTH)
    return means, passes


def is_near(means: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether reads are near the threshold of quality, so that they are hard; (n,) to (n,)."""
    return np.abs(means - MEAN_QUALITY) <= NEAR
