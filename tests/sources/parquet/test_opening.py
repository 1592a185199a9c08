"""Several files are read as one."""

import pyarrow as pa
import pytest

import biometal_stream as bs
from biometal_stream.errors import InputError
from tests.sources.parquet.rows import read, table


def test_files_are_read_one_after_another(write):
    paths = [write(table(5), "b.parquet"), write(table(3), "a.parquet")]
    assert read(paths)["row"].to_pylist() == [0, 1, 2, 3, 4, 0, 1, 2]


def test_columns_may_stand_in_another_order(write):
    other = table(2).select(["row", "quality", "name", "sequence"])
    found = read([write(table(2), "a.parquet"), write(other, "b.parquet")])
    assert found.column_names == ["name", "sequence", "quality", "row"]
    assert found["row"].to_pylist() == [0, 1, 0, 1]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            lambda rows: rows.drop(["quality"]),
            "b.parquet: has no column 'quality', which .*a.p",
        ),
        (
            lambda rows: rows.append_column("gc", pa.array([0.5] * 3)),
            "b.parquet: has a column 'gc', which .*a.parquet does not have",
        ),
        (
            lambda rows: rows.set_column(3, "row", rows["row"].cast(pa.int32())),
            "column 'row' is int32, but in .*a.parquet it is int64",
        ),
    ],
)
def test_a_column_that_differs_is_named(write, change, told):
    paths = [write(table(3), "a.parquet"), write(change(table(3)), "b.parquet")]
    with pytest.raises(InputError, match=told):
        read(paths)


def test_metadata_that_differ_are_left_out(write):
    one, two = (
        table(1).replace_schema_metadata({"biometal_stream.sample": name, "kept": "yes"})
        for name in ("S1", "S2")
    )
    paths = [write(one, "a.parquet"), write(two, "b.parquet")]
    assert bs.read_parquet(paths).schema.metadata == {b"kept": b"yes"}
    named = bs.read_parquet(paths, sample="both").schema.metadata
    assert named == {b"kept": b"yes", b"biometal_stream.sample": b"both"}


def test_a_column_is_null_where_it_may_be_in_any_file(write):
    field = pa.field("row", pa.int64(), nullable=False)
    strict = pa.table({"row": [1]}, schema=pa.schema([field]))
    paths = [
        write(strict, "a.parquet"),
        write(pa.table({"row": [None, 2]}, pa.schema([field.with_nullable(True)])), "b.parquet"),
    ]
    assert read(paths)["row"].to_pylist() == [1, None, 2]


def test_a_file_that_is_named_twice_is_read_twice(write):
    path = write(table(2))
    with pytest.warns(bs.InputWarning, match="is named twice, so its reads are read twice"):
        assert read([path, path]).num_rows == 4
