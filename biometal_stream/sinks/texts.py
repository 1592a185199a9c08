"""Columns of text as the arrays that kernels read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from biometal_stream.errors import DataError

Bytes: TypeAlias = "bytes | memoryview"
"""What is written: bytes, or where they lie."""


def as_string(column: pa.Array) -> pa.Array:
    """A column of text with offsets of 32 bits; itself where it has them.

    Raises:
        DataError: Its texts take more than 2 GiB, which only a single read can.
    """
    if pa.types.is_string(column.type):
        return column
    try:
        return column.cast(pa.string())
    except pa.ArrowInvalid as error:
        raise DataError(f"a read of more than 2 GiB cannot be written: {error}") from error


def text_slice(column: pa.Array) -> tuple[NDArray[Any], memoryview]:
    """The offsets of a column of text, not empty and no view, and its bytes where they lie.

    Returns:
        The offsets as Arrow keeps them, ``int32`` or ``int64``, (rows + 1,), and the bytes from
        the first of them to the last.
    """
    large = pa.types.is_large_string(column.type)
    stored: type[np.int32 | np.int64] = np.int64 if large else np.int32
    _, places, data = column.buffers()
    last = column.offset + len(column) + 1
    offsets = np.frombuffer(places, stored)[column.offset : last]
    text = memoryview(b"") if data is None else memoryview(data)
    return offsets, text[int(offsets[0]) : int(offsets[-1])]


def validity(columns: Iterable[pa.Array]) -> memoryview:
    """A bit for each row of some columns, set where it holds a value, from the lowest on."""
    valid = [column.is_valid().to_numpy(zero_copy_only=False) for column in columns]
    return np.packbits(np.concatenate(valid), bitorder="little").data


def text_arrays(column: pa.StringArray) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
    """Views of a column's offsets, ``int32``, (rows + 1,), and of the bytes they point into.

    Both are read-only, so that a kernel is compiled for one kind of array.
    """
    _, offsets, data = column.buffers()
    last = column.offset + len(column) + 1
    places: NDArray[np.int32] = np.zeros(1, np.int32)
    if len(column):
        places = np.frombuffer(offsets, np.int32)[column.offset : last]
    texts: NDArray[np.uint8] = np.zeros(0, np.uint8)
    if data is not None:
        texts = np.frombuffer(data, np.uint8)
    places.flags.writeable = False
    texts.flags.writeable = False
    return places, texts
