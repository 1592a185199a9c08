"""Columns of text for the tests of reports."""

from __future__ import annotations

import numpy as np

from biometal_stream.columns import StringColumn


def frozen(array: np.ndarray) -> np.ndarray:
    array.flags.writeable = False
    return array


def column(
    texts: list[bytes], name: str = "sequence", gap: bytes = b"", dtype: type = np.int32
) -> StringColumn:
    """A column whose rows have other bytes between them, but none after the last."""
    data = gap.join(texts)
    lengths = np.array([len(text) for text in texts], dtype)
    starts = (np.cumsum(lengths + len(gap)) - lengths - len(gap)).astype(dtype)
    return StringColumn(
        name,
        frozen(starts),
        frozen((starts + lengths).astype(dtype)),
        frozen(np.frombuffer(data, np.uint8)),
    )
