import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from thrift.Thrift import TType

from biometal_stream.sinks.splice import (
    RowGroups,
    Splicer,
    read_fields,
    read_row_groups,
    write_fields,
)

plain = {
    TType.BOOL: st.booleans(),
    TType.BYTE: st.integers(-(2**7), 2**7 - 1),
    TType.I16: st.integers(-(2**15), 2**15 - 1),
    TType.I32: st.integers(-(2**31), 2**31 - 1),
    TType.I64: st.integers(-(2**63), 2**63 - 1),
    TType.DOUBLE: st.floats(allow_nan=False),
    TType.STRING: st.binary(max_size=40),
}


def typed(values):
    """Pairs of a type and a value, and lists and maps of one type."""
    single = st.one_of([st.tuples(st.just(kind), each) for kind, each in values.items()])
    lists = st.one_of(
        [
            st.tuples(st.just(TType.LIST), st.tuples(st.just(kind), st.lists(each, max_size=20)))
            for kind, each in values.items()
        ]
    )
    maps = st.tuples(
        st.just(TType.MAP),
        st.tuples(
            st.just(TType.STRING),
            st.just(TType.I32),
            st.lists(st.tuples(plain[TType.STRING], plain[TType.I32]), min_size=1, max_size=3),
        ),
    )
    return st.one_of(single, lists, maps)


def structs(values):
    return st.dictionaries(st.integers(1, 200), typed(values), max_size=6)


@given(structs({**plain, TType.STRUCT: structs(plain)}))
def test_fields_survive(fields):
    assert read_fields(write_fields(fields)) == fields


def test_a_real_footer_survives_byte_for_byte():
    stream = io.BytesIO()
    table = pa.table({"a": ["x", None], "b": [[1, 2], []], "c": pa.array([1.5, 2.5])})
    pq.write_table(table, stream, write_page_index=True)
    file = stream.getvalue()
    footer = file[-8 - int.from_bytes(file[-8:-4], "little") : -8]
    assert write_fields(read_fields(footer)) == footer


def encoded(table, **settings):
    stream = io.BytesIO()
    with pq.ParquetWriter(stream, table.schema, **settings) as writer:
        if table.num_rows:
            writer.write_table(table, row_group_size=3)
    return read_row_groups(stream.getvalue())


@pytest.mark.parametrize("settings", [{}, {"write_page_index": True}, {"use_dictionary": False}])
def test_several_files_become_one(settings):
    table = pa.table({"a": [f"text {n % 3}" for n in range(20)], "b": list(range(20))})
    table = table.replace_schema_metadata({"who": "me"})
    out = io.BytesIO()
    splicer = Splicer(out.write, encoded(table.slice(0, 0), **settings))
    for start, stop in [(0, 8), (8, 8), (8, 9), (9, 20)]:
        splicer.append(encoded(table.slice(start, stop - start), **settings))
    splicer.finish()
    file = pq.ParquetFile(io.BytesIO(out.getvalue()))
    assert file.read().equals(table, check_metadata=True)
    assert file.metadata.num_row_groups == 3 + 1 + 4
    assert [file.read_row_group(n).num_rows for n in range(8)] == [3, 3, 2, 1, 3, 3, 3, 2]
    if "write_page_index" in settings:
        chunk = file.metadata.row_group(6).column(1)
        assert chunk.has_column_index
        assert chunk.has_offset_index
        offsets = read_row_groups(out.getvalue()).footer[4][1][1][6][1][1][1][1]
        assert 0 < offsets[6][1] < len(out.getvalue())


def test_every_offset_is_shifted():
    meta = {4: (TType.I32, 6), 9: (TType.I64, 40), 10: (TType.I64, 50), 11: (TType.I64, 4)}
    meta |= {14: (TType.I64, 60), 15: (TType.I32, 7), 99: (TType.STRING, b"new")}
    chunk = {2: (TType.I64, 0), 3: (TType.STRUCT, meta), 4: (TType.I64, 70), 5: (TType.I32, 8)}
    chunk |= {6: (TType.I64, 80), 7: (TType.I32, 9)}
    group = {1: (TType.LIST, (TType.STRUCT, [chunk])), 3: (TType.I64, 2), 5: (TType.I64, 4)}
    group |= {7: (TType.I16, 0)}
    footer = {3: (TType.I64, 2), 4: (TType.LIST, (TType.STRUCT, [group]))}
    part = RowGroups(memoryview(b"x" * 100), footer)
    out = io.BytesIO()
    splicer = Splicer(out.write, part)
    splicer.append(part)
    splicer.append(part)
    splicer.finish()
    found = read_row_groups(out.getvalue()).footer
    assert found[3][1] == 4
    first, second = found[4][1][1]
    assert first == group
    assert (second[5][1], second[7][1]) == (104, 1)
    (moved,) = second[1][1][1]
    assert {n: moved[n][1] for n in (2, 4, 5, 6, 7)} == {2: 0, 4: 170, 5: 8, 6: 180, 7: 9}
    new = {n: value for n, (_, value) in moved[3][1].items()}
    assert new == {4: 6, 9: 140, 10: 150, 11: 104, 14: 160, 15: 7, 99: b"new"}


@pytest.mark.parametrize("file", [b"", b"PAR1" + b"x" * 20, b"PAR1\xff\xff\xff\x7fPAR1"])
def test_what_is_no_parquet(file):
    with pytest.raises(ValueError, match="Parquet file"):
        read_row_groups(file)
