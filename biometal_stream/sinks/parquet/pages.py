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
from thrift.Thrift import TType

from biometal_stream.columns import text_of, without_views
from biometal_stream.errors import DataError
from biometal_stream.schemas.checks import is_text
from biometal_stream.sinks.buffers import Bytes, validity
from biometal_stream.sinks.parquet.compression import Compression
from biometal_stream.sinks.parquet.deltas import pack_deltas, packed_room, share_prefixes
from biometal_stream.sinks.parquet.plain import LENGTH_BYTES, put_lengths
from biometal_stream.sinks.parquet.thrift import Fields, write_fields

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


@dataclass(frozen=True)
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
        self._compression = compression

    @property
    def codec(self) -> int:
        """Parquet's code for the compression."""
        return self._compression.code

    def encode(self, columns: list[pa.Array]) -> Page:
        """Makes one page of a column from several batches, with at least one row.

        Raises:
            DataError: The values are too large.
        """
        columns = [without_views(column) for column in columns]
        rows = sum(map(len, columns))
        nulls = sum(column.null_count for column in columns)
        body: list[Bytes] = []
        if self._nullable:
            body.append(definition_levels(columns, rows, nulls))
        if nulls == rows:
            columns = [columns[0].slice(0, 0)]  # `drop_null` imports pyarrow.compute, 0.05 s
        elif nulls:
            columns = [pa.concat_arrays(columns).drop_null()]
        text = self._append(columns, body)
        plain = sum(map(len, body))
        if plain > LARGEST_PAGE:
            raise DataError(
                f"column '{self._name}': {plain:,} bytes in one row are more than a page of"
                f" Parquet can hold, {LARGEST_PAGE:,}; write Arrow"
            )
        if self._compression.code:
            body = [self._compression.compress(b"".join(body))]
        size = sum(map(len, body))
        header = self._header(rows, plain, size)
        return Page(
            [header, *body],
            rows,
            len(header) + size,
            len(header) + plain,
            text,
            nulls,
            self._limits(columns),
        )

    @abstractmethod
    def _append(self, columns: list[pa.Array], body: list[Bytes]) -> int:
        """Appends the encoded values, which are not null; returns their bytes of text."""

    def _limits(self, columns: list[pa.Array]) -> tuple[Any, Any] | None:  # noqa: ARG002 - text has none
        return None

    def statistics(self, pages: Sequence[Page]) -> Fields:  # noqa: ARG002 - text has none
        """The statistics of a chunk of these pages; empty if there are none."""
        return {}

    def _header(self, rows: int, plain: int, size: int) -> bytes:
        data_page: Fields = {
            1: (TType.I32, rows),
            2: (TType.I32, self.encoding),
            3: (TType.I32, RLE),
            4: (TType.I32, RLE),
        }
        return write_fields(
            {
                1: (TType.I32, 0),
                2: (TType.I32, plain),
                3: (TType.I32, size),
                5: (TType.STRUCT, data_page),
            }
        )


class Texts(Pages):
    """Lengths, then all texts (DELTA_LENGTH_BYTE_ARRAY): for texts with little in common."""

    kind = BYTE_ARRAY
    encoding = DELTA_LENGTH_BYTE_ARRAY

    def _append(self, columns: list[pa.Array], body: list[Bytes]) -> int:
        lengths, texts = slices_of(columns)
        body.append(packed(lengths))
        body += texts
        return sum(map(len, texts))


class SimilarTexts(Pages):
    """The length that each text shares with the one before, then the rest (DELTA_BYTE_ARRAY)."""

    kind = BYTE_ARRAY
    encoding = DELTA_BYTE_ARRAY

    def _append(self, columns: list[pa.Array], body: list[Bytes]) -> int:
        lengths, texts = slices_of(columns)
        text = np.frombuffer(b"".join(texts), np.uint8)
        offsets = np.zeros(len(lengths) + 1, np.int64)
        np.cumsum(lengths, out=offsets[1:])
        prefixes, suffixes = np.empty((2, len(lengths)), np.int64)
        out = np.empty(len(text), np.uint8)
        size = share_prefixes(text, offsets, prefixes, suffixes, out)
        body += [packed(prefixes), packed(suffixes), out.data[:size]]
        return len(text)


