"""Encoding windows: what stands around the kernels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from biometal_stream.errors import ConfigurationError, DataError
from biometal_stream.models.encodings import kernels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.columns import Text
    from biometal_stream.models.encodings.encoding import Encoding
    from biometal_stream.models.encodings.windows import Windows

Kernel: TypeAlias = Callable[..., "bool | None"]

_KERNELS: dict[str, Kernel] = {
    "sequence-quality-300/1": kernels.write_sequence_quality,
    "quality-mask/1": kernels.write_quality_mask,
    "one-hot/1": kernels.write_one_hot,
    "one-hot-quality/1": kernels.write_one_hot_quality,
    "tokens/1": kernels.write_tokens,
    "kmers/1": kernels.write_kmers,
}


def encode(
    encoding: Encoding,
    sequence: Text | None,
    quality: Text | None,
    windows: Windows,
    out: NDArray[Any],
) -> None:
    """Writes the features of windows: see `Encoding.encode`."""
    _check_output(encoding, len(windows), out)
    columns = _columns(encoding, sequence, quality)
    placed = _place(columns, windows, encoding.length)
    flat = out.reshape(-1)
    if encoding.dtype == "float16":
        flat = flat.view(np.uint16)  # its bits
    # Whole vectors are written, so the last windows go to a room with some to spare.
    size = prod(encoding.shape)
    split = max(len(windows) - -(-kernels.SPARE // size), 0)
    room = np.empty((len(windows) - split) * size + kernels.SPARE, flat.dtype)
    good = _write(encoding, columns, placed, slice(split), flat)
    good &= _write(encoding, columns, placed, slice(split, None), room)
    if not good:
        raise _outside(columns[-1], placed)
    flat[split * size :] = room[: flat.size - split * size]


def _check_output(encoding: Encoding, number: int, out: NDArray[Any]) -> None:
    if out.dtype != np.dtype(encoding.dtype) or out.shape != (number, *encoding.shape):
        raise ConfigurationError(
            f"the features of {number} windows are {encoding.dtype} of shape"
            f" {(number, *encoding.shape)}; the output is {out.dtype} of shape {out.shape}"
        )
    if not (out.flags.c_contiguous and out.flags.writeable):
        raise ConfigurationError("the output must be writable and in C order")


def _columns(encoding: Encoding, sequence: Text | None, quality: Text | None) -> list[Text]:
    """The columns that the layout reads."""
    given = {"sequence": sequence, "quality": quality}
    columns = []
    for name in encoding.columns:
        column = given[name]
        if column is None:
            raise ConfigurationError(f"layout '{encoding.layout}' reads the {name} of reads")
        columns.append(column)
    return columns


@dataclass(frozen=True, eq=False)
class _Placed:
    """Windows, as they lie in the data of columns.

    Attributes:
        firsts: For each column the index of each window's first byte.
        counts: The bytes of each window.
    """

    firsts: list[NDArray[np.uint64]]
    counts: NDArray[np.uint64]


def _place(columns: list[Text], windows: Windows, length: int) -> _Placed:
    number = len(windows)
    rows, starts, stops = windows.rows, windows.starts, windows.stops
    firsts = [np.empty(number, np.uint64) for _ in columns]
    counts = np.empty(number, np.uint64)
    bad = kernels.place_windows(
        columns[0].offsets, rows, starts, stops, np.int64(length), firsts[0], counts
    )
    if bad < number:
        raise ConfigurationError(
            f"window {bad}, bases {starts[bad]} to {stops[bad]} of row {rows[bad]}, is not within"
            f" its read, or longer than {length} bases"
        )
    if len(columns) > 1:
        one, two = columns
        if one.num_rows != two.num_rows:
            raise ConfigurationError(
                f"columns '{one.name}' and '{two.name}' are not of the same batch:"
                f" {one.num_rows} rows, {two.num_rows} rows"
            )
        bad = kernels.place_both(one.offsets, two.offsets, rows, *firsts)
        if bad < number:
            row = int(rows[bad])
            bases, qualities = (column.offsets[row + 1] - column.offsets[row] for column in columns)
            raise DataError(
                f"columns '{one.name}' and '{two.name}' differ in length in row {row} of the"
                f" batch: {bases} bases, {qualities} qualities"
            )
    return _Placed(firsts, counts)


def _write(
    encoding: Encoding, columns: list[Text], placed: _Placed, part: slice, out: NDArray[Any]
) -> bool:
    """Runs the layout's kernel over some windows; tells whether all qualities are some."""
    arguments: list[Any] = []
    for column, firsts in zip(columns, placed.firsts, strict=True):
        arguments += [column.data, firsts[part]]
    arguments += [placed.counts[part], np.uint64(encoding.length)]
    if encoding.k is not None:
        codes, others = np.empty((2, encoding.length + kernels.ROOM), np.uint8)
        arguments += [np.uint64(encoding.k), codes, others]
    return _KERNELS[encoding.layout](*arguments, out) is not False


def _outside(column: Text, placed: _Placed) -> DataError:
    """What to raise of windows in which some byte is no quality."""
    index = kernels.first_outside(column.data, placed.firsts[-1], placed.counts)
    return DataError(
        f"column '{column.name}' has byte {int(column.data[index]):#04x} in row"
        f" {column.row_of(index)} of the batch; qualities are Phred+33 text, '!' to '~'"
    )
