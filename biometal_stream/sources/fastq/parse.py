"""Turns texts of whole records into record batches."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from biometal_stream.errors import FastqError
from biometal_stream.simd.bases import IUPAC
from biometal_stream.sources.fastq.diagnose import bad_record
from biometal_stream.sources.fastq.kernels import (
    DESCRIPTION,
    MARK,
    NAME,
    PADDING,
    QUALITY,
    SEQUENCE,
    copy_records,
    count_newlines,
    find_lines,
    measure_lines,
    translate,
)
from biometal_stream.sources.fastq.quality_encoding import QualityEncoding, translation
from biometal_stream.sources.fastq.records import LINES_PER_RECORD, RecordText
from biometal_stream.sources.fastq.segments import allocate
from biometal_stream.sources.fastq.source import TEXT_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

MATE_MARK = "mark"
"""The column of the mate that each record says it is, ``uint8``: see `copy_records`."""

_PARTS = dict(
    zip((*TEXT_COLUMNS, MATE_MARK), (NAME, DESCRIPTION, SEQUENCE, QUALITY, MARK), strict=True)
)
_HEADER = frozenset({"name", "description"})
_BASES = frozenset({"sequence", "quality"})


@dataclass(frozen=True)
class Lines:
    """A text and where its lines end.

    Attributes:
        text: The text.
        ends: ``uint32``: the index of each newline in the text's bytes.
        header_bytes: The bytes of all header lines.
        sequence_bytes: The bytes of all sequence lines.
        longest: The bytes of the longest record.
    """

    text: RecordText
    ends: NDArray[np.uint32]
    header_bytes: int
    sequence_bytes: int
    longest: int

    @classmethod
    def of(cls, text: RecordText) -> Lines:
        """Finds the lines of a text."""
        count = count_newlines(text.bytes, np.uint64(text.start), np.uint64(text.stop))
        return cls.counted(text, int(count))

    @classmethod
    def counted(cls, text: RecordText, count: int) -> Lines:
        """Finds the lines of a text of which is known how many it has."""
        start, stop = np.uint64(text.start), np.uint64(text.stop)
        ends = np.empty(count + PADDING, np.uint32)
        find_lines(text.bytes, start, stop, ends)
        return cls.between(text, ends)

    @classmethod
    def between(cls, text: RecordText, ends: NDArray[np.uint32]) -> Lines:
        """Measures the records of a text whose lines are known."""
        start = np.uint64(text.start)
        headers, sequences, longest = measure_lines(ends, start, np.uint64(text.records))
        return cls(text, ends, int(headers), int(sequences), int(longest))

    @property
    def lines(self) -> int:
        """The number of lines."""
        return len(self.ends) - PADDING

    def line_start(self, line: int) -> int:
        """Where a line starts; for the number of lines, where the last one ends."""
        return int(self.ends[line - 1]) + 1 if line else self.text.start

    def record_start(self, record: int) -> int:
        """Where a record's header starts."""
        return self.line_start(record * LINES_PER_RECORD)

    def behind(self, line: int, records: int) -> Lines:
        """The text from a line on, which is where a record starts, with so many records at most."""
        start = self.line_start(line)
        text = replace(
            self.text,
            start=start,
            records=min(records, (self.lines - line) // LINES_PER_RECORD),
            first_record=self.text.first_record + line // LINES_PER_RECORD,
            offset=self.text.offset + start - self.text.start,
        )
        return Lines.between(text, self.ends[line:])

    def raw(self, first: int, stop: int) -> bytes:
        """The bytes of records ``first`` up to ``stop``, which is not included."""
        return bytes(self.text.bytes[self.record_start(first) : self.record_start(stop)])


@dataclass(frozen=True)
class Parsed:
    """The good records at the start of one text, or of two whose records alternate.

    Attributes:
        records: How many.
        name_offsets: ``int32``, (records + 1,), where names are among the columns.
        names: ``uint8``.
        marks: ``uint8``, (records,), where `MATE_MARK` is among the columns.
        columns: Those that were asked for, by their names; there may be more.
        bad: The text of the next record and its index there; ``None`` where all are good.
        encoding: How the qualities were written.
    """

    records: int
    name_offsets: NDArray[np.int32]
    names: NDArray[np.uint8]
    marks: NDArray[np.uint8]
    columns: dict[str, pa.Array]
    bad: tuple[Lines, int] | None
    encoding: QualityEncoding

    @cached_property
    def error(self) -> FastqError | None:
        """What is wrong with the next record; ``None`` where all are good."""
        if self.bad is None:
            return None
        lines, record = self.bad
        return bad_record(lines.text, record, lines.record_start(record), self.encoding)

    def before(self, row: int) -> Parsed:
        """The records before a row."""
        columns = {name: column.slice(0, row) for name, column in self.columns.items()}
        return replace(self, records=row, columns=columns, bad=None)


def parse(
    texts: tuple[Lines, ...],
    encoding: QualityEncoding,
    columns: Iterable[str] = TEXT_COLUMNS,
) -> Parsed:
    """Parses records up to the first bad one. All of each is checked, whatever is asked for.

    Args:
        texts: One text, or those of mates 1 and 2 with as many records each.
        encoding: How the qualities are written.
        columns: The columns of text to make, and `MATE_MARK` where it is wanted.
    """
    made = frozenset(columns)
    if encoding != "phred33":
        made |= {"quality"}  # what has no translation is found by translating
    first, other = texts[0], texts[-1]
    mates = len(texts)
    records = first.text.records * mates
    header_bytes = sum(lines.header_bytes for lines in texts)
    sequence_bytes = sum(lines.sequence_bytes for lines in texts)

    def room(part: str, nbytes: int) -> NDArray[np.uint8]:
        return allocate(PADDING + (nbytes if part in made else 0))

    names, descriptions = room("name", header_bytes), room("description", header_bytes)
    sequences, qualities = room("sequence", sequence_bytes), room("quality", sequence_bytes)
    name_offsets = _offsets(records if "name" in made else 0)
    description_offsets = _offsets(records if "description" in made else 0)
    offsets = _offsets(records if made & _BASES else 0)
    described = np.empty(records if "description" in made else 0, np.uint8)
    marks = np.empty(records if MATE_MARK in made else 0, np.uint8)
    good, ascii_only = copy_records(
        first.text.bytes,
        first.ends,
        np.uint64(first.text.start),
        other.text.bytes,
        other.ends,
        np.uint64(other.text.start),
        np.uint64(mates),
        np.uint64(records),
        np.uint64(sum(int(_PARTS[name]) for name in made)),
        IUPAC,
        name_offsets,
        names,
        description_offsets,
        descriptions,
        described,
        offsets,
        sequences,
        qualities,
        marks,
    )
    good = int(good)
    if not ascii_only and not made >= _HEADER:
        return parse(texts, encoding, made | _HEADER)  # a copy tells whether it is UTF-8
    if not ascii_only:
        good = _first_not_utf8(good, (name_offsets, names), (description_offsets, descriptions))
    if encoding != "phred33":
        good = _to_phred33(good, offsets, qualities, encoding)
    bad = (texts[good % mates], good // mates) if good < records else None
    parts = {
        "name": (name_offsets, names, None),
        "description": (description_offsets, descriptions, described),
        "sequence": (offsets, sequences, None),
        "quality": (offsets, qualities, None),
    }
    arrays = {name: _text_column(good, *parts[name]) for name in TEXT_COLUMNS if name in made}
    if MATE_MARK in made:
        arrays[MATE_MARK] = pa.array(marks[:good])
    return Parsed(good, name_offsets, names, marks, arrays, bad, encoding)


def _offsets(records: int) -> NDArray[np.int32]:
    return allocate(4 * (records + 1)).view(np.int32)


def _text_column(
    rows: int,
    offsets: NDArray[np.int32],
    data: NDArray[np.uint8],
    valid: NDArray[np.uint8] | None = None,
) -> pa.Array:
    validity = None
    if valid is not None and not valid[:rows].all():
        validity = pa.py_buffer(np.packbits(valid[:rows], bitorder="little"))
    buffers = [
        validity,
        pa.py_buffer(offsets[: rows + 1]),
        pa.py_buffer(data[: int(offsets[rows])]),
    ]
    return pa.Array.from_buffers(pa.string(), rows, buffers)


def _first_not_utf8(rows: int, *columns: tuple[NDArray[np.int32], NDArray[np.uint8]]) -> int:
    """Finds the first row with text that is not UTF-8; ``rows`` where all is."""
    good = rows
    for offsets, data in columns:
        try:
            _text_column(good, offsets, data).validate(full=True)
        except pa.ArrowInvalid:
            for row in range(good):
                try:
                    bytes(data[offsets[row] : offsets[row + 1]]).decode()
                except UnicodeDecodeError:
                    good = row
                    break
    return good


def _to_phred33(
    rows: int,
    offsets: NDArray[np.int32],
    qualities: NDArray[np.uint8],
    encoding: QualityEncoding,
) -> int:
    """Translates qualities in place; returns the rows before the first that cannot be."""
    count = int(offsets[rows])
    done = int(translate(qualities, np.uint64(count), translation(encoding)))
    if done == count:
        return rows
    return int(np.searchsorted(offsets[: rows + 1], done, side="right")) - 1
