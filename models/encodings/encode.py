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


@dataclass(frozen=True, eq=False)
class Call:
    """A call of a layout's kernel.

    Attributes:
        kernel: The kernel.
        arguments: What it is called with, but for the outputs.
        flat: The output, as the kernel takes it.
        room: Where the last windows go.
        column: The last column that it reads, which is that of qualities if it reads any.
        firsts: Where each window starts in that column's data.
        counts: The bases of each window.
    """

    kernel: Kernel
    arguments: tuple[Any, ...]
    flat: NDArray[Any]
    room: NDArray[Any]
    column: Text
    firsts: NDArray[np.uint64]
    counts: NDArray[np.uint64]

    def run(self) -> bool:
        """Writes the features; tells whether all qualities are some."""
        return self.kernel(*self.arguments, self.flat, self.room) is not False


def encode(
    encoding: Encoding,
    sequence: Text | None,
    quality: Text | None,
    windows: Windows,
    out: NDArray[Any],
) -> None:
    """Writes the features of windows: see `Encoding.encode`."""
    call = prepare(encoding, sequence, quality, windows, out)
    if not call.run():
        raise _outside(call)
    last = len(call.room) - kernels.SPARE
    call.flat[len(call.flat) - last :] = call.room[:last]


def prepare(
    encoding: Encoding,
    sequence: Text | None,
    quality: Text | None,
    windows: Windows,
    out: NDArray[Any],
) -> Call:
    """Checks what `Encoding.encode` is given, and finds the windows in the columns' data."""
    _check_output(encoding, len(windows), out)
    columns = _columns(encoding, sequence, quality)
    firsts, counts = _place(columns, windows, encoding.length)
    flat = out.reshape(-1)
    if encoding.dtype == "float16":
        flat = flat.view(np.uint16)  # its bits
    # Whole vectors are written, so the last windows go to a room with some to spare.
    size = prod(encoding.shape)
    last = min(-(-kernels.SPARE // size), len(windows))
    room = np.empty(last * size + kernels.SPARE, flat.dtype)
    arguments: list[Any] = []
    for column, first in zip(columns, firsts, strict=False):
        arguments += [column.data, first]
    arguments += [counts, np.uint64(encoding.length)]
    if encoding.k is not None:
        codes, others = np.empty((2, encoding.length + kernels.ROOM), np.uint8)
        arguments += [np.uint64(encoding.k), codes, others]
    kernel = _KERNELS[encoding.layout]
    return Call(kernel, tuple(arguments), flat, room, columns[-1], firsts[-1], counts)


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


def _place(
    columns: list[Text], windows: Windows, length: int
) -> tuple[tuple[NDArray[np.uint64], NDArray[np.uint64]], NDArray[np.uint64]]:
    """Where each window starts in the data of the first and the last column, and its length."""
    one, two = columns[0], columns[-1]
    if one.num_rows != two.num_rows:
        raise ConfigurationError(
            f"columns '{one.name}' and '{two.name}' are not of the same batch: {one.num_rows} and"
            f" {two.num_rows} rows"
        )
    number = len(windows)
    firsts, others, counts = np.empty((3, number), np.uint64)
    bad = kernels.place_windows(
        one.offsets,
        two.offsets,
        windows.rows,
        windows.starts,
        windows.stops,
        np.int64(length),
        firsts,
        others,
        counts,
    )
    if bad < number:
        raise _misplaced(one, two, windows, bad, length)
    return (firsts, others), counts


def _misplaced(
    one: Text, two: Text, windows: Windows, window: int, length: int
) -> ConfigurationError | DataError:
    """What to raise of a window that is not within its read."""
    row = int(windows.rows[window])
    if 0 <= row < one.num_rows:
        bases, qualities = (int(text.offsets[row + 1] - text.offsets[row]) for text in (one, two))
        if bases != qualities:
            return DataError(
                f"columns '{one.name}' and '{two.name}' differ in length in row {row} of the"
                f" batch: {bases} bases, {qualities} qualities"
            )
    return ConfigurationError(
        f"window {window}, bases {windows.starts[window]} to {windows.stops[window]} of row {row},"
        f" is not within its read, or is longer than {length} bases"
    )


def _outside(call: Call) -> DataError:
    """What to raise of windows in which some byte is no quality."""
    column = call.column
    index = kernels.first_outside(column.data, call.firsts, call.counts)
    return DataError(
        f"column '{column.name}' has byte {int(column.data[index]):#04x} in row"
        f" {column.row_of(index)} of the batch; qualities are Phred+33 text, '!' to '~'"
    )
