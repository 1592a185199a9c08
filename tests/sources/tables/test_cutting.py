"""Batches cut and merged: the same rows in order, mates together, about as many bytes as asked."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.sources.tables.cutting import Cutter


def cut(batches, nbytes, *, paired=False, odd=True):
    cutter = Cutter(nbytes, paired=paired)
    chunks = [chunk for batch in batches for chunk in cutter.add(batch)]
    return [*chunks, *cutter.finish(odd=odd)]


def batch(lengths, first=0):
    return pa.record_batch(
        {"text": ["A" * length for length in lengths], "row": range(first, first + len(lengths))}
    )


@given(
    st.lists(st.lists(st.integers(0, 60), max_size=12), max_size=8),
    st.integers(1, 300),
    st.booleans(),
)
def test_rows_stay_in_order_and_mates_together(lengths, nbytes, paired):
    batches, first = [], 0
    for each in lengths:
        batches.append(batch(each, first))
        first += len(each)
    chunks = cut(batches, nbytes, paired=paired)
    sizes = [sum(each.num_rows for each in chunk) for chunk in chunks]
    rows = [row for chunk in chunks for each in chunk for row in each["row"].to_pylist()]
    assert rows == list(range(first))
    assert all(sizes)
    if paired:
        assert all(size % 2 == 0 for size in sizes[:-1])
    unit = 2 if paired else 1
    for chunk, size in zip(chunks, sizes, strict=True):
        text = sum(len(value) for each in chunk for value in each["text"].to_pylist())
        assert text + 8 * size <= nbytes or size <= unit


def test_whole_batches_pass_as_they_are():
    one = batch([50] * 10)
    ((found,),) = cut([one], 800)
    assert found is one


def test_a_row_that_is_too_large_is_alone():
    chunks = cut([batch([1, 500, 1])], 100)
    assert [[each.num_rows for each in chunk] for chunk in chunks] == [[1], [1], [1]]


def test_dictionaries_count_as_what_they_stand_for():
    long = pa.array(["A" * 1000, None] * 50).dictionary_encode()
    chunks = cut([pa.record_batch({"text": long})], 10_000)
    assert [sum(each.num_rows for each in chunk) for chunk in chunks] == [20, 20, 20, 20, 20]


def test_columns_of_numbers_are_cut_too():
    chunks = cut([pa.record_batch({"n": pa.array(range(1000), pa.int64())})], 800)
    assert len(chunks) == 10


def test_no_columns():
    empty = pa.record_batch({"n": range(300_000)}).select([])
    sizes = [sum(each.num_rows for each in chunk) for chunk in cut([empty], 100)]
    assert sum(sizes) == 300_000
    assert max(sizes) <= 131_072


@pytest.mark.parametrize("odd", [False, True])
def test_a_last_row_without_its_mate(odd):
    chunks = cut([batch([1] * 3), batch([1] * 2)], 1000, paired=True, odd=odd)
    assert sum(each.num_rows for chunk in chunks for each in chunk) == (5 if odd else 4)
