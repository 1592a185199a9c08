"""FASTQ files: plain, gzip as BGZF, or zstd."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from biometal_stream.atomic import STANDARD_OUTPUT, AtomicFiles
from biometal_stream.atomic.pipes import QUEUE_BYTES
from biometal_stream.columns import as_string, buffers_of
from biometal_stream.errors import ConfigurationError, DataError, SchemaError
from biometal_stream.paths import path_text
from biometal_stream.schemas import require_columns, require_text
from biometal_stream.simd.bases import IUPAC
from biometal_stream.sinks.base import (
    OpenRebatching,
    RebatchingSink,
    check_choice,
    check_level,
)
from biometal_stream.sinks.compressed import COMPRESSIONS, LEVELS, text_writer
from biometal_stream.sinks.fastq import kernels
from biometal_stream.sinks.names import check_fastq_name, compression_said_by, mates_warning
from biometal_stream.sinks.rebatch import RowRebatcher
from biometal_stream.view import BatchView

if TYPE_CHECKING:
    from biometal_stream.interfaces import Run

_RECORD = ("name", "description", "sequence", "quality")
_MORSEL_ROWS = 2**20
_MORSEL_BYTES = 4 * 2**20
_LAST_ASCII = 0x7F
_ROW_BYTES = 7  # @, a space, + and four newlines

_FAULTS = {
    kernels.UNEQUAL_LENGTHS: "its sequence and its quality differ in length",
    kernels.BAD_NAME: "its name holds {what}; what comes then would be read as its description, or"
    " as another line",
    kernels.BAD_DESCRIPTION: "its description holds {what}, which would be read as the end of the"
    " line",
    kernels.BAD_SEQUENCE: "its sequence holds {what}, which is no base (A, C, G, T, U, N or another"
    " IUPAC code)",
    kernels.BAD_QUALITY: "its quality holds {what}, which is outside '!' to '~', the range of"
    " Phred+33",
}
_BAD_BYTES = {
    kernels.BAD_NAME: ("name", re.compile(rb"[ \t\r\n]")),
    kernels.BAD_DESCRIPTION: ("description", re.compile(rb"\n|\r\Z")),
    kernels.BAD_SEQUENCE: ("sequence", re.compile(rb"[^ACGTURYSWKMBDHVN]", re.IGNORECASE)),
    kernels.BAD_QUALITY: ("quality", re.compile(rb"[^!-~]")),
}
"""The column of a fault, and what is wrong in it."""
_NAMES = {b" ": "a blank", b"\t": "a tab", b"\n": "a newline", b"\r": "a carriage return"}

Part: TypeAlias = "list[memoryview | bytes]"
"""The bytes of a morsel for each file."""


@dataclass(frozen=True)
class FastqSink(RebatchingSink[Part]):
    """Writes reads as four-line FASTQ: columns name, description (if any), sequence, quality.

    A header is the name, a space and the description, or the name alone where the description
    is null; a description that begins with blanks that lead to a tab brings them along. So
    headers come out as they were read. Further columns are left out.

    Gzip is written as BGZF, compressed in the workers; zstd as one frame with a check sum,
    compressed by zstd's own threads, as many as there are workers. The bytes are the same for
    every number of workers and every size of batch.

    A morsel holds 4 MiB of text, or one read that is longer.

    Attributes:
        target: The file; ``-`` is standard output.
        mate: The file of the second mates, for paired reads.
        interleaved: Requires rows to be mates 1 and 2 in turn, in one file. Without it (and
            without ``mate``) rows are written as they come, which of pairs is interleaved, too; a
            name such as ``out_R1.fq`` is then warned about.
        compression: ``none``, ``gzip`` or ``zstd``; by default what the file's suffix says:
            ``.gz`` and ``.bgz``, ``.zst``, anything else plain.
        level: Of gzip 1 to 12, default 3; of zstd 1 to 22, default 3.

    Raises:
        ConfigurationError: Settings that do not go together or are out of range.
    """

    holds: ClassVar[str] = "FASTQ holds name, description, sequence and quality alone"

    target: str
    mate: str | None = None
    interleaved: bool = False
    compression: str | None = None
    level: int | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "target", path_text(self.target))
        if self.mate is not None:
            object.__setattr__(self, "mate", path_text(self.mate))
        if self.mate is not None and self.interleaved:
            raise ConfigurationError("interleaved reads go to one file; leave the mate out")
        if STANDARD_OUTPUT in {self.target, self.mate} and self.mate is not None:
            raise ConfigurationError("mates cannot go to standard output apart; interleave them")
        if self.compression is not None:
            check_choice("the compression of FASTQ", self.compression, COMPRESSIONS)
        for target, compression in zip(self.targets, self.compressions, strict=True):
            check_fastq_name(target, self.compression)
            check_level(compression, self.level, LEVELS)

    def takes(self, schema: pa.Schema, /) -> frozenset[str]:
        """Tells the columns that a record has; and ``mate``, which parts or pairs records."""
        return frozenset((*_RECORD, "mate")).intersection(schema.names)

    @property
    def targets(self) -> tuple[str, ...]:
        """The files."""
        return (self.target,) if self.mate is None else (self.target, self.mate)

    @property
    def compressions(self) -> tuple[str, ...]:
        """The compression of each file."""
        return tuple(self.compression or compression_said_by(each) for each in self.targets)

    @property
    def layout(self) -> str | None:
        """How pairs lie in the files, where that has to be said."""
        return "interleaved pairs" if self.mate is None else None

    @contextmanager
    def open_parallel(self, schema: pa.Schema, run: Run, /) -> Iterator[OpenFastq]:
        """Starts writing; commits when the context ends well and discards otherwise.

        Raises:
            SchemaError: A column that FASTQ needs is missing or is no text.
            SinkError: A target cannot be written.
        """
        require_text(schema, ("name", "sequence", "quality"), "FASTQ")
        if "description" in schema.names:
            require_columns(schema, ("description",), "FASTQ")
        if "description" in schema.names and not pa.types.is_null(schema.field("description").type):
            require_text(schema, ("description",), "FASTQ")
        if self.mate is not None or self.interleaved:
            require_columns(schema, ("mate",), "FASTQ of paired reads")
            if not pa.types.is_integer(schema.field("mate").type):
                raise SchemaError(f"column 'mate' must be int8: {schema.field('mate').type}")
        if "mate" in schema.names and not self.interleaved:
            warning = mates_warning(self.target, self.mate)
            if warning is not None:
                run.warn(warning)
        with AtomicFiles(self.targets, queue=_queue_bytes(run)) as files:
            opened = OpenFastq(self, schema, files, run.workers)
            yield opened
            opened.finish()


def _queue_bytes(run: Run) -> int:
    """What may wait for the reader of each of several pipes."""
    return max(_MORSEL_BYTES, min(QUEUE_BYTES, run.memory // 8))


class OpenFastq(OpenRebatching[Part]):
    """FASTQ files being written."""

    def __init__(
        self, sink: FastqSink, schema: pa.Schema, files: AtomicFiles, workers: int
    ) -> None:
        self._sink = sink
        self._files = files
        self._paired = "mate" in schema.names
        # Nobody asks for the mates of reads that are written as they come, whatever they are.
        wanted = list(_RECORD)
        if sink.mate is not None or sink.interleaved:
            wanted.append("mate")
        self._columns = [
            name
            for name in wanted
            if name in schema.names and not pa.types.is_null(schema.field(name).type)
        ]
        self._writers = [
            text_writer(file, compression, sink.level, workers)
            for file, compression in zip(files.files, sink.compressions, strict=True)
        ]

    def rebatcher(self) -> RowRebatcher:
        """Rebatches what is compressed in one go."""
        return _ReadGatherer(self._columns, paired=self._paired)

    def encode(self, batches: list[pa.RecordBatch], /) -> Part:
        """Lays out records and compresses them.

        Raises:
            DataError: A row is no FASTQ record, or mates are not in turn.
        """
        apart = self._sink.mate is not None
        if apart or self._sink.interleaved:
            _check_mates(batches)
        return [
            writer.encode(format_batches(batches, mate=number if apart else 0))
            for number, writer in enumerate(self._writers, 1)
        ]

    def write(self, part: Part, /) -> None:
        """Writes the bytes of a morsel to each file."""
        for writer, data in zip(self._writers, part, strict=True):
            writer.write(data)

    def finish(self) -> None:
        """Writes what ends each file."""
        for writer in self._writers:
            writer.finish()

    @property
    def bytes_written(self) -> int:
        """Bytes that went into the files so far."""
        return self._files.bytes_written

    @property
    def outputs(self) -> tuple[str, ...]:
        """The files."""
        return self._sink.targets


def _check_mates(batches: list[pa.RecordBatch]) -> None:
    # In one batch, since the mates of a pair may have come in two.
    mates = pa.concat_batches([batch.select(["mate"]) for batch in batches])
    _ = BatchView(mates).paired


class _ReadGatherer(RowRebatcher):
    """Rebatches reads without the columns that FASTQ does not have."""

    def __init__(self, columns: list[str], *, paired: bool) -> None:
        super().__init__(_MORSEL_ROWS, _MORSEL_BYTES, paired=paired)
        self._columns = columns

    def add(self, batch: pa.RecordBatch, /) -> Iterator[list[pa.RecordBatch]]:
        return super().add(batch.select(self._columns))


def format_batches(batches: list[pa.RecordBatch], *, mate: int = 0) -> memoryview:
    """Lays out rows as FASTQ.

    Args:
        batches: With columns of text name, sequence and quality, and maybe description; with
            ``mate`` when it is not 0.
        mate: 1 or 2 for the rows of that mate alone, 0 for all.

    Returns:
        The text.

    Raises:
        DataError: A row is no FASTQ record. The message names it.
    """
    texts = [_Texts(batch, mated=mate != 0) for batch in batches if batch.num_rows]
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
            raise _bad_row(text.batch, int(row), _reason(text.batch, int(row), fault))
    return memoryview(buffer)[: int(to)]


class _Texts:
    """The buffers of a batch's columns, checked for nulls."""

    def __init__(self, batch: pa.RecordBatch, *, mated: bool) -> None:
        self.batch = batch
        self.rows = batch.num_rows
        self.name = self._required("name")
        self.sequence = self._required("sequence")
        self.quality = self._required("quality")
        described = pa.nulls(self.rows, pa.string())
        if "description" in batch.schema.names:
            described = as_string(batch.column("description"))
        self.description = buffers_of(described)
        self.described: NDArray[np.uint8] = np.ones(self.rows, np.uint8)
        if described.null_count:
            self.described = described.is_valid().cast(pa.uint8()).to_numpy()
        self.described.flags.writeable = False
        self.mates: NDArray[np.int8] = np.zeros(0, np.int8)
        if mated:
            mates = batch.column("mate").cast(pa.int8())
            self.mates = mates.fill_null(0).to_numpy(zero_copy_only=False).astype(np.int8)
        self._check_utf8("name", self.name)
        self._check_utf8("description", self.description)
        columns = (self.name, self.description, self.sequence, self.quality)
        self.nbytes = sum(int(offsets[-1]) - int(offsets[0]) for offsets, _ in columns)

    def _check_utf8(self, name: str, text: tuple[NDArray[np.int32], NDArray[np.uint8]]) -> None:
        offsets, data = text
        held = data[offsets[0] : offsets[-1]] if len(offsets) else data
        if len(held) and held.max() > _LAST_ASCII:
            try:
                as_string(self.batch.column(name)).validate(full=True)
            except pa.ArrowInvalid as error:
                raise DataError(f"a {name} of the batch is not UTF-8 text: {error}") from error

    def _required(self, name: str) -> tuple[NDArray[np.int32], NDArray[np.uint8]]:
        column = as_string(self.batch.column(name))
        if column.null_count:
            row = column.is_null().index(pa.scalar(value=True)).as_py()
            raise _bad_row(self.batch, row, f"its {name} is null, which FASTQ cannot hold")
        return buffers_of(column)


def _reason(batch: pa.RecordBatch, row: int, fault: int) -> str:
    """Says what is wrong with a row."""
    if fault not in _BAD_BYTES:
        return _FAULTS[fault]
    column, bad = _BAD_BYTES[fault]
    found = bad.search(batch.column(column)[row].as_py().encode())
    assert found is not None
    byte = found[0]
    shown = repr(byte.decode("ascii", "backslashreplace")).replace("\\\\x", "\\x")
    return _FAULTS[fault].format(what=_NAMES.get(byte, shown))


def _bad_row(batch: pa.RecordBatch, row: int, reason: str) -> DataError:
    name = batch.column("name")[row].as_py()
    who = f"read {name!r}" if name is not None else "a read"
    return DataError(f"{who}, row {row} of its batch: {reason}")
