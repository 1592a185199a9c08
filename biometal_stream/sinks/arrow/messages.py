"""Record batches of Arrow's IPC format, assembled from batches in memory without a copy.

pyarrow needs a morsel as one batch, and copies it into its message. Most of a batch of reads is
text. Here the message refers to that text, which is not copied before the system writes it.

A message is four bytes of ones, the length of its head, the head in FlatBuffers, and a body of
buffers. The heads of all batches of a schema differ only in numbers at fixed offsets: so pyarrow
makes one, and these numbers are replaced. The layouts are those of the Arrow columnar format,
section "Serialization and Interprocess Communication".
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
    """A record batch as it is stored in a file.

    Attributes:
        parts: Its bytes: the head, then the buffers of the body.
        body: The length of the body in bytes.
    """

    parts: list[Bytes]
    body: int


def fits(schema: pa.Schema) -> bool:
    """Whether `Messages` supports all types of a schema: text, and numbers of whole bytes."""
    return all(_is_text(field.type) or _is_number(field.type) for field in schema)


class Messages:
    """Encodes record batches of a schema that `fits`. Thread-safe."""

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
        """Encodes several batches as one."""
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
    """The offset of a field of a FlatBuffers table; the field must be present."""
    (back,) = struct.unpack_from("<i", buffer, table)
    (slot,) = struct.unpack_from("<H", buffer, table - back + 4 + 2 * number)
    return table + int(slot)


def _follow(buffer: bytes, place: int) -> int:
    (distance,) = struct.unpack_from("<I", buffer, place)
    return place + int(distance)
