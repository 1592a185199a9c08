"""Data pages of Parquet, made from columns in Arrow batches without a copy.

pyarrow's own writer copies all text at least twice and compresses in one thread. Here texts are
used in place until they are compressed or written, and any free worker can make a page. The
layouts are those of the Parquet format: pages of version 1, with definition levels if a column
may hold nulls.

This is for columns of text that differs in each row, and of numbers. `pages_of` decides; pyarrow
writes the other columns.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from biometal_stream.columns import text_of, without_views
from biometal_stream.errors import DataError
from biometal_stream.schemas.checks import is_text
from biometal_stream.sinks.buffers import Bytes, validity
from biometal_stream.sinks.parquet.bases import (
    BLOCK,
    PADDING,
    bases_room,
    count_other_bases,
    put_bases,
)
from biometal_stream.sinks.parquet.bodies import (
    ORIGIN,
    number_slices,
    put_lengths_of,
    put_similar_texts,
    put_small_numbers,
    put_text,
    put_texts,
    text_bytes,
    text_slices,
)
from biometal_stream.sinks.parquet.compression import Compression
from biometal_stream.sinks.parquet.deltas import pack_deltas, packed_room
from biometal_stream.sinks.parquet.plain import LENGTH_BYTES, put_lengths
from biometal_stream.sinks.parquet.scratch import KeptScratch, Scratch
from biometal_stream.sinks.parquet.thrift import BINARY, I64, Fields, varint, zigzag

# Type
INT32 = 1
INT64 = 2
FLOAT = 4
DOUBLE = 5
BYTE_ARRAY = 6
# Encoding
PLAIN = 0
RLE = 3
DELTA_BINARY_PACKED = 5
DELTA_LENGTH_BYTE_ARRAY = 6
DELTA_BYTE_ARRAY = 7

LARGEST_PAGE = 2**31 - 1
"""The most bytes of a page before compression; its header stores the size in 32 bits."""

_NUMBERS: dict[pa.DataType, tuple[int, type[np.generic]]] = {
    pa.int32(): (INT32, np.int32),
    pa.uint32(): (INT32, np.uint32),
    pa.int64(): (INT64, np.int64),
    pa.uint64(): (INT64, np.uint64),
    pa.float32(): (FLOAT, np.float32),
    pa.float64(): (DOUBLE, np.float64),
}
_SMALL = {pa.int8(), pa.uint8(), pa.int16(), pa.uint16()}

_MOST_OTHERS = 512
"""At most one base in so many may be another letter than A, C, G and T; each costs 20 bytes."""

_KEPT = KeptScratch()


@dataclass(slots=True)
class Page:
    """Some rows of one column.

    Attributes:
        parts: The header and the parts of the body.
        rows: The number of rows.
        nbytes: The size of all parts in bytes.
        plain: Their size in bytes without compression.
        text: Bytes of text in the rows.
        nulls: The number of nulls.
        limits: The smallest and the largest number, if any.
    """

    parts: list[Bytes]
    rows: int
    nbytes: int
    plain: int
    text: int
    nulls: int
    limits: tuple[Any, Any] | None


@dataclass(slots=True)
class Body:
    """The content of a page before compression.

    Attributes:
        parts: The bytes.
        text: The bytes of text in the rows.
        limits: The smallest and the largest number, if any.
    """

    parts: list[Bytes]
    text: int = 0
    limits: tuple[Any, Any] | None = None


class Pages(ABC):
    """Makes the pages of one column. Thread-safe.

    Args:
        field: The column.
        compression: Compresses its pages.

    Attributes:
        kind: Parquet's number of the physical type.
        encoding: Parquet's number of the encoding.
    """

    kind: int
    encoding: int

    def __init__(self, field: pa.Field, compression: Compression) -> None:
        self._name = field.name
        self._nullable = field.nullable
        self._has_views = pa.types.is_string_view(field.type)
        self._compression = compression
        # Without compression the page itself waits to be written, so its memory is not reused.
        self._scratch = _KEPT if compression.code else Scratch()

    @property
    def codec(self) -> int:
        """Parquet's code for the compression."""
        return self._compression.code

    def encode(self, columns: list[pa.Array]) -> Page:
        """Makes one page of a column from several batches, with at least one row.

        Raises:
            DataError: The values are too large.
        """
        if self._has_views:
            columns = [without_views(column) for column in columns]
        rows = sum(map(len, columns))
        nulls = sum([column.null_count for column in columns])
        levels = definition_levels(columns, rows, nulls) if self._nullable else b""
        if nulls:
            columns = [pa.concat_arrays(columns).drop_null()]
        made = self._body(columns, rows - nulls, levels)
        plain = sum(map(len, made.parts))
        if plain > LARGEST_PAGE:
            raise DataError(
                f"column '{self._name}': {plain:,} bytes in one row are more than a page of"
                f" Parquet can hold, {LARGEST_PAGE:,}; write Arrow"
            )
        parts = made.parts
        if self._compression.code:
            parts = [self._compressed(made)]
        size = sum(map(len, parts))
        header = page_header(rows, self.encoding, plain, size)
        return Page(
            [header, *parts],
            rows,
            len(header) + size,
            len(header) + plain,
            made.text,
            nulls,
            made.limits,
        )

    @abstractmethod
    def _body(self, columns: list[pa.Array], rows: int, levels: bytes) -> Body:
        """Encodes the values, before compression.

        Args:
            columns: The values, without nulls.
            rows: The number of values.
            levels: The definition levels, which come before the values.

        Returns:
            The body; a single part if it will be compressed.
        """

    def _compressed(self, body: Body) -> Bytes:
        (part,) = body.parts
        return self._compression.compress(part)

    def _joined(self, parts: list[Bytes]) -> list[Bytes]:
        """The parts; a single one if they will be compressed."""
        return [self._scratch.joined("page", parts).data] if self._compression.code else parts

    def statistics(self, pages: Sequence[Page]) -> Fields:  # noqa: ARG002 - text has none
        """The statistics of a chunk of these pages; empty if there are none."""
        return {}


