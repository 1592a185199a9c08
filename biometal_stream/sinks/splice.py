"""Joins Parquet files of one row group each into one file, without decoding them.

A Parquet file is the magic number, the column chunks, a footer in Thrift's compact protocol,
the footer's length and the magic number again. Row groups do not know where they stand: only
the footer says so. So chunks that were encoded apart are written one after the other, and the
offsets in their footers are shifted by where each came to stand. Fields are told by their
number and type alone, so that whatever a newer writer adds is kept.

The numbers of the fields are those of ``parquet.thrift`` in the Parquet format, version 2.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from thrift.protocol.TCompactProtocol import TCompactProtocol
from thrift.Thrift import TType
from thrift.transport.TTransport import TMemoryBuffer

Fields: TypeAlias = dict[int, tuple[int, Any]]
"""A Thrift struct: each field's number with its type and value, in the order of the file."""

MAGIC = b"PAR1"

# FileMetaData
_NUM_ROWS = 3
_ROW_GROUPS = 4
# RowGroup
_COLUMNS = 1
_GROUP_ROWS = 3
_GROUP_OFFSET = 5
_ORDINAL = 7
_LAST_ORDINAL = 2**15 - 1
# ColumnChunk: file, offset index, column index
_CHUNK_META = 3
_CHUNK_OFFSETS = (2, 4, 6)
# ColumnMetaData: data page, index page, dictionary page, Bloom filter
_META_OFFSETS = (9, 10, 11, 14)


@dataclass(frozen=True)
class RowGroups:
    """The content of a Parquet file that was encoded apart.

    Attributes:
        body: All bytes between the first magic number and the footer.
        footer: The fields of the footer.
    """

    body: memoryview
    footer: Fields

    @property
    def num_rows(self) -> int:
        """The rows of all row groups."""
        return int(self.footer[_NUM_ROWS][1])


def read_row_groups(file: bytes | memoryview) -> RowGroups:
    """Takes a Parquet file apart.

    Args:
        file: All of its bytes; they are referred to, not copied.

    Raises:
        ValueError: It is no Parquet file, or an encrypted one.
    """
    view = memoryview(file).cast("B")
    if len(view) < 12 or bytes(view[:4]) != MAGIC or bytes(view[-4:]) != MAGIC:
        raise ValueError("not a Parquet file")
    (length,) = struct.unpack("<I", view[-8:-4])
    start = len(view) - 8 - length
    if start < 4:
        raise ValueError("a Parquet file that is shorter than its footer")
    return RowGroups(view[4:start], read_fields(bytes(view[start:-8])))


class Splicer:
    """Writes one Parquet file of row groups that were encoded apart. Belongs to one thread.

    Args:
        write: Takes the file's bytes in their order.
        empty: A Parquet file without rows, made with the same schema and settings as all that
            is appended: its schema and metadata become those of the result.
    """

    def __init__(self, write: Callable[[bytes | memoryview], None], empty: RowGroups) -> None:
        self._write = write
        self._footer = dict(empty.footer)
        self._row_groups: list[bytes] = []
        self._num_rows = 0
        self._position = len(MAGIC)
        write(MAGIC)

    def append(self, part: RowGroups) -> None:
        """Writes row groups after those that came before."""
        self._write(part.body)
        shift = self._position - len(MAGIC)
        _, (_, groups) = part.footer[_ROW_GROUPS]
        for group in groups:
            # Bytes, since thousands of groups as Python objects would not be small.
            self._row_groups.append(write_fields(_shifted(group, shift, len(self._row_groups))))
            self._num_rows += int(group[_GROUP_ROWS][1])
        self._position += len(part.body)

    def finish(self) -> None:
        """Writes the footer."""
        self._footer[_NUM_ROWS] = (TType.I64, self._num_rows)
        self._footer[_ROW_GROUPS] = (TType.LIST, (TType.STRUCT, self._row_groups))
        footer = write_fields(self._footer)
        self._write(footer)
        self._write(struct.pack("<I", len(footer)) + MAGIC)


