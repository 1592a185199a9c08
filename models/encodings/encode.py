"""Calls the kernels that write the features of windows."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from biometal_stream.errors import ConfigurationError, DataError
from biometal_stream.models.encodings.kernels.kmers import ROOM
from biometal_stream.models.encodings.kernels.parts import SPARE
from biometal_stream.models.encodings.kernels.windows import first_outside, place_windows

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from biometal_stream.columns import StringColumn
    from biometal_stream.models.encodings.layouts import Kernel, Layout, Shape
    from biometal_stream.models.encodings.windows import Windows


@dataclass(frozen=True, eq=False)
class Call:
    """A call of a layout's kernel.

    Attributes:
        kernel: The kernel.
        arguments: Its arguments except the outputs.
        flat: The output in the form that the kernel takes.
        room: The output for the last windows.
    """

    kernel: Kernel
    arguments: tuple[Any, ...]
    flat: NDArray[Any]
    room: NDArray[Any]

    def run(self) -> bool:
        """Writes the features; returns whether all qualities are valid."""
        return self.kernel(*self.arguments, self.flat, self.room) is not False


@dataclass(frozen=True, eq=False)
class Placed:
    """Windows located in the data of their columns. Safe to share between threads.

    Attributes:
        layout: The layout of their features.
        length: The length of the encoding, in bases.
        dtype: The type of the features.
        k: The length of a k-mer in bases, if the layout is made of k-mers.
        columns: The columns that the layout reads.
        firsts: ``uint64``, (n,) for each column: where each window starts in its data.
        counts: ``uint64``, (n,): the number of bases of each window.
    """

    layout: Layout
    length: int
    dtype: str
    k: int | None
    columns: tuple[StringColumn, ...]
    firsts: tuple[NDArray[np.uint64], ...]
    counts: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.counts)

    @property
    def shape(self) -> Shape:
        """The shape of a window's features."""
        return self.layout.shape(self.length, self.k or 0)

    def write(self, part: slice, out: NDArray[Any]) -> None:
        """Writes the features of some of the windows.

        Args:
            part: Which windows.
            out: The output for these windows, as for `Encoding.encode`.

        Raises:
            ConfigurationError: ``out`` has the wrong type or shape.
            DataError: A quality is outside ``!`` to ``~``.
        """
        call = self.call(part, out)
        if not call.run():
            raise self._outside(part)
        last = len(call.room) - SPARE
        call.flat[len(call.flat) - last :] = call.room[:last]

    def call(self, part: slice, out: NDArray[Any]) -> Call:
        """Prepares the kernel call that `write` makes."""
        counts = self.counts[part]
        self._check_output(len(counts), out)
        flat = out.reshape(-1)
        if self.dtype == "float16":
            flat = flat.view(np.uint16)  # its bits
        # Kernels write whole vectors, so the last windows go to a buffer with spare space.
        size = prod(self.shape)
        last = min(-(-SPARE // size), len(counts))
        room = np.empty(last * size + SPARE, flat.dtype)
        arguments: list[Any] = []
        for column, firsts in zip(self.columns, self.firsts, strict=True):
            arguments += [column.data, firsts[part]]
        arguments += [counts, np.uint64(self.length)]
        if self.k is not None:
            codes, others = np.empty((2, self.length + ROOM), np.uint8)
            arguments += [np.uint64(self.k), codes, others]
        return Call(self.layout.load_kernel(), tuple(arguments), flat, room)

    def _check_output(self, number: int, out: NDArray[Any]) -> None:
        shape = (number, *self.shape)
        if out.dtype != np.dtype(self.dtype) or out.shape != shape:
            raise ConfigurationError(
                f"the features of {number} windows are {self.dtype} of shape {shape}; the output"
                f" is {out.dtype} of shape {out.shape}"
            )
        if not (out.flags.c_contiguous and out.flags.writeable):
            raise ConfigurationError("the output must be writable and in C order")

    def _outside(self, part: slice) -> DataError:
        """The error for windows in which a byte is not a quality."""
        column = self.columns[-1]
        index = first_outside(column.data, self.firsts[-1][part], self.counts[part])
        return DataError(
            f"column '{column.name}' has byte {int(column.data[index]):#04x} in row"
            f" {column.row_of(index)} of the batch; qualities are Phred+33 text, '!' to '~'"
        )


def place(
    layout: Layout,
    length: int,
    dtype: str,
    k: int | None,
    sequence: StringColumn | None,
    quality: StringColumn | None,
    windows: Windows,
) -> Placed:
    """Locates windows in the data of the columns: see `Encoding.place`."""
    columns = _columns(layout, sequence, quality)
    one, two = columns[0], columns[-1]
    if one.num_rows != two.num_rows:
        raise ConfigurationError(
            f"columns '{one.name}' and '{two.name}' are of different batches: {one.num_rows} and"
            f" {two.num_rows} rows"
        )
    number = len(windows)
    firsts, others, counts = np.empty((3, number), np.uint64)
    bad = place_windows(
        one.starts,
        one.stops,
        two.starts,
        two.stops,
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
    return Placed(layout, length, dtype, k, columns, (firsts, others)[: len(columns)], counts)


def _columns(
    layout: Layout, sequence: StringColumn | None, quality: StringColumn | None
) -> tuple[StringColumn, ...]:
    """The columns that the layout reads."""
    given = {"sequence": sequence, "quality": quality}
    columns = []
    for name in layout.columns:
        column = given[name]
        if column is None:
            raise ConfigurationError(f"layout '{layout.name}' reads the {name} of reads")
        columns.append(column)
    return tuple(columns)


def _misplaced(
    one: StringColumn, two: StringColumn, windows: Windows, window: int, length: int
) -> ConfigurationError | DataError:
    """The error for a window that is not within its read."""
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