class Texts(Pages):
    """Lengths, then all texts (DELTA_LENGTH_BYTE_ARRAY): for texts with little in common."""

    kind = BYTE_ARRAY
    encoding = DELTA_LENGTH_BYTE_ARRAY

    def _body(self, columns: list[pa.Array], rows: int, levels: bytes) -> Body:
        slices = text_slices(columns)
        nbytes = text_bytes(ORIGIN, slices)
        lengths = self._scratch.numbers("lengths", rows)
        room = len(levels) + packed_room(rows)
        if self._compression.code:
            out = self._scratch.bytes("page", room + nbytes + PADDING)[: room + nbytes]
            packed = put_texts(ORIGIN, slices, lengths, out, room)
            return Body([_after(levels, out, room - packed)], nbytes)
        put_lengths_of(ORIGIN, slices, lengths)
        out = self._scratch.bytes("page", room)
        packed = pack_deltas(lengths, out)
        return Body([levels, out.data[:packed], *(text_of(each)[1] for each in columns)], nbytes)


class Bases(Texts):
    """Sequences: A, C, G and T take two bits each, unless zstd finds enough repeats."""

    def _compressed(self, body: Body) -> Bytes:
        (part,) = body.parts
        size = body.text
        text = np.frombuffer(part, np.uint8)
        start = len(text) - size
        if not self._compression.chooses or size < BLOCK:
            return self._compression.compress(part)
        others = count_other_bases(text, start, size)
        middle = start + (size - BLOCK) // 2
        if (
            others > size // _MOST_OTHERS
            or len(self._compression.compress(part[middle : middle + BLOCK])) < BLOCK // 4
        ):
            return self._compression.compress(part)
        out = np.empty(bases_room(start, size, others), np.uint8)
        return out.data[: put_bases(text, 0, start, size, out)]


class SimilarTexts(Pages):
    """The length that each text shares with the one before, then the rest (DELTA_BYTE_ARRAY)."""

    kind = BYTE_ARRAY
    encoding = DELTA_BYTE_ARRAY

    def _body(self, columns: list[pa.Array], rows: int, levels: bytes) -> Body:
        slices = text_slices(columns)
        nbytes = text_bytes(ORIGIN, slices)
        text = self._scratch.bytes("text", nbytes)
        numbers = self._scratch.numbers("numbers", 3 * rows + 1)
        room = len(levels) + 2 * packed_room(rows)
        out = self._scratch.bytes("page", room + nbytes)
        packed, left = put_similar_texts(ORIGIN, slices, text, numbers, out, room)
        return Body([_after(levels, out[: room + left], room - packed)], nbytes)


class PlainTexts(Pages):
    """Each text after its length (PLAIN): for readers without other encodings of text."""

    kind = BYTE_ARRAY
    encoding = PLAIN

    def _body(self, columns: list[pa.Array], rows: int, levels: bytes) -> Body:
        slices = text_slices(columns)
        nbytes = text_bytes(ORIGIN, slices)
        lengths = self._scratch.numbers("lengths", rows)
        put_lengths_of(ORIGIN, slices, lengths)
        text = self._scratch.bytes("text", nbytes)
        put_text(ORIGIN, slices, text, 0)
        start = len(levels)
        out = self._scratch.bytes("page", start + nbytes + LENGTH_BYTES * rows)
        put_lengths(text, lengths, out[start:])
        return Body([_after(levels, out, start)], nbytes)


