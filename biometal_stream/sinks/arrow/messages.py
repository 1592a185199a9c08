"""Record batches of Arrow's IPC format, put together of batches as they lie in memory.

pyarrow needs a batch in one morsel and copies it into its message. Text is most of a batch of
reads; here it is referred to where it lies, and copied by nobody before the system writes it.

A message is four bytes of ones, the length of its head, the head in FlatBuffers, and a body of
buffers. The heads of all batches of one schema differ in numbers of fixed places only: so
pyarrow makes one, and those numbers are put in place. The layouts are those of the Arrow
columnar format, section "Serialization and Interprocess Communication".
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from biometal_stream.columns import text_of
from biometal_stream.sinks.buffers import Bytes, validity
from biometal_stream.sinks.rebatch import LARGEST

_ALIGNMENT = 8
_PREFIX = 8
_NODE = struct.Struct("<qq")
# Message: header, bodyLength. RecordBatch: length, nodes, buffers.
_HEADER, _BODY_LENGTH = 2, 3
_LENGTH, _NODES, _BUFFERS = 0, 1, 2


@dataclass(frozen=True)
class Message:
    """A record batch as it stands in a file.

    Attributes:
        parts: Its bytes: the head, then those of the body.
        body: The length of the body.
    """

    parts: list[Bytes]
    body: int


def fits(schema: pa.Schema) -> bool:
    """Whether `Messages` knows all types of a schema: text, and numbers of whole bytes."""
    return all(_is_text(field.type) or _is_number(field.type) for field in schema)


class Messages:
    """Makes the record batches of one schema, which `fits`. Safe to share between threads."""

    def __init__(self, schema: pa.Schema) -> None:
        one = [pa.array(["-"] if _is_text(kind) else [0], kind) for kind in schema.types]
        batch = pa.RecordBatch.from_arrays(one, schema=schema)
        message = memoryview(batch.serialize())
        (length,) = struct.unpack_from("<i", message, 4)
        self._head = bytes(message[: _PREFIX + length])
        root = _follow(self._head, _PREFIX)
        header = _follow(self._head, field_place(self._head, root, _HEADER))
        self._body_length = field_place(self._head, root, _BODY_LENGTH)
        self._length = field_place(self._head, header, _LENGTH)
        self._nodes = _follow(self._head, field_place(self._head, header, _NODES)) + 4
        self._buffers = _follow(self._head, field_place(self._head, header, _BUFFERS)) + 4

    def encode(self, batches: list[pa.RecordBatch]) -> Message:
        """Makes one record batch of several."""
        head = bytearray(self._head)
        body: list[Bytes] = []
        place = 0
        node, buffer = self._nodes, self._buffers
        rows = sum(batch.num_rows for batch in batches)
        for columns in zip(*(batch.columns for batch in batches), strict=True):
            nulls = sum(column.null_count for column in columns)
            _NODE.pack_into(head, node, rows, nulls)
            node += _NODE.size
            for parts in _buffers(columns, nulls):
                size = sum(map(len, parts))
                _NODE.pack_into(head, buffer, place, size)
                buffer += _NODE.size
                body += parts
                if padding := -size % _ALIGNMENT:
                    body.append(bytes(padding))
                place += size + padding
        struct.pack_into("<q", head, self._length, rows)
        struct.pack_into("<q", head, self._body_length, place)
        return Message([bytes(head), *body], place)


def _buffers(columns: tuple[pa.Array, ...], nulls: int) -> list[list[Bytes]]:
    """The buffers of one column, each in parts."""
    valid: list[Bytes] = []
    if nulls:
        valid = [validity(columns)]
    columns = tuple(column for column in columns if len(column))
    kind = columns[0].type
    values: list[Bytes] = []
    if not _is_text(kind):
        width = kind.bit_width // 8
        for column in columns:
            data = memoryview(column.buffers()[1]).cast("B")
            values.append(data[column.offset * width : (column.offset + len(column)) * width])
        return [valid, values]
    large = pa.types.is_large_string(kind)
    stored = np.dtype(np.int64 if large else np.int32)
    ends: list[NDArray[np.signedinteger]] = [np.zeros(1, stored)]
    before = 0
    for column in columns:
        offsets, text = text_of(column)
        first, last = int(offsets[0]), int(offsets[-1])
        if not large and before + last - first > LARGEST:
            raise OverflowError("more than 2 GiB of text in one batch")
        ends.append(offsets[1:] + stored.type(before - first))
        before += last - first
        values.append(text)
    return [valid, [np.concatenate(ends).data.cast("B")], values]


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _is_number(kind: pa.DataType) -> bool:
    return bool(
        (pa.types.is_integer(kind) or pa.types.is_floating(kind)) and kind.bit_width % 8 == 0
    )


def field_place(buffer: bytes | bytearray, table: int, number: int) -> int:
    """Where a field of a FlatBuffers table stands; it must be there."""
    (back,) = struct.unpack_from("<i", buffer, table)
    (slot,) = struct.unpack_from("<H", buffer, table - back + 4 + 2 * number)
    return table + int(slot)


def _follow(buffer: bytes, place: int) -> int:
    (distance,) = struct.unpack_from("<I", buffer, place)
    return place + int(distance)
