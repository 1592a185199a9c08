"""Turns texts of whole records into record batches."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

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
from biometal_stream.sources.text.arrays import first_not_utf8, offsets_array, text_column
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
        records: The number of records.
        name_offsets: ``int32``, (records + 1,), if names are among the columns.
        names: ``uint8``.
        marks: ``uint8``, (records,), if `MATE_MARK` is among the columns.
        columns: The requested columns by name; there may be more.
        bad: The text of the next record and its index there; ``None`` if all are good.
        encoding: The encoding of the qualities.
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
        """What is wrong with the next record; ``None`` if all are good."""
        if self.bad is None:
            return None
        lines, record = self.bad
        return bad_record(lines.text, record, lines.record_start(record), self.encoding)


def parse(
    texts: tuple[Lines, ...],
    encoding: QualityEncoding,
    columns: Iterable[str] = TEXT_COLUMNS,
) -> Parsed:
    """Parses records up to the first bad one, and checks all of each, whatever the columns.

    Args:
        texts: One text, or the texts of mates 1 and 2 with the same number of records.
        encoding: The encoding of the qualities.
        columns: The text columns to make, and `MATE_MARK` if needed.
    """
    made = frozenset(columns)
    if encoding != "phred33":
        made |= {"quality"}  # translating finds what cannot be translated
    first, other = texts[0], texts[-1]
    mates = len(texts)
    records = first.text.records * mates
    header_bytes = sum(lines.header_bytes for lines in texts)
    sequence_bytes = sum(lines.sequence_bytes for lines in texts)

    def room(part: str, nbytes: int) -> NDArray[np.uint8]:
        return allocate(PADDING + (nbytes if part in made else 0))

    names, descriptions = room("name", header_bytes), room("description", header_bytes)
    sequences, qualities = room("sequence", sequence_bytes), room("quality", sequence_bytes)
    name_offsets = offsets_array(records if "name" in made else 0)
    description_offsets = offsets_array(records if "description" in made else 0)
    offsets = offsets_array(records if made & _BASES else 0)
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
        return parse(texts, encoding, made | _HEADER)  # a copy shows whether it is UTF-8
    if not ascii_only:
        good = first_not_utf8(good, (name_offsets, names), (description_offsets, descriptions))
    if encoding != "phred33":
        good = _to_phred33(good, offsets, qualities, encoding)
    bad = (texts[good % mates], good // mates) if good < records else None
    parts = {
        "name": (name_offsets, names, None),
        "description": (description_offsets, descriptions, described),
        "sequence": (offsets, sequences, None),
        "quality": (offsets, qualities, None),
    }
    arrays = {name: text_column(good, *parts[name]) for name in TEXT_COLUMNS if name in made}
    if MATE_MARK in made:
        arrays[MATE_MARK] = pa.array(marks[:good])
    return Parsed(good, name_offsets, names, marks, arrays, bad, encoding)


def _to_phred33(
    rows: int,
    offsets: NDArray[np.int32],
    qualities: NDArray[np.uint8],
    encoding: QualityEncoding,
) -> int:
    """Translates qualities in place; returns the number of rows before the first that fails."""
    count = int(offsets[rows])
    done = int(translate(qualities, np.uint64(count), translation(encoding)))
    if done == count:
        return rows
    return int(np.searchsorted(offsets[: rows + 1], done, side="right")) - 1
