"""Arrow files and streams as a source: files, pipes, damage, parts."""

import io
import os
import pickle

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.errors import ConfigurationError, DataError, InputError, SinkError
from biometal_stream.interfaces import PartitionedSource
from biometal_stream.sources.arrow.file import ArrowFile
from biometal_stream.sources.arrow.source import ArrowSource
from biometal_stream.sources.tables.seekable import open_seekable
from tests.interop.streams import SAMPLE
from tests.pipes import piped
from tests.sources.parquet.rows import TEXTS, table, until_error
from tests.stand_ins import own_threads

MIB = 2**20


def written(rows, *, batch=None, stream=False, compression=None) -> bytes:
    into = io.BytesIO()
    new = pa.ipc.new_stream if stream else pa.ipc.new_file
    options = pa.ipc.IpcWriteOptions(compression=compression)
    with new(into, rows.schema, options=options) as writer:
        writer.write_table(rows, batch)
    return into.getvalue()


@pytest.fixture
def write(tmp_path):
    def write(data, name="reads.arrow"):
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return write


def read(path, **options):
    return bs.read_arrow(path).with_options(**options).stream().read_all()


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("compression", ["none", "lz4", "zstd"])
@pytest.mark.parametrize("labels", [False, True])
def test_what_was_written_comes_back(tmp_path, stream, compression, labels):
    reads = bs.read_fastq(SAMPLE, sample="S1") | bs.Measure(("length", "gc"))
    reads = (reads | bs.Predict("quality")) if labels else reads
    reads.write_arrow(tmp_path / "a.arrow", stream=stream, compression=compression)
    back = bs.read_arrow(tmp_path / "a.arrow")
    assert back.schema.equals(reads.schema, check_metadata=True)
    assert back.stream().read_all().to_pylist() == reads.stream().read_all().to_pylist()


@settings(max_examples=40)
@given(
    rows=st.integers(0, 60),
    batch=st.integers(1, 40),
    threads=st.integers(1, 3),
    paired=st.booleans(),
    stream=st.booleans(),
    compression=st.sampled_from([None, "lz4", "zstd"]),
    kind=st.sampled_from(TEXTS),
)
def test_any_batches_and_threads(
    tmp_path_factory, rows, batch, threads, paired, stream, compression, kind
):
    rows = rows // 2 * 2 if paired else rows
    wanted = table(rows, paired=paired, kind=kind)
    path = tmp_path_factory.getbasetemp() / "any.arrow"
    path.write_bytes(written(wanted, batch=batch, stream=stream, compression=compression))
    pipeline = bs.read_arrow(path).with_options(threads=threads, memory=16 * MIB)
    found = list(pipeline.batches())
    assert [row for each in found for row in each.to_pylist()] == wanted.to_pylist()
    if paired:
        assert all(each.num_rows % 2 == 0 for each in found)
    some = (pipeline | bs.Select(("row",))).stream().read_all()
    assert some.to_pydict() == {"row": list(range(rows))}
    assert pipeline.dataset().count_rows() == rows


def test_a_large_batch_is_cut(write):
    rows = pa.table({"sequence": ["ACGT" * 2500] * 2000, "row": range(2000)})
    for memory in (16 * MIB, 512 * MIB):  # mapped, and read
        batches = list(
            bs.read_arrow(write(written(rows))).with_options(threads=2, memory=memory).batches()
        )
        assert max(batch.nbytes for batch in batches) < 13 * MIB  # the largest chunk has 12
        assert sum(batch.num_rows for batch in batches) == 2000


def test_files_and_streams_one_after_another(write):
    one = write(written(table(3)), "a.arrow")
    two = write(written(table(2), stream=True), "b.arrows")
    assert read([one, two])["row"].to_pylist() == [0, 1, 2, 0, 1]
    with pytest.raises(InputError, match=r"c\.arrow: has no column 'quality', which .*a\.arrow"):
        read([one, write(written(table(2).drop(["quality"])), "c.arrow")])


class TestPipes:
    def test_a_stream_comes_from_a_pipe(self):
        with piped(written(table(5000), batch=700, stream=True)) as source:
            pipeline = bs.read_arrow(source)
            assert pipeline.schema == table(0).schema
            kept = pipeline | bs.MinLength(3)
            assert kept.stream().read_all().num_rows == sum(row % 7 >= 2 for row in range(5000))
            with pytest.raises(InputError, match="has been read before"):
                kept.stream().read_all()
            assert kept.schema.names == ["name", "sequence", "quality", "row"]

    def test_a_file_does_not(self):
        with piped(written(table(3))) as source:
            pipeline = bs.read_arrow(source)
            with pytest.raises(InputError, match="holds an Arrow file, but a pipe must"):
                pipeline.schema  # noqa: B018
        assert not own_threads()

    def test_a_pipe_that_is_cut_short(self):
        data = written(table(900), batch=300, stream=True)
        with piped(data[:-200]) as source:
            told = "batch 3 is damaged or truncated"
            found, _ = until_error(bs.read_arrow(source), InputError, told)
        assert len(found) == 600

    def test_it_cannot_be_read_in_parts(self, tmp_path):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(ConfigurationError, match="standard input cannot be divided"):
            _parts("-")


def _parts(path):
    from biometal_stream.sources.arrow.partitions import partition_files

    return partition_files(table(0).schema, (path,), 1)