class Numbers(Pages):
    """Numbers unchanged (PLAIN), with the smallest and the largest, so that readers can skip."""

    encoding = PLAIN
    _stored: type[np.generic]

    def __init__(self, field: pa.Field, compression: Compression) -> None:
        super().__init__(field, compression)
        self.kind, self._stored = _NUMBERS.get(field.type, (INT32, np.int32))
        self._read = np.dtype(field.type.to_pandas_dtype())
        self._width = self._read.itemsize

    def _values(self, columns: list[pa.Array]) -> list[NDArray[Any]]:
        return [
            np.frombuffer(column.buffers()[1], self._read, len(column), column.offset * self._width)
            for column in columns
            if len(column)
        ]

    def _body(self, columns: list[pa.Array], rows: int, levels: bytes) -> Body:
        values = self._values(columns)
        if not rows:
            return Body(self._joined([levels]))
        # These two ignore NaN, and do not warn.
        low = np.fmin.reduce([np.fmin.reduce(each) for each in values])
        high = np.fmax.reduce([np.fmax.reduce(each) for each in values])
        parts = [levels, *(each.data.cast("B") for each in values)]
        return Body(self._joined(parts), limits=(low, high))

    def statistics(self, pages: Sequence[Page]) -> Fields:
        """The number of nulls, and the smallest and the largest value that is not NaN."""
        found: Fields = {3: (I64, sum(page.nulls for page in pages))}
        limits = [page.limits for page in pages if page.limits is not None]
        if limits:
            least = np.fmin.reduce([low for low, _ in limits])
            most = np.fmax.reduce([high for _, high in limits])
            if not np.isnan(least):  # otherwise all are NaN
                # The format requires that 0 covers both zeros.
                least = -abs(least) if least == 0 else least
                most = abs(most) if most == 0 else most
                found[5] = (BINARY, self._stored(most).tobytes())
                found[6] = (BINARY, self._stored(least).tobytes())
        return found


class SmallNumbers(Numbers):
    """Differences in as few bits as possible (DELTA_BINARY_PACKED), for flags and mates."""

    encoding = DELTA_BINARY_PACKED

    def _body(self, columns: list[pa.Array], rows: int, levels: bytes) -> Body:
        start = len(levels)
        out = self._scratch.bytes("page", start + packed_room(rows))
        numbers = self._scratch.numbers("lengths", rows)
        if not rows:
            return Body([_after(levels, out[: start + pack_deltas(numbers, out[start:])], start)])
        limits = np.empty(2, np.int64)
        slices = number_slices(columns)
        packed = put_small_numbers(ORIGIN, slices, numbers, limits, out[start:])
        low, high = limits
        return Body([_after(levels, out[: start + packed], start)], limits=(low, high))


class PlainSmallNumbers(Numbers):
    """Small numbers in 32 bits each (PLAIN)."""

    def _values(self, columns: list[pa.Array]) -> list[NDArray[Any]]:
        return [values.astype(np.int32) for values in super()._values(columns)]


def pages_of(
    field: pa.Field, compression: str, level: int | None, *, plain: bool = False
) -> Pages | None:
    """Chooses how a column is stored; ``None`` if pyarrow should write it.

    Names and descriptions resemble those before them; sequences and qualities do not. Other text
    may be labels, which only a dictionary stores well.

    Args:
        field: The column.
        compression: As for `Compression`.
        level: The level of zstd or gzip; without a level zstd does what suits the column.
        plain: Whether to use only the encoding that every reader knows.
    """
    if is_text(field.type):
        if field.name not in _TEXTS:
            return None
        kind, table = _TEXTS[field.name]
        return (PlainTexts if plain else kind)(field, Compression(compression, level, table))
    if field.type in _SMALL:
        small = PlainSmallNumbers if plain else SmallNumbers
        return small(field, Compression(compression, level))
    return Numbers(field, Compression(compression, level)) if field.type in _NUMBERS else None


_TEXTS: dict[str, tuple[type[Pages], int | None]] = {
    "name": (SimilarTexts, 12),
    "id": (SimilarTexts, 12),
    "description": (SimilarTexts, 12),
    "sequence": (Bases, None),
    "quality": (Texts, 8),
    "quality_scores": (Texts, 8),
}


def _after(levels: bytes, out: NDArray[np.uint8], start: int) -> memoryview:
    """The end of an array from ``start`` on, with the levels written before it."""
    view = out.data
    begin = start - len(levels)
    view[begin:start] = levels
    return view[begin:]


def page_header(rows: int, encoding: int, plain: int, size: int) -> bytes:
    """The header of a data page.

    Args:
        rows: The number of values, including nulls.
        encoding: Parquet's code for the encoding.
        plain: The bytes of the page before compression.
        size: The bytes of the page.
    """
    return b"".join(
        (
            b"\x15\x00\x15",  # field 1, the type of the page; field 2
            zigzag(plain),
            b"\x15",
            zigzag(size),
            b"\x2c\x15",  # field 5, the header of a data page, and its field 1
            zigzag(rows),
            b"\x15",
            zigzag(encoding),
            _LEVELS,
        )
    )


_LEVELS = b"\x15" + zigzag(RLE) + b"\x15" + zigzag(RLE) + b"\x00\x00"
"""The encodings of the definition and repetition levels, and the end of both structs."""


def definition_levels(columns: list[pa.Array], rows: int, nulls: int) -> bytes:
    """Which rows are not null: a run if all or none are, otherwise a bit for each row."""
    if nulls in {0, rows}:
        levels = varint(rows << 1) + bytes([nulls == 0])
    else:
        bits = validity(columns).tobytes()
        levels = varint(len(bits) << 1 | 1) + bits
    return len(levels).to_bytes(4, "little") + levels
