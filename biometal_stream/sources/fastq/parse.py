"""Turns texts of whole records into record batches."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

import numpy as np

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
from biometal_stream.sources.text.arrays import Arena, first_not_utf8
from biometal_stream.sources.text.columns import MATE_MARK
from biometal_stream.sources.text.lines import PADDING

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa
    from numpy.typing import NDArray

    from biometal_stream.sources.fastq.options import QualityEncoding

_PARTS = dict(
    zip((*TEXT_COLUMNS, MATE_MARK), (NAME, DESCRIPTION, SEQUENCE, QUALITY, MARK), strict=True)
)
_OFFSETS = {"name": 4, "description": 5, "sequence": 6, "quality": 6}
"""The places of the columns' offsets in the arena; the texts are the first four arrays."""
_MARKS = 8
_HEADER = frozenset({"name", "description"})
_BASES = frozenset({"sequence", "quality"})
_DOT = ord(".")


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
        bases: Which bytes may stand in a sequence.
    """

    records: int
    name_offsets: NDArray[np.int32]
    names: NDArray[np.uint8]
    marks: NDArray[np.uint8]
    columns: dict[str, pa.Array]
    bad: tuple[Lines, int] | None
    encoding: QualityEncoding
    bases: NDArray[np.bool_]

    @cached_property
    def error(self) -> FastqError | None:
        """What is wrong with the next record; ``None`` if all are good."""
        if self.bad is None:
            return None
        lines, record = self.bad
        start = lines.record_start(record)
        return bad_record(lines.text, record, start, self.encoding, self.bases)


def parse(
    texts: tuple[Lines, ...],
    encoding: QualityEncoding,
    columns: Iterable[str] = TEXT_COLUMNS,
    bases: NDArray[np.bool_] = IUPAC,
) -> Parsed:
    """Parses records up to the first bad one, and checks all of each, whatever the columns.

    Args:
        texts: One text, or the texts of mates 1 and 2 with the same number of records.
        encoding: The encoding of the qualities.
        columns: The text columns to make, and `MATE_MARK` if needed.
        bases: Which bytes may stand in a sequence, (256,); if the dot may, it becomes N.
    """
    made = frozenset(columns)
    if encoding != "phred33":
        made |= {"quality"}  # translating finds what cannot be translated
    first, other = texts[0], texts[-1]
    mates = len(texts)
    records = first.text.records * mates
    header_bytes = sum([lines.header_bytes for lines in texts])
    sequence_bytes = sum([lines.sequence_bytes for lines in texts])
    room = {"name": header_bytes, "description": header_bytes}
    room |= {"sequence": sequence_bytes, "quality": sequence_bytes}
    offset_bytes = 4 * (records + 1)
    arena = Arena(
        [
            *[PADDING + (room[part] if part in made else 0) for part in TEXT_COLUMNS],
            offset_bytes if "name" in made else 4,
            offset_bytes if "description" in made else 4,
            offset_bytes if made & _BASES else 4,
            records if "description" in made else 0,
            records if MATE_MARK in made else 0,
        ]
    )
    names, descriptions, sequences, qualities = arena.arrays[:4]
    name_offsets, description_offsets, offsets = [each.view(np.int32) for each in arena.arrays[4:7]]
    described, marks = arena.arrays[7:]
    found, ascii_only, with_description = copy_records(
        first.text.bytes,
        first.ends,
        np.uint64(first.text.start),
        other.text.bytes,
        other.ends,
        np.uint64(other.text.start),
        np.uint64(mates),
        np.uint64(records),
        np.uint64(sum([int(_PARTS[name]) for name in made])),
        bases,
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
    good = int(found)
    if not ascii_only and not made >= _HEADER:
        return parse(texts, encoding, made | _HEADER, bases)  # a copy shows whether it is UTF-8
    if not ascii_only:
        good = first_not_utf8(good, (name_offsets, names), (description_offsets, descriptions))
    if encoding != "phred33":
        good = _to_phred33(good, offsets, qualities, encoding)
    if bases[_DOT] and "sequence" in made:
        translate(sequences, np.uint64(offsets[good]), _dots_to_n())
    bad = (texts[good % mates], good // mates) if good < records else None
    valid = described if with_description < found else None
    arrays = {
        name: arena.text(good, place, offsets_at, valid if name == "description" else None)
        for place, (name, offsets_at) in enumerate(_OFFSETS.items())
        if name in made
    }
    if MATE_MARK in made:
        arrays[MATE_MARK] = arena.bytes(good, _MARKS)
    return Parsed(good, name_offsets, names, marks, arrays, bad, encoding, bases)


@cache
def _dots_to_n() -> NDArray[np.uint8]:
    table = np.arange(256, dtype=np.uint8)
    table[_DOT] = ord("N")
    table.flags.writeable = False
    return table


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
