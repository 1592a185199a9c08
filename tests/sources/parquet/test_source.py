"""Parquet as a source: what was written comes back, in any size of row group and batch."""

import io
import os
import pickle
import threading
from contextlib import closing
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.errors import ConfigurationError, DataError, InputError, SchemaError, SinkError
from biometal_stream.interfaces import ParallelSource, PartitionedSource, ProjectedSource
from biometal_stream.run import LocalRun
from biometal_stream.sources.alone import read_alone
from biometal_stream.sources.parquet.file import read_footer
from biometal_stream.sources.parquet.sizes import batch_rows
from biometal_stream.sources.parquet.source import ParquetSource
from biometal_stream.sources.tables.seekable import open_seekable
from tests.interop.streams import SAMPLE
from tests.stand_ins import own_threads

MIB = 2**20
TEXTS = (pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string()))


def table(rows: int, *, paired: bool = False, kind: pa.DataType = TEXTS[0]) -> pa.Table:
    """Reads whose every value tells its row."""
    bases = ["ACGT"[row % 4] * (row % 7 + 1) for row in range(rows)]
    columns = {
        "name": pa.array([f"r{row // 2 if paired else row}" for row in range(rows)], TEXTS[0]),
        "sequence": pa.array(bases, TEXTS[0]).cast(kind),
        "quality": pa.array(["I" * len(each) for each in bases], TEXTS[0]).cast(kind),
        "row": pa.array(range(rows), pa.int64()),
    }
    if paired:
        columns["mate"] = pa.array([row % 2 + 1 for row in range(rows)], pa.int8())
    return pa.table(columns)


@pytest.fixture
def write(tmp_path):
    def write(rows, name="reads.parquet", **settings):
        path = tmp_path / name
        pq.write_table(rows, path, **settings)
        return path

    return write


def read(path, **options):
    return bs.read_parquet(path).with_options(**options).stream().read_all()


def until_error(pipeline, kind, told):
    """The rows that come before an error, and what it says."""
    found = []

    def take():
        for batch in pipeline.batches():
            found.extend(batch.to_pylist())

    with pytest.raises(kind, match=told) as caught:
        take()
    return found, str(caught.value)


def assert_same_schema(one, two):
    assert one.equals(two)  # whatever Parquet calls the items of a list
    assert one.metadata == two.metadata
    assert [field.metadata for field in one] == [field.metadata for field in two]


@pytest.fixture(scope="module")
def reads() -> bs.Pipeline:
    """Real reads with measures, labels, qualities as numbers, and a sample's name."""
    columns = bs.read_fastq(SAMPLE, sample="S1") | bs.Measure() | bs.Predict("quality")
    return columns | bs.DecodeQuality()


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"compression": "snappy"},
        {"compression": "gzip", "level": 1},
        {"compression": "lz4"},
        {"compression": "none", "encoding": "plain"},
        {"shards": 3},
    ],
    ids=str,
)
def test_what_was_written_comes_back(reads, tmp_path, options):
    target = tmp_path / ("out" if "shards" in options else "out.parquet")
    reads.write_parquet(target, metadata={"biometal_stream.command": "x"}, **options)
    back = bs.read_parquet(target)
    assert_same_schema(back.schema, reads.schema)
    assert back.stream().read_all().to_pylist() == reads.stream().read_all().to_pylist()


def test_a_run_starts_where_another_ended(tmp_path):
    kept = bs.read_fastq(SAMPLE) | bs.MinLength(50)
    kept.write_parquet(tmp_path / "a.parquet")
    saved = bs.read_parquet(tmp_path / "a.parquet")
    for operator in (bs.Predict("quality"), bs.Measure(("length",)), bs.MaxN(0)):
        there, here = saved | operator, kept | operator
        assert there.stream().read_all().to_pylist() == here.stream().read_all().to_pylist()
    saved.write_fastq(tmp_path / "b.fq")
    kept.write_fastq(tmp_path / "c.fq")
    assert (tmp_path / "b.fq").read_bytes() == (tmp_path / "c.fq").read_bytes()


def test_encoded_reads_come_back_with_their_encoding(tmp_path):
    encoded = bs.read_fastq(SAMPLE) | bs.Head(10) | bs.EncodeReads("one-hot/1", length=50)
    encoded.write_parquet(tmp_path / "a.parquet")
    back = bs.read_parquet(tmp_path / "a.parquet")
    assert back.schema.equals(encoded.schema, check_metadata=True)
    assert back.stream().read_all().to_pylist() == encoded.stream().read_all().to_pylist()


