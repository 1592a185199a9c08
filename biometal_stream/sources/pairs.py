"""Tells by their names which reads are mates."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from biometal_stream.sources.kernels import first_stranger

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MARKS = (b"/", b".", b"_")
_MATE_MARK = re.compile(r"[/._][12]\Z")


def text_buffers(column: pa.Array) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """The offsets and the bytes of a column of ``string``."""
    _, offsets, data = column.buffers()
    first = column.offset
    bounds = np.frombuffer(offsets, np.int32)[first : first + len(column) + 1]
    return bounds, np.frombuffer(data, np.uint8) if data is not None else np.empty(0, np.uint8)


def match_names(ones: pa.RecordBatch, twos: pa.RecordBatch) -> int:
    """Counts the rows before the first whose names are not those of mates.

    Args:
        ones: Mates 1.
        twos: Mates 2, as many.
    """
    rows = ones.num_rows
    order = np.arange(2 * rows).reshape(2, rows).T.ravel()
    names = pa.concat_arrays([ones.column("name"), twos.column("name")]).take(pa.array(order))
    offsets, data = text_buffers(names)
    return int(first_stranger(offsets, data, np.uint64(2 * rows))) // 2


def are_mates(one: bytes, two: bytes) -> bool:
    """Tells of two names what `first_stranger` tells of many."""
    if one == two:
        return True
    ends = (one[-1:], two[-1:])
    return ends == (b"1", b"2") and one[:-1] == two[:-1] and one[-2:-1] in _MARKS


def next_mates(ones: list[str], twos: list[str]) -> tuple[int, int]:
    """Finds how many reads to leave out on each side so that the next two are mates.

    Args:
        ones: The names of mates 1, from a read on that has no mate in its place.
        twos: Those of mates 2, likewise.

    Returns:
        The fewest reads in all; all of both where no two are mates.
    """
    places: dict[str, int] = {}
    for place, name in enumerate(twos):
        places.setdefault(_stem(name), place)
    best = (len(ones), len(twos))
    for place, name in enumerate(ones):
        if place >= sum(best):
            break
        other = places.get(_stem(name))
        if other is not None and place + other < sum(best):
            best = (place, other)
    return best


def _stem(name: str) -> str:
    """A name without the mark of a mate, ``/1`` and the like."""
    return _MATE_MARK.sub("", name)
