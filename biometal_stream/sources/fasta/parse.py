"""Turns texts of whole FASTA records into columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from biometal_stream.simd.bases import IUPAC
from biometal_stream.sources.fasta.columns import TEXT_COLUMNS
from biometal_stream.sources.fasta.diagnose import bad_record
from biometal_stream.sources.fasta.kernels import (
    DESCRIPTION,
    MARK,
    NAME,
    SEQUENCE,
    copy_records,
    measure_headers,
)
from biometal_stream.sources.fasta.text import FastaLines, FastaText
from biometal_stream.sources.text.arrays import first_not_utf8, offsets_array, text_column
from biometal_stream.sources.text.columns import MATE_MARK
from biometal_stream.sources.text.lines import PADDING
from biometal_stream.sources.text.segments import allocate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

_PARTS = {
    "name": NAME,
    "description": DESCRIPTION,
    "sequence": SEQUENCE,
    MATE_MARK: MARK,
}
_HEADER = frozenset({"name", "description"})


@dataclass(frozen=True)
class Parsed:
    """The good records at the start of one text, or of two whose records alternate.

    Attributes:
        records: The number of records.
        name_offsets: ``int32``, (records + 1,), if names are among the columns.
        names: ``uint8``.
        marks: ``uint8``, (records,), if `MATE_MARK` is among the columns.
        columns: The requested columns by name; there may be more.
        lines: The texts, and where their good records start.
        error: What is wrong with the next record; ``None`` if all are good.
    """

    records: int
    name_offsets: NDArray[np.int32]
    names: NDArray[np.uint8]
    marks: NDArray[np.uint8]
    columns: dict[str, pa.Array]
    lines: tuple[FastaLines, ...]
    error: Exception | None


def parse(
    texts: tuple[FastaText, ...], limit: int, columns: Iterable[str] = TEXT_COLUMNS
) -> Parsed:
    """Parses records up to the first bad one, and checks all of each, whatever the columns.

    Args:
        texts: One text, or the texts of mates 1 and 2 with the same number of records.
        limit: The most bytes that a record may have.
        columns: The text columns to make, and `MATE_MARK` if needed.
    """
    made = frozenset(columns)
    first, other = texts[0], texts[-1]
    mates = len(texts)
    records = first.records * mates
    header_bytes = sum(int(measure_headers(text.bytes, *_span(text))) for text in texts)
    text_bytes = sum(text.stop - text.start for text in texts)

    def room(part: str, nbytes: int) -> NDArray[np.uint8]:
        return allocate(PADDING + (nbytes if part in made else 0))

    names, descriptions = room("name", header_bytes), room("description", header_bytes)
    sequences = room("sequence", text_bytes - header_bytes)
    name_offsets = offsets_array(records if "name" in made else 0)
    description_offsets = offsets_array(records if "description" in made else 0)
    offsets = offsets_array(records if "sequence" in made else 0)
    described = np.empty(records if "description" in made else 0, np.uint8)
    marks = np.empty(records if MATE_MARK in made else 0, np.uint8)
    starts = np.empty(records, np.uint32)
    good, ascii_only = copy_records(
        first.bytes,
        *_span(first),
        other.bytes,
        *_span(other),
        np.uint64(mates),
        np.uint64(records),
        np.uint64(limit),
        np.uint64(sum(int(_PARTS[name]) for name in made)),
        IUPAC,
        name_offsets,
        names,
        description_offsets,
        descriptions,
        described,
        offsets,
        sequences,
        marks,
        starts,
    )
    good = int(good)
    if not ascii_only and not made >= _HEADER:
        return parse(texts, limit, made | _HEADER)  # a copy shows whether it is UTF-8
    if not ascii_only:
        good = first_not_utf8(good, (name_offsets, names), (description_offsets, descriptions))
    lines = tuple(FastaLines(text, starts[mate::mates]) for mate, text in enumerate(texts))
    error = None
    if good < records:
        bad, record = lines[good % mates], good // mates
        error = bad_record(bad.text, record, bad.record_start(record), limit)
    parts = {
        "name": (name_offsets, names, None),
        "description": (description_offsets, descriptions, described),
        "sequence": (offsets, sequences, None),
    }
    arrays = {name: text_column(good, *parts[name]) for name in TEXT_COLUMNS if name in made}
    if MATE_MARK in made:
        arrays[MATE_MARK] = pa.array(marks[:good])
    return Parsed(good, name_offsets, names, marks, arrays, lines, error)


def _span(text: FastaText) -> tuple[np.uint64, np.uint64]:
    return np.uint64(text.start), np.uint64(text.stop)
