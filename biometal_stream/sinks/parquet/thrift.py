"""Structs of Thrift's compact protocol, which Parquet's headers and footers use.

They are read without knowing their meaning: fields are identified only by number and type, so that
additions of newer writers are kept.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from thrift.protocol.TCompactProtocol import TCompactProtocol
from thrift.Thrift import TType
from thrift.transport.TTransport import TMemoryBuffer

Fields: TypeAlias = dict[int, tuple[int, Any]]
"""A Thrift struct: each field's number with its type and value, in the order of the file."""


def read_fields(data: bytes) -> Fields:
    """Reads a struct of Thrift's compact protocol without knowing its meaning.

    Lists are pairs of the element type and the elements; maps are triples of both types and the
    items. Texts stay bytes.
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
