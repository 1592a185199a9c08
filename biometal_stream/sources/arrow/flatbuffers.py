"""What pyarrow does not give of an Arrow file: where its batches are, and their rows.

The layout is that of the Arrow columnar format, ``File.fbs`` and ``Message.fbs``, and of
FlatBuffers' tables and vectors.
"""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

BLOCK = np.dtype([("offset", "<i8"), ("head", "<i4"), ("pad", "<i4"), ("body", "<i8")])
"""Where a batch starts, and the size of its head and body in bytes."""

_FOOTER_BATCHES = 3  # Footer.recordBatches
_MESSAGE_HEADER = 2  # Message.header
_LENGTH = 0  # RecordBatch.length


def footer_blocks(footer: bytes) -> NDArray[np.void]:
    """The blocks of the batches in a file's footer, in order.

    Raises:
        struct.error: The footer is damaged.
        ValueError: Likewise.
    """
    place = _field(footer, _root(footer), _FOOTER_BATCHES)
    if place is None:
        return np.zeros(0, BLOCK)
    vector = _follow(footer, place)
    (number,) = struct.unpack_from("<I", footer, vector)
    return np.frombuffer(footer, BLOCK, number, vector + 4)


def message_rows(head: bytes) -> int:
    """The number of rows of a batch, from the head of its message.

    Args:
        head: The head as in the file, with the length before it.

    Raises:
        struct.error: The head is damaged.
    """
    message = head[8:] if head[:4] == b"\xff\xff\xff\xff" else head[4:]  # before Arrow 0.15
    header = _field(message, _root(message), _MESSAGE_HEADER)
    if header is None:
        return 0
    place = _field(message, _follow(message, header), _LENGTH)
    if place is None:  # 0 is the default, which is not stored
        return 0
    (rows,) = struct.unpack_from("<q", message, place)
    return int(rows)


def _root(buffer: bytes) -> int:
    return _follow(buffer, 0)


def _field(buffer: bytes, table: int, number: int) -> int | None:
    """Where a field of a table is; ``None`` if it has its default."""
    (back,) = struct.unpack_from("<i", buffer, table)
    (size,) = struct.unpack_from("<H", buffer, table - back)
    slot = 4 + 2 * number
    if slot + 2 > size:
        return None
    (distance,) = struct.unpack_from("<H", buffer, table - back + slot)
    return table + int(distance) if distance else None


def _follow(buffer: bytes, place: int) -> int:
    (distance,) = struct.unpack_from("<I", buffer, place)
    return place + int(distance)