@settings(max_examples=40)
@given(
    rows=st.integers(0, 60),
    group=st.integers(1, 40),
    threads=st.integers(1, 3),
    paired=st.booleans(),
    kind=st.sampled_from(TEXTS),
    dictionary=st.booleans(),
)
def test_any_row_groups_and_threads(
    tmp_path_factory, rows, group, threads, paired, kind, dictionary
):
    path = tmp_path_factory.getbasetemp() / "any.parquet"
    rows = rows // 2 * 2 if paired else rows
    wanted = table(rows, paired=paired, kind=kind)
    pq.write_table(wanted, path, row_group_size=group, use_dictionary=dictionary)
    source = ParquetSource((path,))
    with LocalRun(threads, 16 * MIB) as run, source.open(run) as opened:
        batches = [opened.parse(chunk) for chunk in opened.chunks()]
        assert not rows or opened.bytes_read == opened.bytes_total
    if paired:
        assert all(batch.num_rows % 2 == 0 for batch in batches)
    assert [row for batch in batches for row in batch.to_pylist()] == wanted.to_pylist()
    assert (
        pa.Table.from_batches(read_alone(source), source.schema).to_pylist() == wanted.to_pylist()
    )
    texts = {source.schema.field(name).type for name in ("sequence", "quality")}
    assert texts == {pa.string() if pa.types.is_dictionary(kind) else kind}


@pytest.mark.parametrize("kind", TEXTS, ids=str)
def test_operators_work_on_every_kind_of_text(write, kind):
    path = write(table(100, kind=kind))
    kept = (bs.read_parquet(path) | bs.MinLength(4) | bs.MinMeanQuality(20)).stream().read_all()
    assert kept["row"].to_pylist() == [row for row in range(100) if row % 7 >= 3]


def test_columns_that_nobody_takes_are_not_read(write):
    path = write(table(5000), row_group_size=500)
    names = (bs.read_parquet(path) | bs.Select(("row",))).execution()
    assert sum(batch.num_rows for batch in names.stream()) == 5000
    metadata = pq.ParquetFile(path).metadata
    stored = [metadata.row_group(group).column(3).total_compressed_size for group in range(10)]
    assert names.report().bytes_read == sum(stored)
    assert names.snapshot().bytes_total == sum(stored)
    assert bs.read_parquet(path).dataset().count_rows() == 5000
    assert bs.read_parquet(path).dataset().to_table(["name"]).column_names == ["name"]


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
    assert max(sizes) < 8 * MIB
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


class TestPairs:
    def test_pairs_stay_pairs(self, write):
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
    def test_mates_that_do_not_alternate(self, write, threads, group):
        mates = [1, 2] * 50
        mates[60:62] = [2, 1]
        rows = table(100, paired=True).drop(["mate"]).append_column("mate", pa.array(mates))
        pipeline = bs.read_parquet(write(rows, row_group_size=group)).with_options(threads=threads)
        found, told = until_error(pipeline, DataError, r"row 61: mate is 2 where 1 is due")
        assert [row["row"] for row in found] == list(range(60))
        assert "leave the column out: select name sequence quality row" in told

    def test_they_can_be_read_as_single_reads(self, write):
        rows = table(10, paired=True).filter(pa.array([True, False] * 5))
        single = bs.read_parquet(write(rows)) | bs.Select(("name", "sequence", "quality", "row"))
        assert (single | bs.MinLength(1)).stream().read_all()["row"].to_pylist() == [0, 2, 4, 6, 8]

    @pytest.mark.parametrize(
        ("mates", "told"),
        [
            ([1, 2, 1], "row 3: is mate 1, and the input ends without its mate 2"),
            ([1, None], "row 2: mate is None where 2 is due"),
            ([1, 1], "row 2: mate is 1 where 2 is due"),
            (["1", "2"], "row 1: mate is 1 where 1 is due"),
        ],
    )
    def test_what_is_not_a_pair(self, write, mates, told):
        with pytest.raises(DataError, match=told):
            read(write(pa.table({"sequence": ["A"] * len(mates), "mate": mates})))

    def test_no_file_ends_within_a_pair(self, write):
        odd = table(4, paired=True).slice(0, 3)
        paths = [write(odd, "a.parquet"), write(table(4, paired=True).slice(3), "b.parquet")]
        with pytest.raises(DataError, match=r"a\.parquet: row 3: is mate 1"):
            read(paths)


