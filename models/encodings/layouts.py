"""The layouts of features, by their names. ``docs/encodings.md`` has their exact definitions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

Shape: TypeAlias = tuple[int, ...]


@dataclass(frozen=True)
class Layout:
    """What is fixed of a layout.

    A layout never changes its meaning: another meaning is another number behind the slash.

    Attributes:
        name: The name and the version, such as ``tokens/1``.
        columns: What it reads of a read: ``sequence``, ``quality`` or both.
        dtypes: The types of numbers that it can be had in.
        shape: The shape of one window's features, from the length in bases and ``k``.
        length: The one length that it can have; ``None`` if any.
        kmers: Whether it is made of k-mers, and ``k`` is to be given.
    """

    name: str
    columns: tuple[str, ...]
    dtypes: tuple[str, ...]
    shape: Callable[[int, int], Shape]
    length: int | None = None
    kmers: bool = False


_FRACTIONS = ("float32", "float16", "uint8")

_ALL = (
    Layout(
        "sequence-quality-300/1",
        ("sequence", "quality"),
        ("float32",),
        lambda length, _: (2 * length,),
        length=150,
    ),
    Layout("quality-mask/1", ("quality",), _FRACTIONS, lambda length, _: (2 * length,)),
    Layout("one-hot/1", ("sequence",), _FRACTIONS, lambda length, _: (4, 1, length)),
    Layout(
        "one-hot-quality/1",
        ("sequence", "quality"),
        _FRACTIONS,
        lambda length, _: (6, 1, length),
    ),
    Layout("tokens/1", ("sequence",), ("uint8", "int32", "int64"), lambda length, _: (length,)),
    Layout(
        "kmers/1",
        ("sequence",),
        ("int32", "int64"),
        lambda length, k: (length - k + 1,),
        kmers=True,
    ),
)

BY_NAME = {layout.name: layout for layout in _ALL}
"""The layouts, by name."""

LAYOUTS = tuple(BY_NAME)
"""The names of the layouts."""

DTYPES = tuple(dict.fromkeys(dtype for layout in _ALL for dtype in layout.dtypes))
"""The types of numbers that some layout can be had in."""

MAX_LENGTH = 1_000_000
"""The longest length of an encoding, in bases: a row's numbers must fit Arrow's lists."""

MAX_K = 12
"""The longest k-mers: their numbers are those of a vocabulary, which a model has a row for each."""
