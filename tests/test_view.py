"""A batch that remembers what was computed of it."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biometal_stream.errors import DataError, SchemaError
from biometal_stream.view import BatchView, as_mask, filter_rows


def batch(mates: list[int | None] | None = None, rows: int = 4) -> pa.RecordBatch:
    columns: dict = {"row": list(range(rows))}
    if mates is not None:
        columns["mate"] = pa.array(mates, pa.int8())
    return pa.RecordBatch.from_pydict(columns)


def test_what_is_known_is_not_computed_again() -> None:
    view = BatchView(batch())
    calls = []
    for _ in range(3):
        assert view.once("rows", lambda b: calls.append(1) or b.num_rows) == 4
    assert calls == [1]


def test_select() -> None:
    view = BatchView(batch())
    assert view.keep(np.ones(4, bool)).to_batch() is view.batch
    assert view.keep(np.array([1, 0, 0, 1], bool)).to_batch().column("row").to_pylist() == [0, 3]
    assert view.keep(np.zeros(4, bool)).to_batch().num_rows == 0


def test_mates_stay_or_go_together() -> None:
    keep = np.array([True, False, True, True])
    assert BatchView(batch()).unite_mates(keep).tolist() == keep.tolist()
    paired = BatchView(batch([1, 2, 1, 2]))
    assert paired.paired
    assert paired.unite_mates(keep).tolist() == [False, False, True, True]


@pytest.mark.parametrize("mates", [[2, 1, 2, 1], [1, 2, 1], [1, 1, 2, 2], [1, None, 1, 2]])
def test_parted_mates_are_an_error(mates: list[int | None]) -> None:
    view = BatchView(batch(mates, len(mates)))
    with pytest.raises(DataError, match="'mate' column must alternate between 1 and 2"):
        view.unite_mates(np.ones(len(mates), bool))


@pytest.mark.parametrize(
    "kind",
    [
        pa.string_view(),
        pa.binary_view(),
        pa.list_(pa.string_view()),
        pa.large_list(pa.binary_view()),
        pa.struct([("inner", pa.string_view())]),
    ],
)
def test_columns_of_views_are_filtered(kind: pa.DataType) -> None:
    values: list = [None, "a", "bb", "c" * 30]
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        values = [value and [value, value] for value in values]
    elif pa.types.is_struct(kind):
        values = [value and {"inner": value} for value in values]
    rows = pa.RecordBatch.from_arrays([pa.array(values, kind)], names=["column"])
    kept = BatchView(rows).keep(np.array([True, False, True, True])).to_batch()
    assert kept.schema == rows.schema
    expected = pa.array([values[0], *values[2:]], kind)
    assert kept.column(0).to_pylist() == expected.to_pylist()


def test_rows_without_columns_are_counted() -> None:
    batch = pa.record_batch({"x": [1, 2, 3]}).select([])
    assert filter_rows(batch, as_mask(np.array([True, False, True]))).num_rows == 2


def test_a_table_is_no_batch() -> None:
    with pytest.raises(SchemaError, match=r"RecordBatch, not a Table; .*to_batches"):
        BatchView(pa.table({"row": [1]}))


READS = st.lists(
    st.tuples(st.text("ACGTN", max_size=90), st.integers(0, 90), st.integers(0, 90), st.booleans()),
    max_size=9,
)


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string(), pa.string_view()], ids=str)
@given(READS, READS)
def test_reads_are_kept_and_cut_in_any_order(kind, reads, more):
    reads = [*reads, *more]
    rows = {
        "name": pa.array([f"r{row}" for row in range(len(reads))], kind),
        "sequence": pa.array([sequence for sequence, *_ in reads], kind),
        "quality": pa.array([sequence.lower() for sequence, *_ in reads], kind),
    }
    view = BatchView(pa.record_batch(rows))
    expected = [(f"r{row}", sequence) for row, (sequence, *_) in enumerate(reads)]
    for turn in range(2):
        bounds = {f"r{row}": sorted(read[1:3]) for row, read in enumerate(reads)}
        cuts = [(name, text, *np.minimum(bounds[name], len(text))) for name, text in expected]
        expected = [(name, text[start:stop]) for name, text, start, stop in cuts]
        starts, stops = np.array([cut[2:] for cut in cuts], np.int64).reshape(-1, 2).T
        view = view.cut(starts, stops)
        keep = np.array([reads[int(name[1:])][3] == turn for name, _ in expected], np.bool_)
        assert view.text("quality").lengths.tolist() == [len(text) for _, text in expected]
        view = view.keep(keep)
        expected = [read for read, kept in zip(expected, keep, strict=True) if kept]
    batch = view.to_batch()
    assert batch.schema == view.batch.schema
    assert [(row["name"], row["sequence"]) for row in batch.to_pylist()] == expected
    assert [row["quality"] for row in batch.to_pylist()] == [text.lower() for _, text in expected]
    assert view.num_rows == batch.num_rows


def test_what_was_computed_outlives_a_choice_of_rows_and_not_a_cut():
    view = BatchView(pa.record_batch({"name": ["a", "b"], "sequence": ["ACGT", "AC"]}))
    lengths = view.once("lengths", lambda view: view.text("sequence").lengths)
    kept = view.keep(np.array([False, True]))
    assert kept.once("lengths", lambda _: pytest.fail("is known")).tolist() == [2]
    name = view.text("name")
    cut = view.cut(np.array([1, 1]), np.array([3, 1]))
    assert cut.once("lengths", lambda view: view.text("sequence").lengths).tolist() == [2, 0]
    assert cut.text("name") is name
    assert lengths.tolist() == [4, 2]


def test_nulls_in_rows_that_are_gone_do_no_harm():
    view = BatchView(pa.record_batch({"sequence": ["AC", None, "G"]}))
    with pytest.raises(DataError, match="null in row 1"):
        view.text("sequence")
    kept = view.keep(np.array([True, False, True]))
    assert kept.text("sequence").lengths.tolist() == [2, 1]
    with pytest.raises(DataError, match="null in row 1"):
        view.keep(np.array([False, True, True])).text("sequence")


@pytest.mark.parametrize(
    "mask", [None, True, [True], [1, 0, 1, 1], np.ones((4, 1), bool), np.ones(5, bool), "1111"]
)
def test_a_mask_that_a_filter_got_wrong(mask) -> None:
    with pytest.raises(DataError, match=r"^keep\(\) must return a bool for each of 4 rows, not "):
        BatchView(batch()).unite_mates(mask)
    assert BatchView(batch()).unite_mates([True, False, True, True]).tolist() == [1, 0, 1, 1]


READS = pa.RecordBatch.from_pydict({"sequence": ["ACGT", "", "AC"]})


@pytest.mark.parametrize(
    ("starts", "stops", "message"),
    [
        ([0, 0, 0], [4, 1, 2], "inside each read: 0 and 1 of a read of 0 bases"),
        ([0, 0, 2], [4, 0, 1], "inside each read: 2 and 1 of a read of 2 bases"),
        ([-1, 0, 0], [4, 0, 1], "inside each read: -1 and 4 of a read of 4 bases"),
        ([0, 0], [4, 0], r"two whole numbers for each of 3 rows, not int64 \(2,\)"),
        ([0.0, 0, 0], [4, 0, 1], "two whole numbers for each of 3 rows, not float64"),
        (None, [4, 0, 1], "two whole numbers for each of 3 rows, not object"),
        ([0, 0, 0], 0, r"two whole numbers for each of 3 rows, not int64 \(\)"),
    ],
)
def test_bounds_that_a_trimmer_got_wrong(starts, stops, message) -> None:
    with pytest.raises(DataError, match=rf"^bounds\(\) must return (bounds )?{message}"):
        BatchView(READS).cut(starts, stops)


def test_bounds_may_be_any_whole_numbers() -> None:
    view = BatchView(READS).cut([1, 0, 0], np.array([4, 0, 2], np.uint8))
    assert view.to_batch().to_pydict() == {"sequence": ["CGT", "", "AC"]}
