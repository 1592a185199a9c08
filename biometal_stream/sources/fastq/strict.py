"""Reads FASTQ that must be right: cut by one thread, parsed by all workers."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from biometal_stream.errors import PairError, RecordTooLongError
from biometal_stream.interfaces import GoodRows
from biometal_stream.run import MIB
from biometal_stream.sources.fastq.diagnose import header_at, leftover, show
from biometal_stream.sources.fastq.kernels import first_mispaired
from biometal_stream.sources.fastq.mates_as_lanes import FirstNames
from biometal_stream.sources.fastq.mispaired import (
    first_names,
    mispaired,
    same_mates,
    seen_separator,
)
from biometal_stream.sources.fastq.pairs import SHOWING
from biometal_stream.sources.fastq.parse import MATE_MARK, Lines, Parsed, parse
from biometal_stream.sources.fastq.quality_encoding import (
    SAMPLE_BYTES,
    QualityEncoding,
    detect_encoding,
    warn_of_encoding,
)
from biometal_stream.sources.fastq.records import (
    LINES_PER_RECORD,
    RecordReader,
    RecordText,
    too_long,
)
from biometal_stream.sources.fastq.source import TEXT_COLUMNS
from biometal_stream.sources.lanes import OpenReads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from biometal_stream.codecs import ByteReader
    from biometal_stream.interfaces import Run
    from biometal_stream.sources.fastq.mispaired import Record
    from biometal_stream.sources.fastq.pairs import Separator
    from biometal_stream.sources.fastq.source import FastqSource
    from biometal_stream.sources.lanes import Inputs

_LARGEST_CHUNK = 4 * MIB  # of less, what each batch costs shows; of more, that caches are full
_SMALLEST_CHUNK = MIB // 4


def chunk_bytes(run: Run) -> int:
    """The text to cut at a time: small enough for four chunks a worker in a quarter of memory."""
    fair = run.memory // (16 * run.workers)
    return max(_SMALLEST_CHUNK, min(_LARGEST_CHUNK, fair))


@dataclass(frozen=True)
class FastqChunk:
    """Whole records of one file, or as many of each of two files with mates.

    Attributes:
        texts: One, or two.
        encoding: How the qualities are written.
        separator: What marks mates beside the slash.
    """

    texts: tuple[RecordText, ...]
    encoding: QualityEncoding
    separator: Separator = "/"


class StrictReads(OpenReads):
    """A FASTQ source being read, which stops at the first record that is not FASTQ.

    `chunks` belongs to one thread, `parse` to all.
    """

    def __init__(self, source: FastqSource, inputs: Inputs, run: Run) -> None:
        super().__init__(source, inputs, run)
        self._unit = 2 if source.interleaved else 1
        self._columns = text_columns(source)
        self._first_names = FirstNames(run.warn)

    @property
    def outputs(self) -> tuple[str, ...]:
        """None: bad records are errors."""
        return ()

    def weight(self, chunk: FastqChunk, /) -> int:
        """The bytes of a chunk's text."""
        return sum(text.bytes.nbytes for text in chunk.texts)

    def location(self, chunk: FastqChunk, /) -> str:
        """The records of a chunk, by their numbers in their file."""
        text = chunk.texts[0]
        first, last = text.first_record + 1, text.first_record + text.records
        return f"records {first:,} to {last:,} of {' and '.join(t.file for t in chunk.texts)}"

    def chunks(self) -> Iterator[FastqChunk]:
        """Cuts each lane, with its mates in step."""
        for lane in self._inputs.lanes():
            with ExitStack() as stack:
                readers = [self._reader(reader) for reader in lane]
                for reader in readers:
                    stack.callback(reader.close)
                yield from self._cut(readers)

    def _reader(self, reader: ByteReader) -> RecordReader:
        size, limit = chunk_bytes(self._run), self._source.max_record_bytes
        return RecordReader(reader, size, limit, self._unit, self._run)

    def _cut(self, readers: list[RecordReader]) -> Iterator[FastqChunk]:
        encoding: QualityEncoding | None = None
        separator: Separator = "/"
        fewest, nbytes = SHOWING * self._unit, 0
        if self._source.quality_encoding == "auto":
            nbytes = SAMPLE_BYTES
        while records := self._filled(readers, fewest, nbytes):
            texts = tuple(reader.take(records) for reader in readers)
            if encoding is None:
                encoding, separator = self._encoding(texts), self._separator(texts)
                if not self._source.paired:
                    self._first_names.note(texts[0].file, first_names(texts[0], SHOWING))
                fewest, nbytes = 1, 0
            yield FastqChunk(texts, encoding, separator)
            del texts  # the next may be long in coming
        _check_ends(readers)

    def _filled(self, readers: list[RecordReader], fewest: int, nbytes: int) -> int:
        """Records to take of each reader: as many as asked for, and more, unless one ends."""
        return min(reader.fill(fewest, nbytes) for reader in readers) // self._unit * self._unit

    def _separator(self, texts: tuple[RecordText, ...]) -> Separator:
        return seen_separator(texts) if self._source.paired else "/"

    def _encoding(self, texts: tuple[RecordText, ...]) -> QualityEncoding:
        choice = self._source.quality_encoding
        if choice != "auto":
            return choice
        return detect_encoding([Lines.of(text) for text in texts], self._run)

    def parse(self, chunk: FastqChunk, /) -> pa.RecordBatch:
        """Parses a chunk.

        Raises:
            GoodRows: A record is bad, longer than the limit, or not the mate of its neighbour.
                The records before it are good, and of pairs whole pairs.
        """
        texts = tuple(Lines.counted(text, text.records * LINES_PER_RECORD) for text in chunk.texts)
        parsed = parse(texts, chunk.encoding, self._columns)
        if chunk.texts[0].first:
            self._look_at_start(texts)
        fault = self._first_fault(texts, parsed, chunk.separator)
        if fault is None:
            return to_batch(parsed, self._schema)
        row, error = fault
        unit = 2 if self._source.paired else 1
        raise GoodRows(to_batch(parsed.before(row // unit * unit), self._schema), error)

    def _first_fault(
        self, texts: tuple[Lines, ...], parsed: Parsed, separator: Separator
    ) -> tuple[int, Exception] | None:
        """The first row that is not to be delivered, and what is wrong with it."""
        faults: list[tuple[int, Exception]] = []
        for mate, lines in enumerate(texts):
            try:
                check_longest(lines, self._source.max_record_bytes)
            except RecordTooLongError as error:
                record = error.location.record - 1 - lines.text.first_record
                faults.append((record * len(texts) + mate, error))
        if self._source.paired:
            faults += self._first_mispaired(texts, parsed, separator)
        if parsed.error is not None:
            faults.append((parsed.records, parsed.error))
        return min(faults, key=lambda fault: fault[0], default=None)

    def _look_at_start(self, texts: tuple[Lines, ...]) -> None:
        if self._source.quality_encoding == "phred33":
            warn_of_encoding(texts, self._run)

    def _first_mispaired(
        self, texts: tuple[Lines, ...], parsed: Parsed, separator: Separator
    ) -> Iterator[tuple[int, Exception]]:
        def record(row: int) -> Record:
            return texts[row % len(texts)], row // len(texts)

        even = parsed.records // 2 * 2
        names = parsed.name_offsets, parsed.names, parsed.marks
        row = int(first_mispaired(*names, np.uint8(ord(separator)), np.uint64(even)))
        if row < even:
            yield row, mispaired(record(row), record(row + 1), separator)
        if texts[0].text.first:
            ones, twos = (map(record, range(mate, even, 2)) for mate in (0, 1))
            error = same_mates(ones, twos, adjacent=len(texts) == 1)
            if error is not None:
                yield 0, error


def text_columns(source: FastqSource) -> tuple[str, ...]:
    """The columns to parse: those of text of the source, and what tells mates."""
    names = source.schema.names
    needed = ("name", MATE_MARK) if source.paired else ()
    return tuple(name for name in (*TEXT_COLUMNS, MATE_MARK) if name in (*names, *needed))


def check_longest(lines: Lines, limit: int) -> None:
    """Checks the length of each record.

    Raises:
        RecordTooLongError: One is longer than the limit.
    """
    if lines.longest <= limit:
        return
    for record in range(lines.text.records):
        start = lines.record_start(record)
        if lines.record_start(record + 1) - start > limit:
            raise too_long(lines.text.location(record, start), limit)


def to_batch(parsed: Parsed, schema: pa.Schema) -> pa.RecordBatch:
    """Makes the batch, with ``mate`` where the schema has it."""
    columns = parsed.columns
    if "mate" in schema.names:
        mates = np.tile(np.array([1, 2], np.int8), parsed.records // 2)
        columns = {**columns, "mate": pa.array(mates)}
    if not schema.names:
        # A batch of no columns has its number of rows from one that had some.
        columns = {"": pa.nulls(parsed.records)}
    return fitted(pa.RecordBatch.from_arrays(list(columns.values()), list(columns)), schema)


def fitted(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """The columns of the schema, of a batch that has them all; without any, the same rows."""
    if not schema.names:
        return batch.select([]).replace_schema_metadata(schema.metadata)
    return pa.RecordBatch.from_arrays([batch.column(name) for name in schema.names], schema=schema)


def _check_ends(readers: list[RecordReader]) -> None:
    """Checks that all files of a lane are read to their end.

    Raises:
        FastqError: One ends within a record.
        PairError: One has records left.
    """
    for reader in readers:
        rest = reader.rest()
        if rest is not None:
            raise leftover(rest)
    for reader in readers:
        if not reader.fill():
            continue
        text = reader.take(1)
        read = show(header_at(text, text.start))
        others = [other for other in readers if other is not reader]
        if others:
            reason = f"{read} has no mate: {others[0].file} ends after {others[0].taken:,} records"
        else:
            reason = f"{read} has no mate: interleaved input ends after an odd number of records"
        raise PairError(text.location(0, text.start), reason)
