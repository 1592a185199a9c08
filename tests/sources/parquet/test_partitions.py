"""Files in parts give the same rows."""

import io
import pickle

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biometal_stream.errors import ConfigurationError, DataError, InputError
from biometal_stream.interfaces import ParallelSource, PartitionedSource, ProjectedSource
from biometal_stream.sources.parquet.source import ParquetSource
from tests.sources.parquet.rows import table


@settings(max_examples=15)
@given(st.integers(1, 50), st.integers(1, 4000), st.booleans())
def test_parts_give_the_same_rows(tmp_path_factory, group, nbytes, paired):
    path = tmp_path_factory.getbasetemp() / "parts.parquet"
    wanted = table(50, paired=paired)
    pq.write_table(wanted, path, row_group_size=group)
    source = ParquetSource((path,))
    parts = source.partitions(nbytes)
    assert isinstance(source, PartitionedSource)
    found = [pa.Table.from_batches(part.batches(), part.schema) for part in parts]
    assert [row for each in found for row in each.to_pylist()] == wanted.to_pylist()
    assert sum(part.bytes_total for part in parts) <= path.stat().st_size
    if paired:
        assert all(each.num_rows % 2 == 0 for each in found)


def test_a_part_travels(write, tmp_path, monkeypatch):
    write(table(100), row_group_size=10)
    monkeypatch.chdir(tmp_path)
    parts = ParquetSource(("reads.parquet",)).partitions(1)
    monkeypatch.chdir("/")
    assert len(parts) == 10
    part = pickle.loads(pickle.dumps(parts[3]))
    assert isinstance(part, ParallelSource)
    assert isinstance(part, ProjectedSource)
    some = part.project(frozenset({"row"}))
    assert [row for batch in some.batches() for row in batch["row"].to_pylist()] == list(
        range(30, 40)
    )
    write(table(7))
    with pytest.raises(InputError, match="has changed since it was divided"):
        list(part.batches())


def test_the_rows_of_errors_are_those_of_the_file(write):
    mates = [1, 2] * 49 + [2, 1]
    rows = table(100, paired=True).drop(["mate"]).append_column("mate", pa.array(mates))
    *_, last = ParquetSource((write(rows, row_group_size=10),)).partitions(1)
    with pytest.raises(DataError, match="row 99: mate is 2, not 1"):
        list(last.batches())


def test_what_has_no_path(write):
    for source in ("-", io.BytesIO(write(table(1)).read_bytes())):
        with pytest.raises((ConfigurationError, InputError)):
            ParquetSource((source,)).partitions(1)
    with pytest.raises(ConfigurationError, match="at least 1 byte"):
        ParquetSource((write(table(1)),)).partitions(0)
