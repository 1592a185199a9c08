"""The minimizers and the k-mers of a column of sequences."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from biometal_stream.columns import StringColumn
from biometal_stream.errors import ConfigurationError
from biometal_stream.indexes.kernels.blocks import BLOCK, BYTES, PIECES
from biometal_stream.indexes.kernels.kmers import find_kmers
from biometal_stream.indexes.kernels.minimizers import COUNT, LAST, NUMBERS, find_minimizers
from biometal_stream.indexes.scheme import Scheme

Number = TypeVar("Number", np.uint64, np.int32)

LARGEST_K = 32
"""The bases that a word of 64 bits holds."""


@dataclass(frozen=True, eq=False)
class FoundKmers:
    """K-mers of sequences, those of each row one after another.

    Attributes:
        values: ``uint64``, (n,): see `Scheme`.
        offsets: ``int64``, (rows + 1,): row ``r`` has ``values[offsets[r] : offsets[r + 1]]``.
        positions: ``int32``, (n,): the first base of each k-mer in its row, from 0; ``None`` if
            they were not asked for.
    """

    values: NDArray[np.uint64]
    offsets: NDArray[np.int64]
    positions: NDArray[np.int32] | None


def minimizers_of(
    sequences: StringColumn,
    scheme: Scheme,
    *,
    prefix: int | None = None,
    positions: bool = False,
) -> FoundKmers:
    """Finds the minimizers of each sequence. Safe to call from several threads.

    Args:
        sequences: The sequences, of at most 2³¹ - 1 bases each.
        scheme: Which k-mers are minimizers.
        prefix: How many first bases of each sequence to look at; all by default.
        positions: Whether to return where they are.
    """
    if prefix is not None:
        stops = np.minimum(sequences.lengths, prefix)
        sequences = sequences.cut(np.zeros_like(stops), stops)
    windows = _windows(sequences, scheme.window)
    find = partial(
        find_minimizers,
        *(sequences.starts, sequences.stops, sequences.data),
        np.uint64(scheme.k),
        np.uint64(scheme.w),
        np.empty(BYTES, np.uint8),
        np.empty(NUMBERS, np.uint32),
        _pieces(),
    )
    expected = 2 * windows // (scheme.w + 1)  # of random bases
    return _found(find, sequences.num_rows, expected, positions=positions)


def kmers_of(sequences: StringColumn, k: int, *, positions: bool = False) -> FoundKmers:
    """Finds all k-mers of each sequence that have no other letters than A, C, G and T.

    Safe to call from several threads. Their values are those of minimizers.

    Args:
        sequences: The sequences, of at most 2³¹ - 1 bases each.
        k: The bases of a k-mer, 1 to 32.
        positions: Whether to return where they are.

    Raises:
        ConfigurationError: ``k`` is less than 1 or more than 32.
    """
    if not 1 <= k <= LARGEST_K:
        raise ConfigurationError(f"k must be from 1 to {LARGEST_K}, not {k}")

    find = partial(
        find_kmers,
        *(sequences.starts, sequences.stops, sequences.data),
        np.uint64(k),
        np.empty(BYTES, np.uint8),
        _pieces(),
    )
    return _found(find, sequences.num_rows, _windows(sequences, k), positions=positions)


def _windows(sequences: StringColumn, length: int) -> int:
    return int(np.maximum(sequences.lengths - (length - 1), 0).sum())


def _pieces() -> NDArray[np.int64]:
    return np.empty(3 * PIECES + 3, np.int64)


def _found(find: Callable[..., bool], rows: int, expected: int, *, positions: bool) -> FoundKmers:
    """Calls a kernel until it is done, with more room each time."""
    room = expected + expected // 8 + BLOCK
    values = np.empty(room, np.uint64)
    places = np.empty(room if positions else 0, np.int32)
    offsets = np.zeros(rows + 1, np.int64)
    state = np.zeros(4, np.int64)
    state[LAST] = -1
    while not find(state, values, places, offsets):
        room += room // 2
        values = _grown(values, room)
        places = _grown(places, room) if positions else places
    count = int(state[COUNT])
    return FoundKmers(values[:count], offsets, places[:count] if positions else None)


def _grown(array: NDArray[Number], room: int) -> NDArray[Number]:
    grown = np.empty(room, array.dtype)
    grown[: len(array)] = array
    return grown