class TestDamage:
    @pytest.mark.parametrize(
        ("change", "told"),
        [
            (lambda data: b"", "is empty, neither an Arrow file nor a stream"),
            (lambda data: b"@r\nA\n+\nI\n", "is neither an Arrow file nor an Arrow stream"),
            (lambda data: b"FEA1" + data, "is a Feather file of version 1"),
            (lambda data: b"\x28\xb5\x2f\xfd" + data, "compressed as a whole.*'zstd -d'"),
            (lambda data: data[:7], "the beginning of the Arrow stream is damaged or truncated"),
            (lambda data: data[:-10] + b"\xff\xff\xff\x7f" + data[-6:], "table of contents"),
            (lambda data: data[:-200] + bytes(150) + data[-50:], "."),
        ],
    )
    def test_what_is_not_a_whole_file(self, write, change, told):
        path = write(change(written(table(10))))
        with pytest.raises(InputError, match=told) as caught:
            read(path)
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)

    def test_a_file_that_is_cut_gives_the_rows_before(self, write):
        path = write(written(table(900), batch=300)[:-100])
        found, _ = until_error(bs.read_arrow(path), InputError, "is truncated: the end of an Arrow")
        assert len(found) == 900
        path = write(written(table(900), batch=300)[:-5_000])
        found, _ = until_error(bs.read_arrow(path), InputError, "batch 3 is damaged or truncated")
        assert len(found) == 600

    def test_a_stream_without_its_end_mark(self, write):
        path = write(written(table(9), stream=True)[:-8])
        with pytest.warns(bs.InputWarning, match="the mark at the end of the Arrow stream is miss"):
            assert read(path).num_rows == 9

    def test_two_streams_in_one(self, write):
        path = write(written(table(9), stream=True) * 2)
        found, _ = until_error(
            bs.read_arrow(path), InputError, "there is more data after the end of"
        )
        assert len(found) == 9

    @pytest.mark.parametrize("threads", [1, 3])
    @pytest.mark.parametrize("stream", [False, True])
    def test_offsets_that_lead_anywhere(self, write, threads, stream):
        rows = pa.table({"sequence": ["ACGT"] * 3000})
        data = bytearray(written(rows, batch=1000, stream=stream))
        offsets = b"".join(n.to_bytes(4, "little") for n in range(1000, 1100, 4))
        place = data.index(offsets, data.index(offsets) + 1)
        data[place : place + 4] = (2**30).to_bytes(4, "little")
        pipeline = bs.read_arrow(write(bytes(data))).with_options(threads=threads)
        found, told = until_error(pipeline, DataError, "column 'sequence' is damaged")
        assert 1000 < len(found) < 2000
        assert "\n" not in told
        assert not own_threads()

    def test_any_byte_may_be_wrong(self, write):
        """Whatever a byte says, there are rows or one clear error, and the process lives."""
        whole = written(table(20), batch=10)
        for data in (whole, written(table(20), batch=10, stream=True)):
            for place in range(0, len(data), 37):
                changed = bytearray(data)
                changed[place] ^= 0x41
                pipeline = bs.read_arrow(write(bytes(changed))).with_options(threads=1)
                try:
                    assert pipeline.stream().read_all().num_rows <= 20
                except (InputError, DataError) as error:
                    assert "\n" not in str(error)  # noqa: PT017
                except bs.InputWarning:
                    pass


def test_pairs_that_are_not(write):
    mates = [1, 2] * 20 + [1, 1]
    rows = table(42, paired=True).drop(["mate"]).append_column("mate", pa.array(mates))
    pipeline = bs.read_arrow(write(written(rows, batch=7)))
    found, told = until_error(pipeline, DataError, "row 42: mate is 1, not 2")
    assert len(found) == 40
    assert "leave the column out: select name" in told


def test_an_input_is_not_an_output(write):
    path = write(written(table(3)))
    with pytest.raises(SinkError, match="is an input; name another"):
        bs.read_arrow(path).write_arrow(path)


def test_a_sample_is_named(write):
    named = bs.read_arrow(write(written(table(3))), sample="S1")
    assert named.schema.metadata == {b"biometal_stream.sample": b"S1"}


@settings(max_examples=15)
@given(st.integers(1, 20), st.integers(1, 3000), st.booleans())
def test_parts_give_the_same_rows(tmp_path_factory, batch, nbytes, paired):
    path = tmp_path_factory.getbasetemp() / "parts.arrow"
    wanted = table(50, paired=paired)
    path.write_bytes(written(wanted, batch=batch))
    source = ArrowSource((path,))
    assert isinstance(source, PartitionedSource)
    parts = [pickle.loads(pickle.dumps(part)) for part in source.partitions(nbytes)]
    found = [pa.Table.from_batches(part.batches(), part.schema) for part in parts]
    assert [row for each in found for row in each.to_pylist()] == wanted.to_pylist()
    if paired:
        assert all(each.num_rows % 2 == 0 for each in found)


def test_a_stream_is_one_part(write):
    (part,) = ArrowSource((write(written(table(50), batch=5, stream=True)),)).partitions(1)
    assert sum(each.num_rows for each in part.batches()) == 50
    some = part.project(frozenset({"row"}))
    assert next(iter(some.batches())).schema.names == ["row"]


@pytest.mark.parametrize("size", [0, 1, 7])
def test_the_table_of_contents_of_a_file(write, size):
    path = write(written(table(20), batch=size or None) if size else written(table(0)))
    file = ArrowFile(open_seekable(str(path), "Arrow"))
    with pa.ipc.open_file(path.read_bytes()) as reader:
        wanted = [reader.get_batch(index).num_rows for index in range(reader.num_record_batches)]
    assert [file.rows(index) for index in range(file.num_batches)] == wanted
    file.source.close()


def test_it_can_be_pickled_and_compared(write):
    source = ArrowSource((str(write(written(table(3)))),), sample="S1")
    assert pickle.loads(pickle.dumps(source)) == source
    assert source.project(frozenset({"row"})).schema.names == ["row"]
    assert not source.paired
    with pytest.raises(ConfigurationError, match="standard input can be read only once"):
        ArrowSource(("-", "-"))
