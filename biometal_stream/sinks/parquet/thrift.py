"""Structs of Thrift's compact protocol, which Parquet's headers and footers use.

They are read without knowing their meaning: fields are identified only by number and type, so that
additions of newer writers are kept. The library `thrift` does the same, but 20 times slower.
"""

from __future__ import annotations

import struct
from typing import Any, TypeAlias

BOOL = 1
"""In a field, 1 is true and 2 is false."""
BYTE = 3
I16 = 4
I32 = 5
I64 = 6
DOUBLE = 7
BINARY = 8
LIST = 9
SET = 10
MAP = 11
STRUCT = 12

Fields: TypeAlias = dict[int, tuple[int, Any]]
"""A struct: each field's number with its type and value, in the order of the file."""

_STOP = 0
_FALSE = 2
_LONG_LIST = 15
_FARTHEST = 15
"""The largest difference of two field numbers that fits in one byte with the type."""
_INTEGERS = frozenset({I16, I32, I64})


def read_fields(data: bytes) -> Fields:
    """Reads a struct of Thrift's compact protocol without knowing its meaning.

    Lists are pairs of the element type and the elements; maps are triples of both types and the
    items. Texts stay bytes.

    Raises:
        ValueError: The data is truncated, or a type is unknown.
    """
    try:
        return _Reader(data).fields()
    except (IndexError, struct.error) as error:
        raise ValueError("a truncated Thrift struct") from error


def write_fields(fields: Fields) -> bytes:
    """Writes what `read_fields` reads; an element of a list of structs may be its bytes."""
    out = bytearray()
    _put_fields(out, fields)
    return bytes(out)


def varint(value: int) -> bytes:
    """Encodes a number of at least 0, seven bits per byte, the lowest bits first."""
    found = bytearray()
    _put_varint(found, value)
    return bytes(found)


def zigzag(value: int) -> bytes:
    """Encodes a signed number as a `varint`: 0, -1, 1, -2 become 0, 1, 2, 3."""
    return varint(2 * value if value >= 0 else -2 * value - 1)


def _put_varint(out: bytearray, value: int) -> None:
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)


def _put_fields(out: bytearray, fields: Fields) -> None:
    before = 0
    for number, (kind, value) in sorted(fields.items()):
        told = _FALSE if kind == BOOL and not value else kind
        if 0 < number - before <= _FARTHEST:
            out.append((number - before) << 4 | told)
        else:
            out.append(told)
            out += zigzag(number)
        before = number
        if kind != BOOL:
            _put(out, kind, value)
    out.append(_STOP)


def _put(out: bytearray, kind: int, value: Any) -> None:
    if kind in _INTEGERS:
        out += zigzag(value)
    elif kind == BINARY:
        _put_varint(out, len(value))
        out += value
    elif kind == STRUCT:
        if isinstance(value, bytes):
            out += value
        else:
            _put_fields(out, value)
    elif kind in {LIST, SET}:
        element, values = value
        _put_list_head(out, element, len(values))
        for each in values:
            _put(out, element, each)
    elif kind == MAP:
        _put_map(out, *value)
    elif kind == DOUBLE:
        out += struct.pack("<d", value)
    elif kind == BYTE:
        out += struct.pack("b", value)
    else:  # a boolean in a list
        out.append(BOOL if value else _FALSE)


def _put_list_head(out: bytearray, element: int, count: int) -> None:
    if count < _LONG_LIST:
        out.append(count << 4 | element)
    else:
        out.append(_LONG_LIST << 4 | element)
        _put_varint(out, count)


def _put_map(out: bytearray, keys: int, values: int, items: list[tuple[Any, Any]]) -> None:
    _put_varint(out, len(items))
    if items:
        out.append(keys << 4 | values)
    for key, value in items:
        _put(out, keys, key)
        _put(out, values, value)


class _Reader:
    """Reads a struct from bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def fields(self) -> Fields:
        found: Fields = {}
        number = 0
        while (head := self._byte()) != _STOP:
            kind = head & 0x0F
            number = number + (head >> 4) if head >> 4 else self._zigzag()
            if kind in {BOOL, _FALSE}:
                found[number] = (BOOL, kind == BOOL)
            else:
                found[number] = (kind, self._value(kind))
        return found

    def _value(self, kind: int) -> Any:
        if kind in _INTEGERS:
            return self._zigzag()
        if kind == BINARY:
            return self._take(self._varint())
        if kind == STRUCT:
            return self.fields()
        if kind in {LIST, SET}:
            head = self._byte()
            element = head & 0x0F
            count = head >> 4 if head >> 4 < _LONG_LIST else self._varint()
            return BOOL if element == _FALSE else element, [
                self._value(element) for _ in range(count)
            ]
        if kind == MAP:
            return self._map()
        if kind == DOUBLE:
            return struct.unpack("<d", self._take(8))[0]
        if kind == BYTE:
            return struct.unpack("b", self._take(1))[0]
        if kind in {BOOL, _FALSE}:
            return self._byte() == BOOL
        raise ValueError(f"a Thrift struct with the unknown type {kind}")

    def _map(self) -> tuple[int, int, list[tuple[Any, Any]]]:
        count = self._varint()
        kinds = self._byte() if count else 0
        keys, values = kinds >> 4, kinds & 0x0F
        return keys, values, [(self._value(keys), self._value(values)) for _ in range(count)]

    def _byte(self) -> int:
        self._at += 1
        return self._data[self._at - 1]

    def _take(self, count: int) -> bytes:
        if count > len(self._data) - self._at:
            raise IndexError
        self._at += count
        return self._data[self._at - count : self._at]

    def _varint(self) -> int:
        value = shift = 0
        while (byte := self._byte()) > 0x7F:
            value |= (byte & 0x7F) << shift
            shift += 7
        return value | byte << shift

    def _zigzag(self) -> int:
        value = self._varint()
        return value >> 1 if value & 1 == 0 else -(value >> 1) - 1
