"""Morsels of merged reads and pairs end between them, wherever batches end."""

import itertools

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.columns import together, unit_starts
from biometal_stream.sinks.rebatch import RowRebatcher, rebatch
from biometal_stream.sources.tables.cutting import Cutter
from biometal_stream.view import BatchView

units = st.lists(st.tuples(st.booleans(), st.integers(0, 9)), max_size=30)


def batch_of(units):
    """A merged read for each true value, a pair for each other one; texts of some lengths."""
    rows = [
        (mate, "x" * length) for alone, length in units for mate in ((None,) if alone else (1, 2))
    ]
    return pa.record_batch(
        {
            "mate": pa.array([mate for mate, _ in rows], pa.int8()),
            "text": pa.array([text for _, text in rows], pa.string()),
        }
    )


def cut(batch, ends):
    starts = [*unit_starts(batch), batch.num_rows]
    edges = [0, *sorted(int(starts[min(end, len(starts) - 1)]) for end in ends), batch.num_rows]
    return [batch.slice(a, b - a) for a, b in itertools.pairwise(edges)]


@given(units=units, ends=st.lists(st.integers(0, 30), max_size=4), rows=st.integers(2, 9))
def test_morsels(units, ends, rows):
    batch = batch_of([(True, 0), *units])  # so that a batch without merged reads is not the first
    morsels = [
        pa.concat_batches(morsel).to_pylist()
        for morsel in rebatch(RowRebatcher(rows, 25, paired=True), cut(batch, ends))
    ]
    assert [row for morsel in morsels for row in morsel] == batch.to_pylist()
    for morsel in morsels:
        mates = [row["mate"] for row in morsel]
        assert len(mates) <= rows
        assert mates.count(1) == mates.count(2)
        assert mates[0] != 2


@given(units=units, ends=st.lists(st.integers(0, 70), max_size=4), nbytes=st.integers(1, 60))
def test_chunks_of_tables(units, ends, nbytes):
    batch = batch_of([(True, 0), *units])
    edges = [0, *sorted(min(end, batch.num_rows) for end in ends), batch.num_rows]
    cutter = Cutter(nbytes, paired=True)
    chunks = []
    for first, last in itertools.pairwise(edges):
        chunks += list(cutter.add(batch.slice(first, last - first)))
    chunks += list(cutter.finish(odd=True))
    found = [pa.concat_batches(chunk) for chunk in chunks]
    assert [row for chunk in found for row in chunk.to_pylist()] == batch.to_pylist()
    if edges[1] > 0:  # the first batch shows that there are merged reads
        assert all(BatchView(chunk).num_rows and _whole(chunk) for chunk in found)


def _whole(chunk):
    mates = chunk.column("mate").to_pylist()
    return mates[0] != 2 and mates[-1] != 1


@given(units=units, row=st.integers(0, 60))
def test_rows_that_stay_together(units, row):
    batch = batch_of(units)
    edges = {*unit_starts(batch).tolist(), batch.num_rows}
    if row <= batch.num_rows:
        assert together(batch, row) == min(edge for edge in edges | {0} if edge >= row)


def test_views_of_both_kinds():
    batch = batch_of([(True, 1), (False, 1), (False, 1), (True, 1)])
    view = BatchView(batch)
    assert not view.paired
    assert view.unit_starts.tolist() == [0, 1, 3, 5]
    assert view.num_pairs == 2
    assert view.unmerged().paired
    assert view.unmerged().num_rows == 4
    keep = view.text("text").lengths == 1
    keep[[2, 5]] = False
    assert view.unite_mates(keep).tolist() == [True, False, False, True, True, False]
    assert view.unite_mates(keep, either=True).tolist() == [True] * 5 + [False]
    left = view.keep(view.unite_mates(keep))
    assert left.unit_starts.tolist() == [0, 1]
    assert left.merged.tolist() == [True, False, False]