class PlainTexts(Pages):
    """Each text after its length (PLAIN): for readers without other encodings of text."""

    kind = BYTE_ARRAY
    encoding = PLAIN

    def _append(self, columns: list[pa.Array], body: list[Bytes]) -> int:
        lengths, texts = slices_of(columns)
        text = np.frombuffer(b"".join(texts), np.uint8)
        out = np.empty(len(text) + LENGTH_BYTES * len(lengths), np.uint8)
        body.append(out.data[: put_lengths(text, lengths, out)])
        return len(text)


class Numbers(Pages):
    """Numbers unchanged (PLAIN), with the smallest and the largest, so that readers can skip."""

    encoding = PLAIN
    _stored: type[np.generic]

    def __init__(self, field: pa.Field, compression: Compression) -> None:
        super().__init__(field, compression)
        self.kind, self._stored = _NUMBERS.get(field.type, (INT32, np.int32))

    def _values(self, columns: list[pa.Array]) -> list[NDArray[Any]]:
        return [column.to_numpy(zero_copy_only=False) for column in columns]

    def _append(self, columns: list[pa.Array], body: list[Bytes]) -> int:
        body += [values.data.cast("B") for values in self._values(columns) if len(values)]
        return 0

    def _limits(self, columns: list[pa.Array]) -> tuple[Any, Any] | None:
        known = [values for values in self._values(columns) if len(values)]
        if not known:
            return None
        # These two ignore NaN, and do not warn.
        return (
            np.fmin.reduce([np.fmin.reduce(values) for values in known]),
            np.fmax.reduce([np.fmax.reduce(values) for values in known]),
        )

    def statistics(self, pages: Sequence[Page]) -> Fields:
        """The number of nulls, and the smallest and the largest value that is not NaN."""
        found: Fields = {3: (TType.I64, sum(page.nulls for page in pages))}
        limits = [page.limits for page in pages if page.limits is not None]
        if limits:
            least = np.fmin.reduce([low for low, _ in limits])
            most = np.fmax.reduce([high for _, high in limits])
            if not np.isnan(least):  # otherwise all are NaN
                # The format requires that 0 covers both zeros.
                least = -abs(least) if least == 0 else least
                most = abs(most) if most == 0 else most
                found[5] = (TType.STRING, self._stored(most).tobytes())
                found[6] = (TType.STRING, self._stored(least).tobytes())
        return found


class SmallNumbers(Numbers):
    """Differences in as few bits as possible (DELTA_BINARY_PACKED), for flags and mates."""

    encoding = DELTA_BINARY_PACKED

    def _append(self, columns: list[pa.Array], body: list[Bytes]) -> int:
        values = [values.astype(np.int64) for values in self._values(columns)]
        body.append(packed(np.concatenate([np.empty(0, np.int64), *values])))
        return 0


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
    "sequence": (Texts, None),
    "quality": (Texts, 8),
    "quality_scores": (Texts, 8),
}


def slices_of(columns: list[pa.Array]) -> tuple[NDArray[np.int64], list[memoryview]]:
    """The lengths of all texts, ``int64``, and the texts, without a copy."""
    lengths: list[NDArray[np.int64]] = [np.empty(0, np.int64)]
    texts: list[memoryview] = []
    for column in columns:
        if not len(column):
            continue
        offsets, text = text_of(column)
        lengths.append(np.diff(offsets).astype(np.int64, copy=False))
        texts.append(text)
    return np.concatenate(lengths), texts


def packed(values: NDArray[np.int64]) -> memoryview:
    """Numbers as DELTA_BINARY_PACKED."""
    out = np.empty(packed_room(len(values)), np.uint8)
    return out.data[: pack_deltas(values, out)]


def definition_levels(columns: list[pa.Array], rows: int, nulls: int) -> bytes:
    """Which rows are not null: a run if all or none are, otherwise a bit for each row."""
    if nulls in {0, rows}:
        levels = _varint(rows << 1) + bytes([nulls == 0])
    else:
        bits = validity(columns).tobytes()
        levels = _varint(len(bits) << 1 | 1) + bits
    return len(levels).to_bytes(4, "little") + levels


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    found.append(value)
    return bytes(found)
