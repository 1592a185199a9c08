"""Folders of files, and the columns that their names give."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import biometal_stream as bs
from biometal_stream.errors import InputError
from tests.sources.parquet.rows import read, table


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        ("quality_label", pa.dictionary(pa.int16(), pa.string())),
        ("n_count", pa.int32()),
        ("good", pa.bool_()),
        ("group", pa.large_string()),
    ],
)
def test_a_partition_comes_back_with_its_type(reads, tmp_path, column, kind):
    rows = (reads | bs.Select(("name", "n_count", "quality_label"))).stream().read_all()
    rows = rows.append_column("good", pa.array([row % 3 == 0 for row in range(rows.num_rows)]))
    odd = pa.array([["a b/c=d", "é%", "NULL", None][row % 4] for row in range(rows.num_rows)])
    rows = rows.append_column("group", odd.cast(pa.large_string()))
    bs.from_arrow(rows).write_parquet(tmp_path / "out", partition_by=column)
    back = bs.read_parquet(tmp_path / "out")
    assert back.schema.field(column).type == kind == rows.schema.field(column).type
    assert back.schema.field(column).metadata == rows.schema.field(column).metadata
    found = back.stream().read_all().select(rows.column_names).to_pylist()
    key = str
    assert sorted(found, key=key) == sorted(rows.to_pylist(), key=key)
    some = (bs.read_parquet(tmp_path / "out") | bs.Select((column,))).stream().read_all()
    assert some.column_names == [column]


def test_a_folder_of_another_program(tmp_path):
    for number, sample in ((1, "S1"), (2, "S2")):
        folder = tmp_path / "out" / f"run={number}" / f"sample={sample}"
        folder.mkdir(parents=True)
        pq.write_table(table(2), folder / "x.parquet")
    (tmp_path / "out" / "_SUCCESS").write_bytes(b"")
    (tmp_path / "out" / "_delta.parquet").write_bytes(b"no Parquet")
    (tmp_path / "out" / "notes.txt").write_bytes(b"")
    found = read(tmp_path / "out")
    assert found.schema.field("run").type == pa.int64()
    assert found["run"].to_pylist() == [1, 1, 2, 2]
    assert found["sample"].to_pylist() == ["S1", "S1", "S2", "S2"]


def test_a_folder_without_rows(tmp_path):
    none = bs.from_arrow(table(0))
    none.write_parquet(tmp_path / "out", partition_by="row")
    assert read(tmp_path / "out").num_rows == 0
    assert bs.read_parquet(tmp_path / "out").schema.field("row").type == pa.int64()


def test_a_folder_that_holds_none(tmp_path):
    with pytest.raises(InputError, match=r"does not contain a Parquet file \(\*\.parquet\)"):
        read(tmp_path)


def test_folders_of_different_columns(tmp_path):
    for folder in ("a=1", "b=1"):
        (tmp_path / folder).mkdir()
        pq.write_table(table(1), tmp_path / folder / "x.parquet")
    with pytest.raises(InputError, match=r"its folders name the columns b, and those of .* a;"):
        read(tmp_path)


def test_a_folder_whose_value_is_not_of_its_type(tmp_path):
    bs.from_arrow(table(2)).write_parquet(tmp_path / "out", partition_by="row")
    (tmp_path / "out" / "row=1").rename(tmp_path / "out" / "row=one")
    with pytest.raises(InputError, match="its folder says row=one, which is not int64"):
        read(tmp_path / "out")
