"""What encoders write: bytes, by reference, and validity bitmaps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from biometal_stream.columns import validity_of

Bytes: TypeAlias = "bytes | memoryview"
"""What is written: bytes, or a view of them."""


def validity(columns: Iterable[pa.Array]) -> memoryview:
    """A bitmap of the rows of some columns: 1 for a value, 0 for null; lowest bit first."""
    return np.packbits(np.concatenate([*map(validity_of, columns)]), bitorder="little").data
