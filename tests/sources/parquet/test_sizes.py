"""Batches stay small, however large the row groups and their values are."""

from contextlib import closing

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import biometal_stream as bs
from biometal_stream.run import LocalRun
from biometal_stream.sources.parquet.file import read_footer
from biometal_stream.sources.parquet.sizes import batch_rows
from biometal_stream.sources.parquet.source import ParquetSource
from biometal_stream.sources.tables.seekable import open_seekable
from tests.sources.parquet.rows import read, table

MIB = 2**20


def test_row_groups_larger_than_the_memory_are_read_in_batches(write):
    rows = 40_000
    text = pa.array(np.random.default_rng(3).integers(0, 10**9, rows).astype(str))
    long = pa.array([value.as_py() * 40 for value in text])
    path = write(pa.table({"sequence": long, "row": range(rows)}), use_dictionary=False)
    assert pq.ParquetFile(path).metadata.row_group(0).total_byte_size > 12 * MIB
    source = ParquetSource((path,))
    sizes = []
    with LocalRun(2, 16 * MIB) as run, source.open(run) as opened:
        for chunk in opened.chunks():
            sizes.append(opened.weight(chunk))
            assert "rows" in opened.location(chunk)
    assert max(sizes) < 2 * MIB
    read(path, threads=2, memory=16 * MIB)


def test_values_that_repeat_are_cut_by_what_they_stand_for(write):
    long = "ACGT" * 25_000
    path = write(pa.table({"sequence": [long] * 500, "row": range(500)}))
    assert path.stat().st_size < 1 * MIB
    sizes = [batch.nbytes for batch in bs.read_parquet(path).with_options(threads=2).batches()]
    assert max(sizes) < 13 * MIB  # the largest chunk has 12
    assert sum(sizes) > 50 * 10**6


@pytest.mark.parametrize(
    "rows",
    [
        lambda text: pa.table({"a": [text] * 2000}),
        lambda text: pa.table({"a": [[text], []] * 1000}),
        lambda text: pa.table({"a": [{"b": text}] * 2000, "c": range(2000)}),
        lambda text: pa.table({"a": ["A", text] * 500 + ["C"] * 10_000}),
    ],
    ids=["text", "list", "struct", "mixed"],
)
def test_a_long_value_in_a_dictionary_makes_batches_of_few_rows(write, rows):
    path = write(rows("ACGT" * 25_000))
    source = open_seekable(path, "Parquet")
    with closing(source):
        metadata = read_footer(source)
        names, before = metadata.schema.to_arrow_schema().names, source.bytes_read
        assert batch_rows(source, metadata, 0, names, MIB) <= 8 * MIB // 100_000
        assert source.bytes_read == before
    with closing(open_seekable(write(table(2000)), "Parquet")) as source:
        assert batch_rows(source, read_footer(source), 0, table(0).column_names, MIB) >= 1000