class TestSeveral:
    def test_files_are_read_one_after_another(self, write):
        paths = [write(table(5), "b.parquet"), write(table(3), "a.parquet")]
        assert read(paths)["row"].to_pylist() == [0, 1, 2, 3, 4, 0, 1, 2]

    def test_columns_may_stand_in_another_order(self, write):
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
                "column 'row' is int32, and in .*a.parquet it is int64",
            ),
        ],
    )
    def test_a_column_that_differs_is_named(self, write, change, told):
        paths = [write(table(3), "a.parquet"), write(change(table(3)), "b.parquet")]
        with pytest.raises(InputError, match=told):
            read(paths)

    def test_metadata_that_differ_are_left_out(self, write):
        one, two = (
            table(1).replace_schema_metadata({"biometal_stream.sample": name, "kept": "yes"})
            for name in ("S1", "S2")
        )
        paths = [write(one, "a.parquet"), write(two, "b.parquet")]
        assert bs.read_parquet(paths).schema.metadata == {b"kept": b"yes"}
        named = bs.read_parquet(paths, sample="both").schema.metadata
        assert named == {b"kept": b"yes", b"biometal_stream.sample": b"both"}

    def test_a_column_is_null_where_it_may_be_in_any_file(self, write):
        field = pa.field("row", pa.int64(), nullable=False)
        strict = pa.table({"row": [1]}, schema=pa.schema([field]))
        paths = [
            write(strict, "a.parquet"),
            write(
                pa.table({"row": [None, 2]}, pa.schema([field.with_nullable(True)])), "b.parquet"
            ),
        ]
        assert read(paths)["row"].to_pylist() == [1, None, 2]

    def test_a_file_that_is_named_twice_is_read_twice(self, write):
        path = write(table(2))
        with pytest.warns(bs.InputWarning, match="is named twice, and its reads are read twice"):
            assert read([path, path]).num_rows == 4


class TestFolders:
    @pytest.mark.parametrize(
        ("column", "kind"),
        [
            ("quality_label", pa.dictionary(pa.int16(), pa.string())),
            ("n_count", pa.int32()),
            ("good", pa.bool_()),
            ("group", pa.large_string()),
        ],
    )
    def test_a_partition_comes_back_with_its_type(self, reads, tmp_path, column, kind):
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

    def test_a_folder_of_another_program(self, tmp_path):
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

    def test_a_folder_without_rows(self, tmp_path):
        none = bs.from_arrow(table(0))
        none.write_parquet(tmp_path / "out", partition_by="row")
        assert read(tmp_path / "out").num_rows == 0
        assert bs.read_parquet(tmp_path / "out").schema.field("row").type == pa.int64()

    def test_a_folder_that_holds_none(self, tmp_path):
        with pytest.raises(InputError, match=r"has no Parquet file in it \(\*\.parquet\)"):
            read(tmp_path)

    def test_folders_of_different_columns(self, tmp_path):
        for folder in ("a=1", "b=1"):
            (tmp_path / folder).mkdir()
            pq.write_table(table(1), tmp_path / folder / "x.parquet")
        with pytest.raises(InputError, match=r"its folders name the columns b, and those of .* a;"):
            read(tmp_path)

    def test_a_folder_whose_value_is_not_of_its_type(self, tmp_path):
        bs.from_arrow(table(2)).write_parquet(tmp_path / "out", partition_by="row")
        (tmp_path / "out" / "row=1").rename(tmp_path / "out" / "row=one")
        with pytest.raises(InputError, match="its folder says row=one, which is not int64"):
            read(tmp_path / "out")


