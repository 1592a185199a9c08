"""The kernel that makes whole pages of text: encoded, compressed and with their headers.

One call makes all pages of a morsel. Between two calls that touch megabytes, Python's own code and
data have left the processor's caches, so a few lines of Python take a tenth of a millisecond, in
which no other thread runs Python.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from biometal_stream.simd.compiler import inlined
from biometal_stream.simd.foreign import address_of, call
from biometal_stream.simd.jit import kernel
from biometal_stream.simd.words import Word
from biometal_stream.sinks.parquet.bases import BLOCK, count_other_bases, put_bases
from biometal_stream.sinks.parquet.bodies import (
    SliceTable,
    moved_up,
    put_similar_texts,
    put_texts,
    text_bytes,
)
from biometal_stream.sinks.parquet.deltas import put_varint

TEXTS, BASES, SIMILAR = range(3)
"""How a column is encoded, as by the classes of `texts`."""
HEADER_ROOM = 64
"""The most bytes of a header, and a few more."""

_BASES_PER_OTHER = 512
_ROWS = 3
_KIND, _ENCODING, _CHOOSES = range(3)
_ZERO = np.uint64(0)
_ONE = np.uint64(1)
_TWO = np.uint64(2)
_RLE = np.uint64(3)
_ROOM = np.uint64(HEADER_ROOM)


@kernel
def measure_pages(
    origin: NDArray[np.uint8], slices: SliceTable, batches: NDArray[np.int64], columns: int
) -> tuple[int, int]:
    """Measures the texts of a morsel.

    Args:
        origin: `slices.ORIGIN`.
        slices: As for `put_pages`.
        batches: As for `put_pages`.
        columns: The number of columns.

    Returns:
        The bytes of the largest text of a page and column, and of all texts.
    """
    most = total = np.int64(0)
    every = batches[len(batches) - 1]
    for column in range(columns):
        for page in range(len(batches) - 1):
            first = column * every + batches[page]
            table = slices[first : column * every + batches[page + 1]]
            size = np.int64(text_bytes(origin, table))
            most = max(most, size)
            total += size
    return int(most), int(total)


@inlined
def _put_header(out: NDArray[np.uint8], plain: Any, size: Any, rows: Any, encoding: Any) -> Word:
    """Writes the header of a data page, as `pages.page_header`; returns its bytes."""
    out[0] = 0x15
    out[1] = 0x00
    out[2] = 0x15
    to = put_varint(out, np.uint64(3), _TWO * plain)
    out[to] = 0x15
    to = put_varint(out, to + _ONE, _TWO * size)
    out[to] = 0x2C
    out[to + _ONE] = 0x15
    to = put_varint(out, to + _TWO, _TWO * rows)
    out[to] = 0x15
    to = put_varint(out, to + _ONE, _TWO * encoding)
    for _level in range(_TWO):
        out[to] = 0x15
        out[to + _ONE] = _TWO * _RLE
        to += _TWO
    out[to] = 0
    out[to + _ONE] = 0
    return to + _TWO


@inlined
def _compress(
    compress: Any, context: Any, page: Any, start: Any, size: Any, out: Any, to: Any
) -> Word:
    """Compresses a part of a page, and returns the bytes; an error is more than there is room."""
    room = np.uint64(len(out)) - to
    source, target = address_of(page, start), address_of(out, to)
    return call(compress, context, target, room, source, size)


@inlined
def _is_packed(
    compress: Any, context: Any, page: Any, start: Any, size: Any, out: Any, to: Any
) -> bool:
    """Whether two bits per base are fewer than zstd needs, by a block from the middle."""
    block = np.uint64(BLOCK)
    if size < block:
        return False
    first: Any = np.int64(start)
    count: Any = np.int64(size)
    others = count_other_bases(page, first, count)
    if np.uint64(others) > size // np.uint64(_BASES_PER_OTHER):
        return False
    middle = start + (size - block) // _TWO
    return bool(_compress(compress, context, page, middle, block, out, to) >= block // np.uint64(4))


@kernel(writes=("numbers", "text", "page", "out", "sizes"))
def put_pages(
    origin: NDArray[np.uint8],
    slices: SliceTable,
    batches: NDArray[np.int64],
    values: NDArray[np.int64],
    columns: SliceTable,
    levels: NDArray[np.uint8],
    level_ends: NDArray[np.int64],
    zstd: NDArray[np.uint64],
    rows_room: int,
    numbers: NDArray[np.int64],
    text: NDArray[np.uint8],
    page: NDArray[np.uint8],
    out: NDArray[np.uint8],
    sizes: SliceTable,
) -> np.int64:
    """Makes pages of text, compressed with zstd.

    Args:
        origin: `slices.ORIGIN`.
        slices: Of `slices.text_slices`, for each column and in it for each batch: ``int64``,
            (columns * batches, 4).
        batches: ``int64``, (pages + 1,): the first batch of each page, and the number of batches.
        values: ``int64``, (pages,): the rows of each page, nulls included.
        columns: ``int64``, (columns, 3): the kind of encoding, Parquet's number for it, and whether
            bases may take two bits.
        levels: ``uint8``: the definition levels of each column and page.
        level_ends: ``int64``, (columns * pages + 1,): where these begin and end.
        zstd: ``uint64``, (1 + columns,): the address of ``ZSTD_compress2`` and of the context for
            each column.
        rows_room: `deltas.packed_room` of the most rows of a page.
        numbers: ``int64``, (3 * rows + 1,) for the most rows of a page: temporary memory.
        text: ``uint8``, (bytes of the largest text,): likewise.
        page: ``uint8``, (bytes of the largest page,): likewise, with `bases.PADDING`.
        out: Output, ``uint8``.
        sizes: Output, ``int64``, (columns * pages, 4): for each page, where it starts and stops in
            ``out``, its bytes before compression, and those of its text.

    Returns:
        The bytes written to ``out``; -1 if zstd fails.
    """
    to = _ZERO
    pages = len(batches) - 1
    every = batches[pages]
    for place in range(len(columns) * pages):
        column = place // pages
        part = place % pages
        table = slices[column * every + batches[part] : column * every + batches[part + 1]]
        rows = 0
        for index in range(len(table)):
            rows += table[index, _ROWS]
        nbytes: Any = np.int64(text_bytes(origin, table))
        level_bytes = level_ends[place + 1] - level_ends[place]
        kind = columns[column, _KIND]
        if kind == SIMILAR:
            before = level_bytes + 2 * rows_room
            packed, left = put_similar_texts(
                origin, table, text, numbers[: 3 * rows + 1], page, before
            )
        else:
            before = level_bytes + rows_room
            packed = put_texts(origin, table, numbers[:rows], page, before)
            left = nbytes
        start: Any = np.uint64(before - np.int64(packed) - level_bytes)
        for index in range(level_bytes):
            page[start + np.uint64(index)] = levels[level_ends[place] + index]
        plain = np.uint64(before + np.int64(left)) - start

        compress, context = zstd[0], zstd[1 + column]
        begin: Any = np.int64(start)
        body = to + _ROOM
        first, count = np.uint64(before), np.uint64(nbytes)
        if (
            kind == BASES
            and columns[column, _CHOOSES] != 0
            and _is_packed(compress, context, page, first, count, out, body)
        ):
            size = np.uint64(put_bases(page, begin, before, nbytes, out[body:]))
        else:
            size = _compress(compress, context, page, start, plain, out, body)
        if size > np.uint64(len(out)):
            return np.int64(-1)
        head = out[to:body]
        encoding = np.uint64(columns[column, _ENCODING])
        header = _put_header(head, plain, size, np.uint64(values[part]), encoding)
        moved_up(head, header, _ROOM)
        sizes[place, 0] = np.int64(body - header)
        to = body + size
        sizes[place, 1] = np.int64(to)
        sizes[place, 2] = np.int64(plain + header)
        sizes[place, 3] = nbytes
    return np.int64(to)
