"""A batch that remembers what was computed of it."""

import numpy as np
import pyarrow as pa
import pytest

from biometal_stream.errors import DataError, SchemaError
from biometal_stream.view import BatchView, filter_rows


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
    assert view.select(np.ones(4, bool)) is view.batch
    assert view.select(np.array([1, 0, 0, 1], bool)).column("row").to_pylist() == [0, 3]
    assert view.select(np.zeros(4, bool)).num_rows == 0


def test_mates_stay_or_go_together() -> None:
    keep = np.array([True, False, True, True])
    assert BatchView(batch()).unite_mates(keep).tolist() == keep.tolist()
    paired = BatchView(batch([1, 2, 1, 2]))
    assert paired.paired
    assert paired.unite_mates(keep).tolist() == [False, False, True, True]


@pytest.mark.parametrize("mates", [[2, 1, 2, 1], [1, 2, 1], [1, 1, 2, 2], [1, None, 1, 2]])
def test_parted_mates_are_an_error(mates: list[int | None]) -> None:
    view = BatchView(batch(mates, len(mates)))
    with pytest.raises(DataError, match="'mate' column must hold 1 and 2 in turn"):
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
    kept = BatchView(rows).select(np.array([True, False, True, True]))
    assert kept.schema == rows.schema
    expected = pa.array([values[0], *values[2:]], kind)
    assert kept.column(0).to_pylist() == expected.to_pylist()


def test_rows_without_columns_are_counted() -> None:
    batch = pa.record_batch({"x": [1, 2, 3]}).select([])
    assert filter_rows(batch, np.array([True, False, True])).num_rows == 2


def test_a_table_is_no_batch() -> None:
    with pytest.raises(SchemaError, match=r"RecordBatch, and this is a Table; .*to_batches"):
        BatchView(pa.table({"row": [1]}))
