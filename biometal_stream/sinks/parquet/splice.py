"""Joins column chunks that were encoded independently into one Parquet file.

A Parquet file is a magic number, column chunks, a footer in Thrift's compact protocol, the
footer's length and the magic number again. Chunks do not contain their own offset: only the footer
does. So chunks that were encoded independently, as pages of our own or by pyarrow as a file in
memory, are written one after another, and the footer gets the offset of each.

The numbers of the fields are those of ``parquet.thrift`` in the Parquet format, version 2.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from biometal_stream.sinks.buffers import Bytes
from biometal_stream.sinks.parquet.pages import RLE, Page, Pages
from biometal_stream.sinks.parquet.thrift import (
    BINARY,
    I16,
    I32,
    I64,
    LIST,
    STRUCT,
    Fields,
    read_fields,
    write_fields,
)

MAGIC = b"PAR1"

# FileMetaData
_NUM_ROWS = 3
_ROW_GROUPS = 4
# RowGroup
_COLUMNS = 1
_LAST_ORDINAL = 2**15 - 1
# ColumnChunk and its ColumnMetaData
_CHUNK_META = 3
_PATH = 3
_PLAIN_SIZE = 6
_SIZE = 7
_DATA_PAGE = 9
_DICTIONARY_PAGE = 11
_STATISTICS = 12
_OFFSETS = (_DATA_PAGE, 10, _DICTIONARY_PAGE)  # the third is that of an index page
_ELSEWHERE = (14, 15)  # Bloom filters, which are outside of the chunk


class Chunk(NamedTuple):
    """One column of a row group.

    Attributes:
        parts: Its bytes.
        meta: The fields of its ColumnMetaData, with offsets relative to its first byte.
    """

    parts: list[Bytes]
    meta: Fields

    @property
    def name(self) -> bytes:
        """The column that it belongs to; a nested column has several chunks."""
        _, names = self.meta[_PATH][1]
        return bytes(names[0])


def chunk_of(name: str, encoder: Pages, pages: Sequence[Page]) -> Chunk:
    """Joins the pages of a column."""
    meta: Fields = {
        1: (I32, encoder.kind),
        2: (LIST, (I32, [RLE, encoder.encoding])),
        _PATH: (LIST, (BINARY, [name.encode()])),
        4: (I32, encoder.codec),
        5: (I64, sum([page.rows for page in pages])),
        _PLAIN_SIZE: (I64, sum([page.plain for page in pages])),
        _SIZE: (I64, sum([page.nbytes for page in pages])),
        _DATA_PAGE: (I64, 0),
    }
    if statistics := encoder.statistics(pages):
        meta[_STATISTICS] = (STRUCT, statistics)
    return Chunk([part for page in pages for part in page.parts], meta)


def read_footer(file: bytes | memoryview) -> Fields:
    """Reads the footer of a whole Parquet file.

    Raises:
        ValueError: It is not a Parquet file, or is encrypted.
    """
    view = memoryview(file).cast("B")
    if len(view) < 12 or bytes(view[:4]) != MAGIC or bytes(view[-4:]) != MAGIC:
        raise ValueError("not a Parquet file")
    (length,) = struct.unpack("<I", view[-8:-4])
    start = len(view) - 8 - length
    if start < 4:
        raise ValueError("a Parquet file that is shorter than its footer")
    return read_fields(bytes(view[start:-8]))


def read_chunks(file: bytes | memoryview) -> list[Chunk]:
    """Splits a Parquet file of one row group into its chunks.

    Args:
        file: The whole file; its bytes are referred to, not copied.

    Raises:
        ValueError: It is not a Parquet file, or is encrypted.
    """
    view = memoryview(file).cast("B")
    _, (_, groups) = read_footer(view)[_ROW_GROUPS]
    return [_chunk_in(view, chunk[_CHUNK_META][1]) for chunk in groups[0][_COLUMNS][1][1]]


def _chunk_in(file: memoryview, meta: Fields) -> Chunk:
    meta = {number: value for number, value in meta.items() if number not in _ELSEWHERE}
    for number in _OFFSETS:
        if number in meta and not meta[number][1]:  # how some writers mark that there is none
            del meta[number]
    first = min(meta[number][1] for number in _OFFSETS if number in meta)
    end = first + meta[_SIZE][1]
    return Chunk([file[first:end]], _moved(meta, -first))


def _moved(meta: Fields, shift: int) -> Fields:
    moved = dict(meta)
    for number in _OFFSETS:
        if number in moved:
            kind, offset = moved[number]
            moved[number] = (kind, offset + shift)
    return moved


class Splicer:
    """Writes one Parquet file from independently encoded chunks. For use by one thread.

    Args:
        write: Writes the file's bytes in order; takes any number of parts.
        footer: The footer of a Parquet file without rows, made with the same schema and
            settings as all that is appended; the result has its schema and metadata.
    """

    def __init__(self, write: Callable[..., None], footer: Fields) -> None:
        self._write = write
        self._footer = dict(footer)
        self._row_groups: list[bytes] = []
        self._num_rows = 0
        self._position = len(MAGIC)
        write(MAGIC)

    def append(self, rows: int, chunks: Sequence[Chunk]) -> None:
        """Writes a row group after the previous ones."""
        start = self._position
        columns = []
        for chunk in chunks:
            meta = _moved(chunk.meta, self._position)
            columns.append({2: (I64, 0), _CHUNK_META: (STRUCT, meta)})
            self._position += meta[_SIZE][1]
        self._write(*[part for chunk in chunks for part in chunk.parts])
        plain = sum([chunk.meta[_PLAIN_SIZE][1] for chunk in chunks])
        group: Fields = {
            _COLUMNS: (LIST, (STRUCT, columns)),
            2: (I64, plain),
            3: (I64, rows),
            5: (I64, start),
            6: (I64, self._position - start),
        }
        if len(self._row_groups) <= _LAST_ORDINAL:  # optional, and 16 bits wide
            group[7] = (I16, len(self._row_groups))
        # Bytes, since thousands of groups would take much memory as Python objects.
        self._row_groups.append(write_fields(group))
        self._num_rows += rows

    def finish(self) -> None:
        """Writes the footer."""
        self._footer[_NUM_ROWS] = (I64, self._num_rows)
        self._footer[_ROW_GROUPS] = (LIST, (STRUCT, self._row_groups))
        footer = write_fields(self._footer)
        self._write(footer, struct.pack("<I", len(footer)), MAGIC)


def merged(names: Sequence[str], own: dict[int, Chunk], others: Sequence[Chunk]) -> Iterator[Chunk]:
    """Sorts chunks by the order of the columns.

    Args:
        names: The names of all columns.
        own: The chunks of some of them, by column index.
        others: The chunks of all others in order; nested columns have several.
    """
    place = 0
    for index, name in enumerate(names):
        if index in own:
            yield own[index]
            continue
        while place < len(others) and others[place].name == name.encode():
            yield others[place]
            place += 1
