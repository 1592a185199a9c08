import io

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st
from thrift.Thrift import TType

from biometal_stream.sinks.parquet.thrift import read_fields, write_fields

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
