"""What cannot be read is named for what it is."""

import os
from contextlib import closing

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import biometal_stream as bs
from biometal_stream.errors import ConfigurationError, DataError, InputError, SchemaError, SinkError
from tests.sources.parquet.rows import read, table, until_error
from tests.stand_ins import own_threads

MIB = 2**20


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda data: b"", "is empty, not a Parquet file"),
        (lambda data: b"PAR", "is not a Parquet file"),
        (lambda data: b"PAR1", "table of contents, at its end, is damaged"),
        (lambda data: data[:-9], "is truncated: the end of a Parquet file"),
        (lambda data: data[: len(data) // 2], "is truncated: the end of a Parquet file"),
        (lambda data: data[:-80] + bytes(60) + data[-20:], "table of contents"),
        (lambda data: b"@r\nA\n+\nI\n", "is not a Parquet file: it does not begin with PAR1"),
        (lambda data: data[:-4] + b"PARE", "is encrypted Parquet"),
        (lambda data: b"\x1f\x8b" + data, "compressed as a whole.*'gzip -d'"),
    ],
)
def test_what_is_not_a_whole_parquet_file(write, change, told):
    path = write(table(100))
    path.write_bytes(change(path.read_bytes()))
    for _ in range(2):
        with pytest.raises(InputError, match=told) as caught:
            read(path)
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("threads", [1, 3])
def test_damage_comes_after_the_rows_before_it(write, threads):
    path = write(table(4000), row_group_size=1000, write_page_checksum=True)
    column = pq.ParquetFile(path).metadata.row_group(2).column(3)
    data = bytearray(path.read_bytes())
    place = column.dictionary_page_offset + column.total_compressed_size // 2
    data[place : place + 40] = os.urandom(40)
    path.write_bytes(data)
    pipeline = bs.read_parquet(path).with_options(threads=threads)
    found, told = until_error(pipeline, InputError, "row group 3 of 4 is damaged")
    assert [row["row"] for row in found] == list(range(2000))
    assert "copy or download it again" in told
    assert not own_threads()


def test_text_that_is_not_utf8(tmp_path):
    data = b"".join([b"A"] * 700 + [b"\xff"] + [b"C"] * 99)
    text = pa.Array.from_buffers(
        pa.string(),
        800,
        [None, pa.py_buffer(np.arange(801, dtype=np.int32)), pa.py_buffer(data)],
    )
    pq.write_table(pa.table({"sequence": text}), tmp_path / "a.parquet")
    told = "row 701: column 'sequence' holds text that is not UTF-8"
    found, _ = until_error(bs.read_parquet(tmp_path / "a.parquet"), DataError, told)
    assert len(found) == 700


def test_two_columns_of_one_name(tmp_path):
    twice = pa.Table.from_arrays([pa.array([1]), pa.array([2])], ["a", "a"])
    pq.write_table(twice, tmp_path / "a.parquet")
    with pytest.raises(InputError, match="has two columns 'a'; write it with unique names"):
        read(tmp_path / "a.parquet")


def test_a_pipe(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(InputError, match="is a pipe or device, but Parquet must be"):
        read(pipe)


def test_what_does_not_exist(tmp_path):
    with pytest.raises(InputError, match="cannot be opened: No such file"):
        read(tmp_path / "no.parquet")


def test_settings(tmp_path):
    with pytest.raises(ConfigurationError, match="there is no input"):
        bs.read_parquet([])
    with pytest.raises(ConfigurationError, match="paths must be a path"):
        bs.read_parquet(3)
    with pytest.raises(TypeError, match="read_parquet has no option 'mate'; it has sample"):
        bs.read_parquet("a", mate="b")
    with pytest.raises(ConfigurationError, match="the sample's name must be text"):
        bs.read_parquet("a", sample=3)


@pytest.mark.parametrize("change", ["grow", "touch", "replace"])
def test_a_file_that_changes(write, change):
    path = write(table(90_000), row_group_size=3000)
    pipeline = bs.read_parquet(path).with_options(threads=1, memory=16 * MIB)
    with closing(pipeline.batches()) as batches:
        next(batches)
        if change == "grow":
            with path.open("ab") as file:
                file.write(b"more")
        elif change == "touch":
            os.utime(path, ns=(1, 1))
        else:
            path.rename(path.with_suffix(".old"))
            write(table(3))
        with pytest.raises(InputError, match="while the run read its input"):
            list(batches)
    assert not own_threads()


def test_an_input_is_not_an_output(write, tmp_path):
    path = write(table(10))
    with pytest.raises(SinkError, match="is an input; name another"):
        bs.read_parquet(path).write_parquet(path)
    bs.read_parquet(path).write_parquet(f"{tmp_path}/out/")
    for target in (tmp_path / "out", tmp_path / "out" / "part-00000-of-00004.parquet"):
        with pytest.raises(SinkError, match="input"):
            bs.read_parquet(tmp_path / "out").write_parquet(target)


def test_a_step_that_needs_a_column_says_so(write):
    path = write(pa.table({"gc": [0.2, 0.6], "n": [1, 2]}))
    assert (bs.read_parquet(path) | bs.Where("gc > 0.5")).stream().read_all()["n"].to_pylist() == [
        2
    ]
    with pytest.raises(SchemaError, match="min-length needs a column 'sequence'"):
        (bs.read_parquet(path) | bs.MinLength(5)).stream()
