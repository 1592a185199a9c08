"""The layouts of features, by name. ``docs/encodings.md`` has their exact definitions."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

Shape: TypeAlias = tuple[int, ...]
Kernel: TypeAlias = Callable[..., "bool | None"]

_KERNELS = "biometal_stream.models.encodings.kernels"


@dataclass(frozen=True)
class Layout:
    """The fixed properties of a layout.

    The meaning of a layout never changes: a new meaning gets a new number after the slash.

    Attributes:
        name: The name and the version, such as ``tokens/1``.
        columns: The columns that it reads: ``sequence``, ``quality`` or both.
        dtypes: The number types that it supports.
        shape: The shape of one window's features, given the length in bases and ``k``.
        kernel: The kernel that writes it, as ``module:function`` in `encodings.kernels`; imported
            on first use.
        length: The only length that it can have; ``None`` for any.
        kmers: Whether it is made of k-mers, and needs ``k``.
    """

    name: str
    columns: tuple[str, ...]
    dtypes: tuple[str, ...]
    shape: Callable[[int, int], Shape]
    kernel: str
    length: int | None = None
    kmers: bool = False

    def load_kernel(self) -> Kernel:
        """Imports the kernel, once."""
        return _loaded(self.kernel)


@cache
def _loaded(kernel: str) -> Kernel:
    found: Kernel = pkgutil.resolve_name(f"{_KERNELS}.{kernel}")
    return found


_FRACTIONS = ("float32", "float16", "uint8")

_ALL = (
    Layout(
        "sequence-quality-300/1",
        ("sequence", "quality"),
        ("float32",),
        lambda length, _: (2 * length,),
        "sequence_quality:write_sequence_quality",
        length=150,
    ),
    Layout(
        "quality-mask/1",
        ("quality",),
        _FRACTIONS,
        lambda length, _: (2 * length,),
        "quality_mask:write_quality_mask",
    ),
    Layout(
        "one-hot/1",
        ("sequence",),
        _FRACTIONS,
        lambda length, _: (4, 1, length),
        "one_hot:write_one_hot",
    ),
    Layout(
        "one-hot-quality/1",
        ("sequence", "quality"),
        _FRACTIONS,
        lambda length, _: (6, 1, length),
        "one_hot_quality:write_one_hot_quality",
    ),
    Layout(
        "tokens/1",
        ("sequence",),
        ("uint8", "int32", "int64"),
        lambda length, _: (length,),
        "tokens:write_tokens",
    ),
    Layout(
        "kmers/1",
        ("sequence",),
        ("int32", "int64"),
        lambda length, k: (length - k + 1,),
        "kmers:write_kmers",
        kmers=True,
    ),
)

BY_NAME = {layout.name: layout for layout in _ALL}
"""The layouts, by name."""

LAYOUTS = tuple(BY_NAME)
"""The names of the layouts."""

DTYPES = tuple(dict.fromkeys(dtype for layout in _ALL for dtype in layout.dtypes))
"""The number types that any layout supports."""

MAX_LENGTH = 1_000_000
"""The longest encoding, in bases: the numbers of a row must fit into Arrow's lists."""

MAX_K = 12
"""The longest k-mers: a model has a row for each of the 4^k."""
