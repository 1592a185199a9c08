"""Mates stay together, or it is said what is not a pair."""

import pyarrow as pa
import pytest

import biometal_stream as bs
from biometal_stream.errors import DataError
from tests.sources.parquet.rows import read, table, until_error


def test_pairs_stay_pairs(write):
    path = write(table(3000, paired=True), row_group_size=77)
    kept = (bs.read_parquet(path) | bs.MinLength(3)).with_options(threads=3)
    found = kept.stream().read_all()
    assert found["mate"].to_pylist() == [1, 2] * (found.num_rows // 2)
    long = [row % 7 >= 2 for row in range(3000)]
    wanted = [row for row in range(3000) if long[row] and long[row ^ 1]]
    assert found["row"].to_pylist() == wanted
    few = kept | bs.Select(("row",))  # which leaves out the column that pairs them
    assert few.stream().read_all()["row"].to_pylist() == wanted


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("group", [5, 64, 1000])
def test_mates_that_do_not_alternate(write, threads, group):
    mates = [1, 2] * 50
    mates[60:62] = [2, 1]
    rows = table(100, paired=True).drop(["mate"]).append_column("mate", pa.array(mates))
    pipeline = bs.read_parquet(write(rows, row_group_size=group)).with_options(threads=threads)
    found, told = until_error(pipeline, DataError, r"row 61: mate is 2, not 1")
    assert [row["row"] for row in found] == list(range(60))
    assert "leave the column out: select name sequence quality row" in told


def test_they_can_be_read_as_single_reads(write):
    rows = table(10, paired=True).filter(pa.array([True, False] * 5))
    single = bs.read_parquet(write(rows)) | bs.Select(("name", "sequence", "quality", "row"))
    assert (single | bs.MinLength(1)).stream().read_all()["row"].to_pylist() == [0, 2, 4, 6, 8]


@pytest.mark.parametrize(
    ("mates", "told"),
    [
        ([1, 2, 1], "row 3: is mate 1, but the input ends without its mate 2"),
        ([1, None], "row 2: mate is None, not 2"),
        ([1, 1], "row 2: mate is 1, not 2"),
        (["1", "2"], "row 1: mate is '1', not 1"),
    ],
)
def test_what_is_not_a_pair(write, mates, told):
    with pytest.raises(DataError, match=told):
        read(write(pa.table({"sequence": ["A"] * len(mates), "mate": mates})))


def test_no_file_ends_within_a_pair(write):
    odd = table(4, paired=True).slice(0, 3)
    paths = [write(odd, "a.parquet"), write(table(4, paired=True).slice(3), "b.parquet")]
    with pytest.raises(DataError, match=r"a\.parquet: row 3: is mate 1"):
        read(paths)
