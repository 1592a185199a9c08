"""What kernels work with: words of 64 bits, vectors of 64 bytes, and what is kept in registers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import numpy as np

if TYPE_CHECKING:
    Word: TypeAlias = Any
else:
    Word = np.uint64
"""A ``uint64`` in a kernel; it is an ``int`` when it is returned to Python."""

Offset = TypeVar("Offset", np.int32, np.int64)
"""The type of offsets of a string column, all of a kernel's alike."""

Byte: TypeAlias = Any
"""A ``uint8`` in a kernel."""

Bytes: TypeAlias = Any
"""A contiguous array of ``uint8``, of one dimension."""

Elements: TypeAlias = Any
"""A contiguous array of numbers, of one dimension."""

Vector: TypeAlias = Any
"""64 bytes in registers: a variable of a kernel."""

WIDTH = 64
"""Bytes in a vector; also the padding after which any vector can be loaded safely."""
