"""Formats rows as FASTQ records, and explains what is wrong with an invalid row."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from biometal_stream.columns import as_string, buffers_of, validity_of
from biometal_stream.errors import DataError
from biometal_stream.simd.bases import IUPAC
from biometal_stream.sinks.fastq import kernels

_ROW_BYTES = 7  # @, a space, + and four newlines

_FAULTS = {
    kernels.UNEQUAL_LENGTHS: "its sequence and its quality differ in length",
    kernels.BAD_NAME: "its name holds {what}; what follows would be read as its description, or"
    " as another line",
    kernels.BAD_DESCRIPTION: "its description holds {what}, which would be read as the end of the"
    " line",
    kernels.BAD_SEQUENCE: "its sequence holds {what}, which is not a base (A, C, G, T, U, N or"
    " another IUPAC code)",
    kernels.BAD_QUALITY: "its quality holds {what}, which is outside '!' to '~', the range of"
    " Phred+33",
}
_BAD_BYTES = {
    kernels.BAD_NAME: ("name", re.compile(rb"[ \t\r\n]")),
    kernels.BAD_DESCRIPTION: ("description", re.compile(rb"\n|\r\Z")),
    kernels.BAD_SEQUENCE: ("sequence", re.compile(rb"[^ACGTURYSWKMBDHVN]", re.IGNORECASE)),
    kernels.BAD_QUALITY: ("quality", re.compile(rb"[^!-~]")),
}
"""The column of each fault, and the message about it."""
_NAMES = {b" ": "a blank", b"\t": "a tab", b"\n": "a newline", b"\r": "a carriage return"}


def format_batches(batches: list[pa.RecordBatch], *, mate: int = 0) -> memoryview:
    """Formats rows as FASTQ.

    Args:
        batches: With text columns name, sequence and quality, and maybe description; with
            ``mate`` if that is not 0.
        mate: 1 or 2 for the rows of that mate only, 0 for all.

    Returns:
        The text.

    Raises:
        DataError: A row is not a valid FASTQ record. The message names it.
    """
    texts = [Texts(batch, mated=mate != 0) for batch in batches if batch.num_rows]
    room = sum(text.nbytes + _ROW_BYTES * text.rows for text in texts) + kernels.PADDING
    buffer = pa.allocate_buffer(room)
    out = np.frombuffer(buffer, np.uint8)
    to = np.uint64(0)
    for text in texts:
        to, row, fault = kernels.format_records(
            *text.name,
            *text.description,
            text.described,
            *text.sequence,
            *text.quality,
            text.mates,
            np.int8(mate),
            IUPAC,
            out,
            np.uint64(to),
        )
        if fault != kernels.GOOD:
            raise bad_row(text.batch, int(row), fault)
    return memoryview(buffer)[: int(to)]


def _mates_of(column: pa.Array) -> NDArray[np.int8]:
    """The mate numbers, 0 for null."""
    if column.type != pa.int8() or column.null_count:
        column = column.cast(pa.int8()).fill_null(0)  # imports pyarrow.compute
    found: NDArray[np.int8] = column.to_numpy()
    return found


class Texts:
    """The buffers of a batch's columns, checked for nulls.

    Args:
        batch: The batch.
        mated: Whether the mate numbers are needed.
        title: The format to write.
        quality: Whether the format has qualities.
    """

    def __init__(
        self, batch: pa.RecordBatch, *, mated: bool, title: str = "FASTQ", quality: bool = True
    ) -> None:
        self._title = title
        self.batch = batch
        self.rows = batch.num_rows
        self.name = self._required("name")
        self.sequence = self._required("sequence")
        # Without qualities, the sequences in their place, since they are not used.
        self.quality = self._required("quality") if quality else self.sequence
        described = pa.nulls(self.rows, pa.string())
        if "description" in batch.schema.names:
            described = as_string(batch.column("description"))
        self.description = buffers_of(described)
        self.described = _all_ones(self.rows)
        if described.null_count:
            self.described = validity_of(described)
            self.described.flags.writeable = False
        self.mates: NDArray[np.int8] = np.zeros(0, np.int8)
        if mated:
            self.mates = _mates_of(batch.column("mate"))
        if not kernels.is_ascii(*_text_of(self.name), *_text_of(self.description)):
            self._check_utf8("name")
            if "description" in batch.schema.names:
                self._check_utf8("description")
        columns = [self.name, self.description, self.sequence, *([self.quality] * quality)]
        self.nbytes = sum(int(offsets[-1]) - int(offsets[0]) for offsets, _ in columns)

    def _check_utf8(self, name: str) -> None:
        try:
            as_string(self.batch.column(name)).validate(full=True)
        except pa.ArrowInvalid as error:
            raise DataError(f"a {name} of the batch is not UTF-8 text: {error}") from error

    def _required(self, name: str) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
        column = as_string(self.batch.column(name))
        if column.null_count:
            row = column.is_null().index(pa.scalar(value=True)).as_py()
            raise _refused(self.batch, row, f"its {name} is null, which {self._title} cannot hold")
        return buffers_of(column)


def _text_of(
    column: tuple[NDArray[np.int32], NDArray[np.uint8]],
) -> tuple[NDArray[np.uint8], np.uint64, np.uint64]:
    """The bytes of a column, and where its own begin and end."""
    offsets, data = column
    return data, np.uint64(offsets[0]), np.uint64(offsets[-1])


def _all_ones(rows: int) -> NDArray[np.uint8]:
    """Ones, ``uint8``, (rows,), read-only."""
    global _ones  # noqa: PLW0603 - grows to the most rows of a batch
    ones = _ones
    if len(ones) < rows:
        ones = np.ones(2 * rows, np.uint8)
        ones.flags.writeable = False
        _ones = ones
    return ones[:rows]


_ones = np.ones(0, np.uint8)


def _reason(batch: pa.RecordBatch, row: int, fault: int) -> str:
    """Describes what is wrong with a row."""
    if fault not in _BAD_BYTES:
        return _FAULTS[fault]
    column, bad = _BAD_BYTES[fault]
    found = bad.search(batch.column(column)[row].as_py().encode())
    assert found is not None
    byte = found[0]
    shown = repr(byte.decode("ascii", "backslashreplace")).replace("\\\\x", "\\x")
    return _FAULTS[fault].format(what=_NAMES.get(byte, shown))


def bad_row(batch: pa.RecordBatch, row: int, fault: int) -> DataError:
    """The error for a row in which a kernel found a fault."""
    return _refused(batch, row, _reason(batch, row, fault))


def _refused(batch: pa.RecordBatch, row: int, reason: str) -> DataError:
    name = batch.column("name")[row].as_py()
    who = f"read {name!r}" if name is not None else "a read"
    return DataError(f"{who}, row {row} of its batch: {reason}")
