import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from thrift.protocol.TCompactProtocol import TCompactProtocol
from thrift.Thrift import TType
from thrift.transport.TTransport import TMemoryBuffer

from biometal_stream.sinks.parquet import thrift
from biometal_stream.sinks.parquet.thrift import read_fields, write_fields

plain = {
    thrift.BOOL: st.booleans(),
    thrift.BYTE: st.integers(-(2**7), 2**7 - 1),
    thrift.I16: st.integers(-(2**15), 2**15 - 1),
    thrift.I32: st.integers(-(2**31), 2**31 - 1),
    thrift.I64: st.integers(-(2**63), 2**63 - 1),
    thrift.DOUBLE: st.floats(allow_nan=False),
    thrift.BINARY: st.binary(max_size=40),
}
THEIRS = {
    thrift.BOOL: (TType.BOOL, "Bool"),
    thrift.BYTE: (TType.BYTE, "Byte"),
    thrift.I16: (TType.I16, "I16"),
    thrift.I32: (TType.I32, "I32"),
    thrift.I64: (TType.I64, "I64"),
    thrift.DOUBLE: (TType.DOUBLE, "Double"),
    thrift.BINARY: (TType.STRING, "Binary"),
    thrift.LIST: (TType.LIST, ""),
    thrift.SET: (TType.SET, ""),
    thrift.MAP: (TType.MAP, ""),
    thrift.STRUCT: (TType.STRUCT, ""),
}


def write(protocol, kind, value):
    """Writes a value as the library `thrift` does."""
    if kind == thrift.STRUCT:
        protocol.writeStructBegin("")
        for number, (own, each) in sorted(value.items()):
            protocol.writeFieldBegin("", THEIRS[own][0], number)
            write(protocol, own, each)
            protocol.writeFieldEnd()
        protocol.writeFieldStop()
        protocol.writeStructEnd()
    elif kind in {thrift.LIST, thrift.SET}:
        element, values = value
        protocol.writeListBegin(THEIRS[element][0], len(values))
        for each in values:
            write(protocol, element, each)
        protocol.writeListEnd()
    elif kind == thrift.MAP:
        keys, values, items = value
        protocol.writeMapBegin(THEIRS[keys][0], THEIRS[values][0], len(items))
        for key, each in items:
            write(protocol, keys, key)
            write(protocol, values, each)
        protocol.writeMapEnd()
    else:
        getattr(protocol, f"write{THEIRS[kind][1]}")(value)


def theirs(fields):
    transport = TMemoryBuffer()
    write(TCompactProtocol(transport), thrift.STRUCT, fields)
    return transport.getvalue()


def typed(values):
    """Pairs of a type and a value, and lists, sets and maps of one type."""
    single = st.one_of([st.tuples(st.just(kind), each) for kind, each in values.items()])
    lists = st.one_of(
        [
            st.tuples(
                st.sampled_from([thrift.LIST, thrift.SET]),
                st.tuples(st.just(kind), st.lists(each, max_size=20)),
            )
            for kind, each in values.items()
        ]
    )
    items = st.lists(st.tuples(plain[thrift.BINARY], plain[thrift.I32]), min_size=1, max_size=3)
    maps = st.tuples(
        st.just(thrift.MAP), st.tuples(st.just(thrift.BINARY), st.just(thrift.I32), items)
    )
    return st.one_of(single, lists, maps)


def structs(values):
    return st.dictionaries(st.integers(1, 200), typed(values), max_size=6)


@given(structs({**plain, thrift.STRUCT: structs(plain)}))
def test_the_library_writes_the_same_and_fields_survive(fields):
    written = write_fields(fields)
    assert written == theirs(fields)
    assert read_fields(written) == fields


def test_an_empty_map_has_no_types():
    fields = {1: (thrift.MAP, (0, 0, []))}
    assert write_fields(fields) == bytes([0x1B, 0, 0])
    assert read_fields(write_fields(fields)) == fields


def test_a_real_footer_survives_byte_for_byte():
    stream = io.BytesIO()
    table = pa.table({"a": ["x", None], "b": [[1, 2], []], "c": pa.array([1.5, 2.5])})
    pq.write_table(table, stream, write_page_index=True)
    file = stream.getvalue()
    footer = file[-8 - int.from_bytes(file[-8:-4], "little") : -8]
    assert write_fields(read_fields(footer)) == footer


def test_what_is_cut_short_or_of_no_known_type():
    written = write_fields({1: (thrift.BINARY, b"text"), 2: (thrift.I64, 1 << 40)})
    for end in range(len(written)):
        with pytest.raises(ValueError, match="truncated"):
            read_fields(written[:end])
    with pytest.raises(ValueError, match="unknown type 14"):
        read_fields(bytes([0x1E]))
