"""Index reads, from files in step with the reads, as columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from biometal_stream.columns import string_array, string_column
from biometal_stream.mates.kernels import first_unlike
from biometal_stream.sources.fastq.parse import parse
from biometal_stream.sources.text.mispaired import copied_index, unlike_index

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from biometal_stream.mates.names import Separator
    from biometal_stream.sources.fastq.options import QualityEncoding
    from biometal_stream.sources.fastq.parse import Parsed
    from biometal_stream.sources.fastq.text import Lines
    from biometal_stream.sources.text.mispaired import Record

INDEX_PARTS = ("sequence", "quality")
"""The parts of a record that are columns of an index read."""


@dataclass(frozen=True)
class IndexReads:
    """The index reads of a chunk, parsed up to the first bad record.

    Attributes:
        lines: Their text.
        names: Their columns: of the bases, and of the qualities.
        wanted: Those to make.
        parsed: The good records.
    """

    lines: Lines
    names: tuple[str, str]
    wanted: frozenset[str]
    parsed: Parsed

    def columns(self, mates: int) -> dict[str, pa.Array]:
        """The columns that are wanted, each value for all mates of its read."""
        return {
            name: repeated(self.parsed.columns[part], mates)
            for name, part in zip(self.names, INDEX_PARTS, strict=True)
            if name in self.wanted
        }

    def faults(
        self, reads: Lines, parsed: Parsed, mates: int, separator: Separator
    ) -> Iterator[tuple[int, Exception]]:
        """Finds what is wrong with the index reads.

        Args:
            reads: The text of the reads, or of mates 1.
            parsed: The reads; mates alternate.
            mates: The number of mates of each read.
            separator: What marks mates, besides the slash.

        Yields:
            A record, and what is wrong with it.
        """
        if self.parsed.error is not None:
            yield self.parsed.records, self.parsed.error
        rows = min(self.parsed.records, parsed.records // mates)
        found = first_unlike(
            parsed.name_offsets,
            parsed.names,
            np.uint64(mates),
            self.parsed.name_offsets,
            self.parsed.names,
            np.uint8(ord(separator)),
            np.uint64(rows),
        )
        if found < rows:
            yield int(found), unlike_index((reads, int(found)), (self.lines, int(found)))
        if reads.text.first:
            error = copied_index(_records(reads, rows), _records(self.lines, rows))
            if error is not None:
                yield 0, error


def parse_index(
    lines: Lines,
    names: tuple[str, str],
    encoding: QualityEncoding,
    schema: pa.Schema,
    bases: NDArray[np.bool_],
) -> IndexReads:
    """Parses index reads.

    Args:
        lines: Their text.
        names: Their columns.
        encoding: The encoding of their qualities.
        schema: The schema of the batch; columns that it lacks are not made.
        bases: Which bytes may stand in a sequence.
    """
    wanted = frozenset(names).intersection(schema.names)
    parts = [part for name, part in zip(names, INDEX_PARTS, strict=True) if name in wanted]
    return IndexReads(lines, names, wanted, parse((lines,), encoding, ("name", *parts), bases))


def repeated(column: pa.Array, times: int) -> pa.Array:
    """A text column with each value several times."""
    if times == 1:
        return column
    rows = np.repeat(np.arange(len(column)), times)
    return string_array(string_column(column, "index", rows), column.type)


def _records(lines: Lines, number: int) -> Iterator[Record]:
    return ((lines, record) for record in range(number))
