"""Turns texts of whole records into record batches."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from biometal_stream.columns import array_of
from biometal_stream.errors import FastqError
from biometal_stream.simd.bases import IUPAC
from biometal_stream.sources.fastq.columns import TEXT_COLUMNS
from biometal_stream.sources.fastq.diagnose import bad_record
from biometal_stream.sources.fastq.kernels.qualities import translate
from biometal_stream.sources.fastq.kernels.records import (
    DESCRIPTION,
    MARK,
    NAME,
    QUALITY,
    SEQUENCE,
    copy_records,
)
from biometal_stream.sources.fastq.quality_encoding import translation
from biometal_stream.sources.fastq.text import Lines
from biometal_stream.sources.text.columns import MATE_MARK
from biometal_stream.sources.text.lines import PADDING
from biometal_stream.sources.text.segments import allocate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from biometal_stream.sources.fastq.options import QualityEncoding

_PARTS = dict(
    zip((*TEXT_COLUMNS, MATE_MARK), (NAME, DESCRIPTION, SEQUENCE, QUALITY, MARK), strict=True)
)
_HEADER = frozenset({"name", "description"})
_BASES = frozenset({"sequence", "quality"})


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
    text = pa.py_buffer(data[: int(offsets[rows])])
    return array_of(pa.string(), offsets[: rows + 1], text, validity)


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