class TestRefused:
    @pytest.mark.parametrize(
        ("change", "told"),
        [
            (lambda data: b"", "is empty, and not a Parquet file"),
            (lambda data: b"PAR", "is not a Parquet file"),
            (lambda data: b"PAR1", "table of contents, at its end, is damaged"),
            (lambda data: data[:-9], "is cut short: the end of a Parquet file"),
            (lambda data: data[: len(data) // 2], "is cut short: the end of a Parquet file"),
            (lambda data: data[:-80] + bytes(60) + data[-20:], "table of contents"),
            (lambda data: b"@r\nA\n+\nI\n", "is not a Parquet file: it does not begin with PAR1"),
            (lambda data: data[:-4] + b"PARE", "is encrypted Parquet"),
            (lambda data: b"\x1f\x8b" + data, "compressed as a whole.*'gzip -d'"),
        ],
    )
    def test_what_is_not_a_whole_parquet_file(self, write, change, told):
        path = write(table(100))
        path.write_bytes(change(path.read_bytes()))
        for _ in range(2):
            with pytest.raises(InputError, match=told) as caught:
                read(path)
            assert str(path) in str(caught.value)
            assert "\n" not in str(caught.value)

    @pytest.mark.parametrize("threads", [1, 3])
    def test_damage_comes_after_the_rows_before_it(self, write, threads):
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

    def test_text_that_is_not_utf8(self, tmp_path):
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

    def test_two_columns_of_one_name(self, tmp_path):
        twice = pa.Table.from_arrays([pa.array([1]), pa.array([2])], ["a", "a"])
        pq.write_table(twice, tmp_path / "a.parquet")
        with pytest.raises(InputError, match="has two columns 'a'; write it with one of each name"):
            read(tmp_path / "a.parquet")

    def test_a_pipe(self, tmp_path):
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        with pytest.raises(InputError, match="is a pipe or device, and Parquet is read from"):
            read(pipe)

    def test_what_does_not_exist(self, tmp_path):
        with pytest.raises(InputError, match="cannot be opened: No such file"):
            read(tmp_path / "no.parquet")

    def test_settings(self, tmp_path):
        with pytest.raises(ConfigurationError, match="there is no input"):
            bs.read_parquet([])
        with pytest.raises(ConfigurationError, match="paths must be a path"):
            bs.read_parquet(3)
        with pytest.raises(TypeError, match="read_parquet has no option 'mate'; it has sample"):
            bs.read_parquet("a", mate="b")
        with pytest.raises(ConfigurationError, match="the sample's name must be text"):
            bs.read_parquet("a", sample=3)

    @pytest.mark.parametrize("change", ["grow", "touch", "replace"])
    def test_a_file_that_changes(self, write, change):
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

    def test_an_input_is_not_an_output(self, write, tmp_path):
        path = write(table(10))
        with pytest.raises(SinkError, match="is an input; name another"):
            bs.read_parquet(path).write_parquet(path)
        bs.read_parquet(path).write_parquet(f"{tmp_path}/out/")
        for target in (tmp_path / "out", tmp_path / "out" / "part-00000-of-00004.parquet"):
            with pytest.raises(SinkError, match="input"):
                bs.read_parquet(tmp_path / "out").write_parquet(target)

    def test_a_step_that_needs_a_column_says_so(self, write):
        path = write(pa.table({"gc": [0.2, 0.6], "n": [1, 2]}))
        assert (bs.read_parquet(path) | bs.Where("gc > 0.5")).stream().read_all()[
            "n"
        ].to_pylist() == [2]
        with pytest.raises(SchemaError, match="min-length needs a column 'sequence'"):
            (bs.read_parquet(path) | bs.MinLength(5)).stream()


def test_no_rows(write):
    found = read(write(table(0)))
    assert found.num_rows == 0
    assert found.schema.equals(table(0).schema)
    assert read([write(table(0), "a.parquet"), write(table(3), "b.parquet")]).num_rows == 3


def test_file_objects(write):
    data = write(table(100), row_group_size=30).read_bytes()
    pipeline = bs.read_parquet(io.BytesIO(data)).with_options(threads=3)
    for _ in range(2):
        assert pipeline.stream().read_all()["row"].to_pylist() == list(range(100))
    with pytest.raises(ConfigurationError, match="open it in binary mode"):
        read(io.StringIO("x"))
    closed = io.BytesIO(data)
    closed.close()
    with pytest.raises(InputError, match="<stream>: is a closed file"):
        read(closed)


def test_a_run_that_ends_early_leaves_no_thread(write):
    path = write(table(100_000), row_group_size=2000)
    before = set(threading.enumerate())  # other libraries may have some
    pipeline = bs.read_parquet(path).with_options(threads=3)
    assert (pipeline | bs.Head(5)).stream().read_all()["row"].to_pylist() == list(range(5))
    with closing(pipeline.batches()) as batches:
        next(batches)
    assert not own_threads()
    assert set(threading.enumerate()) <= before


class TestPartitions:
    @settings(max_examples=15)
    @given(st.integers(1, 50), st.integers(1, 4000), st.booleans())
    def test_parts_give_the_same_rows(self, tmp_path_factory, group, nbytes, paired):
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

    def test_a_part_travels(self, write, tmp_path, monkeypatch):
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

    def test_the_rows_of_errors_are_those_of_the_file(self, write):
        mates = [1, 2] * 49 + [2, 1]
        rows = table(100, paired=True).drop(["mate"]).append_column("mate", pa.array(mates))
        *_, last = ParquetSource((write(rows, row_group_size=10),)).partitions(1)
        with pytest.raises(DataError, match="row 99: mate is 2 where 1 is due"):
            list(last.batches())

    def test_what_has_no_path(self, write):
        for source in ("-", io.BytesIO(write(table(1)).read_bytes())):
            with pytest.raises((ConfigurationError, InputError)):
                ParquetSource((source,)).partitions(1)
        with pytest.raises(ConfigurationError, match="at least 1 byte"):
            ParquetSource((write(table(1)),)).partitions(0)


def test_it_can_be_pickled_and_compared(write):
    path = str(write(table(3)))
    source = ParquetSource((path,), sample="S1")
    assert pickle.loads(pickle.dumps(source)) == source
    assert source.name == "read"
    assert source.inputs == (path,)
    assert not source.paired
    assert source.project(frozenset({"row", "name"})).schema.names == ["name", "row"]
    with pytest.raises(ConfigurationError, match="columns must be among name, sequence"):
        source.project(frozenset({"no"})).schema  # noqa: B018
    assert Path(path).exists()
