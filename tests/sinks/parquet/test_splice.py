import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from biometal_stream.sinks.parquet.splice import Chunk, Splicer, merged, read_chunks, read_footer
from biometal_stream.sinks.parquet.thrift import BINARY, I32, I64, LIST, STRUCT


def joining(out):
    return lambda *parts: out.writelines(parts)


def encoded(table, **settings):
    stream = io.BytesIO()
    with pq.ParquetWriter(stream, table.schema, **settings) as writer:
        if table.num_rows:
            writer.write_table(table)
    return stream.getvalue()


@pytest.mark.parametrize(
    "settings", [{}, {"write_page_index": True}, {"use_dictionary": False, "compression": "none"}]
)
def test_several_files_become_one(settings):
    table = pa.table({"a": [f"text {n % 3}" for n in range(20)], "b": [[n, n] for n in range(20)]})
    table = table.replace_schema_metadata({"who": "me"})
    out = io.BytesIO()
    splicer = Splicer(joining(out), read_footer(encoded(table.slice(0, 0), **settings)))
    for start, stop in [(0, 8), (8, 9), (9, 20)]:
        part = encoded(table.slice(start, stop - start), **settings)
        splicer.append(stop - start, read_chunks(part))
    splicer.finish()
    file = pq.ParquetFile(io.BytesIO(out.getvalue()))
    assert file.read().to_pylist() == table.to_pylist()
    assert file.schema_arrow.metadata == {b"who": b"me"}
    assert [file.read_row_group(n).num_rows for n in range(3)] == [8, 1, 11]
    groups = [file.metadata.row_group(n) for n in range(3)]
    assert sum(g.column(n).total_compressed_size for g in groups for n in range(2)) < len(
        out.getvalue()
    )
    # What stands outside of the chunks is not taken over, and not pointed to.
    assert not any(g.column(n).has_offset_index for g in groups for n in range(2))


def test_every_offset_is_moved():
    meta = {4: (I32, 6), 7: (I64, 60), 9: (I64, 40), 10: (I64, 50)}
    meta |= {6: (I64, 80), 11: (I64, 0), 14: (I64, 70), 99: (BINARY, b"n")}
    chunk = {2: (I64, 0), 3: (STRUCT, meta), 4: (I64, 70), 5: (I32, 8)}
    group = {1: (LIST, (STRUCT, [chunk])), 3: (I64, 2)}
    out = io.BytesIO()
    splicer = Splicer(joining(out), {4: (LIST, (STRUCT, [group]))})
    splicer.finish()
    bare = encoded_by_hand(group)
    (found,) = read_chunks(bare)
    assert b"".join(found.parts) == bare[40:100]
    assert found.meta == {
        4: (I32, 6),
        6: (I64, 80),
        7: (I64, 60),
        9: (I64, 0),
        10: (I64, 10),
        99: (BINARY, b"n"),
    }
    out = io.BytesIO()
    splicer = Splicer(joining(out), {1: (I32, 2)})
    splicer.append(2, [found, found])
    splicer.append(3, [found])
    splicer.finish()
    assert out.getvalue()[4:184] == bare[40:100] * 3
    footer = read_footer(out.getvalue())
    assert footer[3][1] == 5
    first, second = footer[4][1][1]
    assert [first[n][1] for n in (2, 3, 5, 6, 7)] == [160, 2, 4, 120, 0]
    assert [second[n][1] for n in (2, 3, 5, 6, 7)] == [80, 3, 124, 60, 1]
    places = [each[3][1][9][1] for g in (first, second) for each in g[1][1][1]]
    assert places == [4, 64, 124]


def encoded_by_hand(group):
    """A file of 200 bytes and a footer of one row group."""
    from biometal_stream.sinks.parquet.thrift import write_fields

    footer = write_fields({4: (LIST, (STRUCT, [group]))})
    return b"PAR1" + bytes(range(196)) + footer + len(footer).to_bytes(4, "little") + b"PAR1"


def test_columns_come_into_their_order():
    def chunk(name):
        return Chunk([], {3: (LIST, (BINARY, [name.encode(), b"leaf"]))})

    names = ["a", "own", "s", "s", "own", "z"]
    own = {1: chunk("own"), 4: chunk("own")}
    others = [chunk(name) for name in ("a", "s", "s", "s", "z")]
    found = [each.name.decode() for each in merged(names, own, others)]
    assert found == ["a", "own", "s", "s", "s", "own", "z"]


@pytest.mark.parametrize("file", [b"", b"PAR1" + b"x" * 20, b"PAR1\xff\xff\xff\x7fPAR1"])
def test_what_is_no_parquet(file):
    with pytest.raises(ValueError, match="Parquet file"):
        read_footer(file)
