"""The two sizes that kernels work with: words of 64 bits and vectors of 64 bytes."""

from __future__ import annotations

from typing import Any, TypeAlias

Word: TypeAlias = Any
"""A ``uint64`` in a kernel; numba turns it into an ``int`` when it returns it to Python."""

WIDTH = 64
"""Bytes in a vector; also the padding after which any vector can be loaded safely."""
