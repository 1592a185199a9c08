"""Data pages of Parquet, made from columns in Arrow batches without a copy.

pyarrow's own writer copies all text at least twice and compresses in one thread. Here texts are
used in place until they are compressed or written, and any free worker can make a page. The
layouts are those of the Parquet format: pages of version 1, with definition levels if a column
may hold nulls.

This is for columns of text that differs in each row (`texts`), and of numbers (`numbers`).
`stored.pages_of` decides; pyarrow writes the other columns.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from biometal_stream.columns import without_views
from biometal_stream.errors import DataError
from biometal_stream.scratch import KeptScratch, Scratch
from biometal_stream.sinks.buffers import Bytes, validity
from biometal_stream.sinks.parquet.compression import Compression
from biometal_stream.sinks.parquet.thrift import Fields, varint, zigzag

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
        nullable: Whether there may be nulls.
        has_views: Whether the column's type is ``string_view``.
        compression: As given.
    """

    kind: int
    encoding: int

    def __init__(self, field: pa.Field, compression: Compression) -> None:
        self._name = field.name
        self.nullable = field.nullable
        self.has_views = pa.types.is_string_view(field.type)
        self.compression = compression
        # Without compression the page itself waits to be written, so its memory is not reused.
        self._scratch = _KEPT if compression.code else Scratch()

    @property
    def codec(self) -> int:
        """Parquet's code for the compression."""
        return self.compression.code

    def encode(self, columns: list[pa.Array]) -> Page:
        """Makes one page of a column from several batches, with at least one row.

        Raises:
            DataError: The values are too large.
        """
        if self.has_views:
            columns = [without_views(column) for column in columns]
        rows = sum(map(len, columns))
        nulls = sum([column.null_count for column in columns])
        levels = definition_levels(columns, rows, nulls) if self.nullable else b""
        if nulls:
            columns = without_nulls(columns, nulls, rows)
        made = self._body(columns, rows - nulls, levels)
        plain = sum(map(len, made.parts))
        if plain > LARGEST_PAGE:
            raise DataError(
                f"column '{self._name}': {plain:,} bytes in one row are more than a page of"
                f" Parquet can hold, {LARGEST_PAGE:,}; write Arrow"
            )
        parts = made.parts
        if self.compression.code:
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
        return self.compression.compress(part)

    def _joined(self, parts: list[Bytes]) -> list[Bytes]:
        """The parts; a single one if they will be compressed."""
        return [self._scratch.joined("page", parts).data] if self.compression.code else parts

    def statistics(self, pages: Sequence[Page]) -> Fields:  # noqa: ARG002 - text has none
        """The statistics of a chunk of these pages; empty if there are none."""
        return {}


def after_levels(levels: bytes, out: NDArray[np.uint8], start: int) -> memoryview:
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


def without_nulls(columns: list[pa.Array], nulls: int, rows: int) -> list[pa.Array]:
    """The values of columns that have nulls, in one array."""
    if nulls == rows:
        return [columns[0].slice(0, 0)]  # `drop_null` imports pyarrow.compute, 0.05 s
    return [pa.concat_arrays(columns).drop_null()]


def definition_levels(columns: list[pa.Array], rows: int, nulls: int) -> bytes:
    """Which rows are not null: a run if all or none are, otherwise a bit for each row."""
    if nulls in {0, rows}:
        return _run(rows, nulls == 0)
    bits = validity(columns).tobytes()
    levels = varint(len(bits) << 1 | 1) + bits
    return len(levels).to_bytes(4, "little") + levels


@lru_cache
def _run(rows: int, valid: bool) -> bytes:
    levels = varint(rows << 1) + bytes([valid])
    return len(levels).to_bytes(4, "little") + levels
