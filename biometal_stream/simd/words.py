"""What kernels work with: words of 64 bits, vectors of 64 bytes, and what is kept in registers."""

from __future__ import annotations

from typing import Any, TypeAlias

Word: TypeAlias = Any
"""A ``uint64`` in a kernel; it is an ``int`` when it is returned to Python."""

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