def _shifted(group: Fields, shift: int, ordinal: int) -> Fields:
    kind, (element, chunks) = group[_COLUMNS]
    moved = [_move(chunk, _CHUNK_OFFSETS, shift) for chunk in chunks]
    for chunk in moved:
        if _CHUNK_META in chunk:
            meta_kind, meta = chunk[_CHUNK_META]
            chunk[_CHUNK_META] = (meta_kind, _move(meta, _META_OFFSETS, shift))
    group = _move(group, (_GROUP_OFFSET,), shift)
    group[_COLUMNS] = (kind, (element, moved))
    if _ORDINAL in group:  # optional, and of 16 bits
        if ordinal <= _LAST_ORDINAL:
            group[_ORDINAL] = (TType.I16, ordinal)
        else:
            del group[_ORDINAL]
    return group


def _move(fields: Fields, numbers: tuple[int, ...], shift: int) -> Fields:
    moved = dict(fields)
    for number in numbers:
        if number in moved:
            kind, offset = moved[number]
            if offset:  # 0 is how writers say "nowhere"
                moved[number] = (kind, offset + shift)
    return moved


def read_fields(data: bytes) -> Fields:
    """Reads a struct of Thrift's compact protocol without knowing what it means.

    Lists are pairs of the elements' type and the elements; maps are triples of both types and
    the items. Texts stay bytes.
    """
    protocol = TCompactProtocol(TMemoryBuffer(data), string_length_limit=len(data))
    return _read_struct(protocol)


def write_fields(fields: Fields) -> bytes:
    """Writes what `read_fields` reads; an element of a list of structs may be its bytes."""
    transport = TMemoryBuffer()
    _write_struct(TCompactProtocol(transport), fields)
    return bytes(transport.getvalue())


def _read_struct(protocol: Any) -> Fields:
    fields: Fields = {}
    protocol.readStructBegin()
    while True:
        _, kind, number = protocol.readFieldBegin()
        if kind == TType.STOP:
            break
        fields[number] = (kind, _read(protocol, kind))
        protocol.readFieldEnd()
    protocol.readStructEnd()
    return fields


def _read(protocol: Any, kind: int) -> Any:
    if kind == TType.STRUCT:
        return _read_struct(protocol)
    if kind in {TType.LIST, TType.SET}:
        element, size = protocol.readListBegin()
        values = [_read(protocol, element) for _ in range(size)]
        protocol.readListEnd()
        return element, values
    if kind == TType.MAP:
        keys, values, size = protocol.readMapBegin()
        items = [(_read(protocol, keys), _read(protocol, values)) for _ in range(size)]
        protocol.readMapEnd()
        return keys, values, items
    return getattr(protocol, f"read{_PLAIN[kind]}")()


def _write_struct(protocol: Any, fields: Fields) -> None:
    protocol.writeStructBegin("")
    for number, (kind, value) in sorted(fields.items()):
        protocol.writeFieldBegin("", kind, number)
        _write(protocol, kind, value)
        protocol.writeFieldEnd()
    protocol.writeFieldStop()
    protocol.writeStructEnd()


def _write(protocol: Any, kind: int, value: Any) -> None:
    if kind == TType.STRUCT:
        if isinstance(value, bytes):
            protocol.trans.write(value)
        else:
            _write_struct(protocol, value)
    elif kind in {TType.LIST, TType.SET}:
        element, values = value
        protocol.writeListBegin(element, len(values))
        for each in values:
            _write(protocol, element, each)
        protocol.writeListEnd()
    elif kind == TType.MAP:
        key_kind, value_kind, items = value
        protocol.writeMapBegin(key_kind, value_kind, len(items))
        for key, each in items:
            _write(protocol, key_kind, key)
            _write(protocol, value_kind, each)
        protocol.writeMapEnd()
    else:
        getattr(protocol, f"write{_PLAIN[kind]}")(value)


_PLAIN = {
    TType.BOOL: "Bool",
    TType.BYTE: "Byte",
    TType.I16: "I16",
    TType.I32: "I32",
    TType.I64: "I64",
    TType.DOUBLE: "Double",
    TType.STRING: "Binary",
}
