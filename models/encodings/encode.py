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

    from biometal_stream.columns import StringColumn
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
    """

    kernel: Kernel
    arguments: tuple[Any, ...]
    flat: NDArray[Any]
    room: NDArray[Any]

    def run(self) -> bool:
        """Writes the features; tells whether all qualities are some."""
        return self.kernel(*self.arguments, self.flat, self.room) is not False


@dataclass(frozen=True, eq=False)
class Placed:
    """Windows that were found in their columns' data. Safe to share between threads.

    Attributes:
        encoding: What their features are.
        columns: The columns that it reads.
        firsts: ``uint64``, (n,) for each column: where each window starts in its data.
        counts: ``uint64``, (n,): the bases of each window.
    """

    encoding: Encoding
    columns: tuple[StringColumn, ...]
    firsts: tuple[NDArray[np.uint64], ...]
    counts: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.counts)

    def write(self, part: slice, out: NDArray[Any]) -> None:
        """Writes the features of some of the windows.

        Args:
            part: Which windows, one after the other.
            out: Output, as of `Encoding.encode`, for as many windows.

        Raises:
            ConfigurationError: ``out`` is of another type or shape.
            DataError: A quality lies outside ``!`` to ``~``.
        """
        call = self.call(part, out)
        if not call.run():
            raise self._outside(part)
        last = len(call.room) - kernels.SPARE
        call.flat[len(call.flat) - last :] = call.room[:last]

    def call(self, part: slice, out: NDArray[Any]) -> Call:
        """The call of the kernel that `write` makes."""
        encoding, counts = self.encoding, self.counts[part]
        _check_output(encoding, len(counts), out)
        flat = out.reshape(-1)
        if encoding.dtype == "float16":
            flat = flat.view(np.uint16)  # its bits
        # Whole vectors are written, so the last windows go to a room with some to spare.
        size = prod(encoding.shape)
        last = min(-(-kernels.SPARE // size), len(counts))
        room = np.empty(last * size + kernels.SPARE, flat.dtype)
        arguments: list[Any] = []
        for column, firsts in zip(self.columns, self.firsts, strict=True):
            arguments += [column.data, firsts[part]]
        arguments += [counts, np.uint64(encoding.length)]
        if encoding.k is not None:
            codes, others = np.empty((2, encoding.length + kernels.ROOM), np.uint8)
            arguments += [np.uint64(encoding.k), codes, others]
        return Call(_KERNELS[encoding.layout], tuple(arguments), flat, room)

    def _outside(self, part: slice) -> DataError:
        """What to raise of windows in which some byte is no quality."""
        column = self.columns[-1]
        index = kernels.first_outside(column.data, self.firsts[-1][part], self.counts[part])
        return DataError(
            f"column '{column.name}' has byte {int(column.data[index]):#04x} in row"
            f" {column.row_of(index)} of the batch; qualities are Phred+33 text, '!' to '~'"
        )


def place(
    encoding: Encoding,
    sequence: StringColumn | None,
    quality: StringColumn | None,
    windows: Windows,
) -> Placed:
    """Finds windows in the columns' data: see `Encoding.place`."""
    columns = _columns(encoding, sequence, quality)
    one, two = columns[0], columns[-1]
    if one.num_rows != two.num_rows:
        raise ConfigurationError(
            f"columns '{one.name}' and '{two.name}' are not of the same batch: {one.num_rows} and"
            f" {two.num_rows} rows"
        )
    number = len(windows)
    firsts, others, counts = np.empty((3, number), np.uint64)
    bad = kernels.place_windows(
        one.starts,
        one.stops,
        two.starts,
        two.stops,
        windows.rows,
        windows.starts,
        windows.stops,
        np.int64(encoding.length),
        firsts,
        others,
        counts,
    )
    if bad < number:
        raise _misplaced(one, two, windows, bad, encoding.length)
    return Placed(encoding, columns, (firsts, others)[: len(columns)], counts)


def _check_output(encoding: Encoding, number: int, out: NDArray[Any]) -> None:
    if out.dtype != np.dtype(encoding.dtype) or out.shape != (number, *encoding.shape):
        raise ConfigurationError(
            f"the features of {number} windows are {encoding.dtype} of shape"
            f" {(number, *encoding.shape)}; the output is {out.dtype} of shape {out.shape}"
        )
    if not (out.flags.c_contiguous and out.flags.writeable):
        raise ConfigurationError("the output must be writable and in C order")


def _columns(
    encoding: Encoding, sequence: StringColumn | None, quality: StringColumn | None
) -> tuple[StringColumn, ...]:
    """The columns that the layout reads."""
    given = {"sequence": sequence, "quality": quality}
    columns = []
    for name in encoding.columns:
        column = given[name]
        if column is None:
            raise ConfigurationError(f"layout '{encoding.layout}' reads the {name} of reads")
        columns.append(column)
    return tuple(columns)


def _misplaced(
    one: StringColumn, two: StringColumn, windows: Windows, window: int, length: int
) -> ConfigurationError | DataError:
    """What to raise of a window that is not within its read."""
    row = int(windows.rows[window])
    if 0 <= row < one.num_rows:
        bases, qualities = (int(text.lengths[row]) for text in (one, two))
        if bases != qualities:
            return DataError(
                f"columns '{one.name}' and '{two.name}' differ in length in row {row} of the"
                f" batch: {bases} bases, {qualities} qualities"
            )
    return ConfigurationError(
        f"window {window}, bases {windows.starts[window]} to {windows.stops[window]} of row {row},"
        f" is not within its read, or is longer than {length} bases"
    )
