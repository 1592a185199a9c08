"""What encoders write: bytes where they lie, and bits of validity."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
import pyarrow as pa

Bytes: TypeAlias = "bytes | memoryview"
"""What is written: bytes, or where they lie."""


def validity(columns: Iterable[pa.Array]) -> memoryview:
    """A bit for each row of some columns, set where it holds a value, from the lowest on."""
    valid = [column.is_valid().to_numpy(zero_copy_only=False) for column in columns]
    return np.packbits(np.concatenate(valid), bitorder="little").data
