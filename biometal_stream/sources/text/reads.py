"""Reads text that must be valid: cut by one thread, parsed by all workers, mates in step."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

import numpy as np

from biometal_stream.errors import PairError
from biometal_stream.interfaces import GoodRows
from biometal_stream.mates.kernels import first_mispaired
from biometal_stream.sources.lanes import OpenReads
from biometal_stream.sources.text.arrays import to_batch
from biometal_stream.sources.text.mispaired import mispaired, same_mates
from biometal_stream.sources.text.shown import header_at, show

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.codecs import ByteReader
    from biometal_stream.interfaces import Run
    from biometal_stream.mates.names import Separator
    from biometal_stream.sources.lanes import Inputs
    from biometal_stream.sources.text.files import TextFiles
    from biometal_stream.sources.text.mispaired import Record
    from biometal_stream.sources.text.whole import RecordLines, WholeRecords


class TextChunk(Protocol):
    """Whole records of one file, or the same number from each of two files with mates."""

    @property
    def texts(self) -> tuple[WholeRecords, ...]:
        """One text, or two."""


class Reader(Protocol):
    """Cuts one file between records. For use by one thread."""

    file: str
    taken: int

    def fill(self, fewest: int = 1, nbytes: int = 0) -> int:
        """Reads more, and returns the number of whole records held."""

    def take(self, records: int) -> WholeRecords:
        """Returns the first records held."""

    def close(self) -> None:
        """Ends the workers' jobs for this file."""


class ParsedRecords(Protocol):
    """The good records of a chunk; mates alternate."""

    @property
    def records(self) -> int:
        """The number of records."""

    @property
    def name_offsets(self) -> NDArray[np.int32]:
        """The offsets of the names, (records + 1,), if names were parsed."""

    @property
    def names(self) -> NDArray[np.uint8]:
        """The bytes of the names."""

    @property
    def marks(self) -> NDArray[np.uint8]:
        """The mate that each record is marked as, (records,)."""

    @property
    def columns(self) -> dict[str, pa.Array]:
        """The columns by name."""


Chunk = TypeVar("Chunk", bound=TextChunk)
Cutter = TypeVar("Cutter", bound=Reader)


class TextReads(OpenReads, ABC, Generic[Chunk, Cutter]):
    """A source of text being read, which stops at the first bad record.

    `chunks` is for one thread, `parse` for all. Each format cuts and parses in its own way.

    Args:
        files: The options.
        inputs: The files.
        run: As for any source.
    """

    def __init__(self, files: TextFiles, inputs: Inputs, run: Run) -> None:
        super().__init__(inputs)
        self._schema = files.schema
        self._run = run
        self._unit = 2 if files.interleaved else 1
        self._paired = files.paired
        self._columns = files.parsed_columns
        self._limit = files.max_record_bytes

    @property
    def outputs(self) -> tuple[str, ...]:
        """Empty: bad records are errors."""
        return ()

    def weight(self, chunk: Chunk, /) -> int:
        """The bytes of a chunk's text."""
        return sum([text.bytes.nbytes for text in chunk.texts])

    def location(self, chunk: Chunk, /) -> str:
        """The records of a chunk, by their numbers in their file."""
        text = chunk.texts[0]
        first, last = text.first_record + 1, text.first_record + text.records
        return f"records {first:,} to {last:,} of {' and '.join(t.file for t in chunk.texts)}"

    def chunks(self) -> Iterator[Chunk]:
        """Cuts each lane, with its mates in step."""
        for lane in self._inputs.lanes():
            with ExitStack() as stack:
                readers = [self._reader(reader) for reader in lane]
                for reader in readers:
                    stack.callback(reader.close)
                yield from self._cut(readers)

    @abstractmethod
    def _reader(self, reader: ByteReader) -> Cutter:
        """What cuts one file."""

    @abstractmethod
    def _cut(self, readers: list[Cutter]) -> Iterator[Chunk]:
        """Cuts the files of a lane."""

    def parse(self, chunk: Chunk, /) -> pa.RecordBatch:
        """Parses a chunk.

        Raises:
            GoodRows: A record is bad, longer than the limit, or not the mate of its neighbour.
                Carries the good records before it, in whole pairs.
        """
        return self._parse(chunk)

    @abstractmethod
    def _parse(self, chunk: Chunk) -> pa.RecordBatch:
        """As `parse`."""

    def _filled(self, readers: list[Cutter], fewest: int, nbytes: int) -> int:
        """Records to take from each reader: as many as requested, and more, unless one ends."""
        return min([reader.fill(fewest, nbytes) for reader in readers]) // self._unit * self._unit

    def _delivered(
        self,
        texts: tuple[RecordLines, ...],
        parsed: ParsedRecords,
        separator: Separator,
        faults: list[tuple[int, Exception]],
    ) -> pa.RecordBatch:
        """The batch of what was parsed, up to the first fault.

        Args:
            texts: What was parsed: one text, or the texts of mates 1 and 2.
            parsed: The good records.
            separator: What marks mates, besides the slash.
            faults: Rows that must not be delivered, and what is wrong with each.

        Raises:
            GoodRows: There is a fault.
        """
        if self._paired:
            faults = [*faults, *self._first_mispaired(texts, parsed, separator)]
        if not faults:
            return to_batch(parsed.records, parsed.columns, self._schema)
        row, error = min(faults, key=lambda fault: fault[0])
        unit = 2 if self._paired else 1
        good = row // unit * unit
        columns = {name: column.slice(0, good) for name, column in parsed.columns.items()}
        raise GoodRows(to_batch(good, columns, self._schema), error)

    def _first_mispaired(
        self, texts: tuple[RecordLines, ...], parsed: ParsedRecords, separator: Separator
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


def check_mates_left(readers: list[Any], reads: int = 2) -> None:
    """Checks that all files of a lane end at the same record.

    Args:
        readers: The readers of its files.
        reads: How many of them hold reads; the others hold index reads.

    Raises:
        PairError: One file has records left.
    """
    ended = next((place for place, reader in enumerate(readers) if not reader.fill()), None)
    for place, reader in enumerate(readers):
        if not reader.fill():
            continue
        text = reader.take(1)
        read = show(header_at(text, text.start))
        if ended is None:
            reason = f"{read} has no mate: interleaved input ends after an odd number of records"
        else:
            lacks = "read" if place >= reads else "index read" if ended >= reads else "mate"
            other = readers[ended]
            reason = f"{read} has no {lacks}: {other.file} ends after {other.taken:,} records"
        raise PairError(text.location(0, text.start), reason)
