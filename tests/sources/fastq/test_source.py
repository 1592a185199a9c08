"""FASTQ as a source: files, lanes, mates, and settings."""

import gzip
import io
import os
import pickle
import threading
import warnings
from pathlib import Path

import pyarrow as pa
import pytest

import biometal_stream as bs
from biometal_stream.errors import (
    BiometalError,
    ConfigurationError,
    FastqError,
    PairError,
    RecordTooLongError,
)
from biometal_stream.sources.fastq.source import FastqSource
from tests.stand_ins import own_threads

ONE = b"@a 1:N:0:A\nACGT\n+\nIIII\n@b\nNNAC\n+\n!!5I\n"
TWO = b"@a 2:N:0:A\nTTTT\n+\nHHHH\n@b\nGGGG\n+\nGGGG\n"


@pytest.fixture
def one(tmp_path: Path) -> Path:
    path = tmp_path / "one.fq"
    path.write_bytes(ONE)
    return path


@pytest.fixture
def two(tmp_path: Path) -> Path:
    path = tmp_path / "two.fq.gz"
    path.write_bytes(gzip.compress(TWO))
    return path


def table(pipeline: bs.Pipeline) -> pa.Table:
    return pipeline.stream().read_all()


def test_the_columns(one: Path) -> None:
    read = table(bs.read_fastq(one, sample="S1"))
    assert read.to_pylist() == [
        {"name": "a", "description": "1:N:0:A", "sequence": "ACGT", "quality": "IIII"},
        {"name": "b", "description": None, "sequence": "NNAC", "quality": "!!5I"},
    ]
    assert read.schema.metadata == {
        b"biometal_stream.schema": b"reads/1",
        b"biometal_stream.sample": b"S1",
    }


def test_mates_from_two_files_alternate(one: Path, two: Path) -> None:
    read = table(bs.read_fastq(one, mate=two))
    assert read.column("mate").to_pylist() == [1, 2, 1, 2]
    assert read.column("name").to_pylist() == ["a", "a", "b", "b"]
    assert read.column("sequence").to_pylist() == ["ACGT", "TTTT", "NNAC", "GGGG"]


def test_interleaved_mates(tmp_path: Path, one: Path, two: Path) -> None:
    mixed = tmp_path / "mixed.fq"
    lines = [ONE.split(b"\n"), TWO.split(b"\n")]
    mixed.write_bytes(b"".join(b"\n".join(f[k : k + 4]) + b"\n" for k in (0, 4) for f in lines))
    assert table(bs.read_fastq(mixed, interleaved=True)) == table(bs.read_fastq(one, mate=two))


def test_lanes_are_one_stream_in_order(tmp_path: Path, one: Path, two: Path) -> None:
    paths = []
    for lane, text in enumerate((ONE, TWO)):
        paths.append(tmp_path / f"L{lane}.fq")
        paths[-1].write_bytes(text.replace(b"@", b"@other."))
    assert table(bs.read_fastq([two, str(paths[0])])).column("sequence").to_pylist() == [
        "TTTT", "GGGG", "ACGT", "NNAC",
    ]  # fmt: skip
    paired = table(bs.read_fastq([one, paths[0]], mate=[two, paths[1]]))
    assert paired.column("mate").to_pylist() == [1, 2] * 4


def test_file_objects_and_pipes(one: Path) -> None:
    expected = table(bs.read_fastq(one))
    assert table(bs.read_fastq(io.BytesIO(gzip.compress(ONE)))) == expected
    with one.open("rb") as file:
        assert table(bs.read_fastq(file)) == expected
    reading, writing = os.pipe()
    os.write(writing, ONE)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        assert table(bs.read_fastq(pipe)) == expected


def test_a_pipe_that_stays_silent_does_not_hold_the_end_of_a_run() -> None:
    reading, writing = os.pipe()
    writer = threading.Thread(target=os.write, args=(writing, ONE * 400_000))
    writer.start()  # and then the pipe stays open
    with os.fdopen(reading, "rb", buffering=0) as pipe:
        batches = bs.read_fastq(pipe).batches()
        assert next(batches).num_rows > 0
        writer.join()
        batches.close()
    assert own_threads() == []
    os.close(writing)


def test_a_plain_iteration_needs_no_pipeline(one: Path, two: Path) -> None:
    source = FastqSource((one,), mate=(two,))
    (batch,) = source.batches()
    assert batch.schema == source.schema
    assert batch.num_rows == 4


def test_a_source_is_a_recipe(one: Path) -> None:
    source = FastqSource((str(one),), sample="S1", quality_encoding="auto")
    assert pickle.loads(pickle.dumps(source)) == source
    assert eval(repr(source)) == source


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"paths": ()}, "there is no input"),
        ({"paths": ("a",), "mate": ("b", "c")}, "1 files, 2 with mates"),
        ({"paths": ("a",), "mate": ("b",), "interleaved": True}, "same file"),
        ({"paths": ("-",), "mate": ("-",)}, "standard input can be read only once"),
        ({"paths": ("a",), "on_bad_record": "quarantine"}, "quarantine needs a file"),
        ({"paths": ("a",), "quarantine": "q"}, "quarantine needs a file"),
        ({"paths": ("a",), "max_record_bytes": 0}, "1 to 1,073,741,824 bytes"),
        ({"paths": ("a",), "quality_encoding": "sanger"}, "phred33, auto, phred64, solexa"),
        ({"paths": ("a",), "on_bad_record": "ignore"}, "stop, skip, quarantine"),
    ],
)
def test_settings_that_do_not_fit(settings: dict, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        FastqSource(**settings)


def test_a_missing_lane_fails_before_anything_is_read(one: Path, tmp_path: Path) -> None:
    batches = bs.read_fastq([one, tmp_path / "missing.fq"]).batches()
    with pytest.raises(BiometalError, match=r"missing\.fq"):
        next(batches)


def test_mates_of_different_names(one: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.fq"
    other.write_bytes(TWO.replace(b"@b", b"@c"))
    message = "one.fq: record 2, line 5, byte 23: '@b' and '@c' of .*other.fq: record 2"
    with pytest.raises(PairError, match=message):
        table(bs.read_fastq(one, mate=other))


def test_a_file_with_fewer_mates(one: Path, tmp_path: Path) -> None:
    short = tmp_path / "short.fq"
    two = tmp_path / "two.fq"
    two.write_bytes(TWO)
    for mate, pair in enumerate(((one, short), (short, two))):
        short.write_bytes((TWO, ONE)[mate].partition(b"@b")[0])
        with pytest.raises(PairError, match=r"'@b' has no mate: .*short.fq ends after 1 records"):
            table(bs.read_fastq(pair[0], mate=pair[1]))


def test_a_file_that_ends_within_a_record_is_named_before_lone_mates(
    one: Path, tmp_path: Path
) -> None:
    cut = tmp_path / "cut.fq"
    cut.write_bytes(TWO[: TWO.index(b"GGGG")])
    with pytest.raises(FastqError, match=r"cut.fq: record 2, line 5.*may be truncated"):
        table(bs.read_fastq(one, mate=cut))


@pytest.mark.parametrize("length", [10_000_000, 1_500_000])
def test_long_reads(tmp_path: Path, length: int) -> None:
    path = tmp_path / "long.fq"
    path.write_bytes(b"@r\n" + b"ACGTN" * (length // 5) + b"\n+\n" + b"I" * length + b"\n" + ONE)
    read = table(bs.read_fastq(path))
    assert [len(s) for s in read.column("sequence").to_pylist()] == [length, 4, 4]
    with pytest.raises(RecordTooLongError, match=r"record 1, line 1, byte 0: .*--max-record-size"):
        table(bs.read_fastq(path, max_record_bytes=length))


def test_the_limit_holds_for_records_within_a_chunk(one: Path) -> None:
    with pytest.raises(RecordTooLongError, match="record 1"):
        table(bs.read_fastq(one, max_record_bytes=22))
    assert table(bs.read_fastq(one, max_record_bytes=23)).num_rows == 2


def phred64(tmp_path: Path) -> Path:
    path = tmp_path / "old.fq"
    path.write_bytes(b"@a\nACGTA\n+\nBJT^h\n" * 30)
    return path


def test_phred64_is_noticed(tmp_path: Path) -> None:
    path = phred64(tmp_path)
    with pytest.warns(bs.InputWarning, match=r"old.fq: the qualities look like phred64"):
        read = table(bs.read_fastq(path))
    assert read.column("quality")[0].as_py() == "BJT^h"


@pytest.mark.parametrize("encoding", ["phred33", "auto"])
def test_mates_of_another_encoding_are_noticed(tmp_path: Path, encoding: str) -> None:
    one, two = tmp_path / "1.fq", tmp_path / "2.fq"
    one.write_bytes(b"@a\nACGT\n+\n#5AI\n")
    two.write_bytes(b"@a\nACGT\n+\nBZah\n")
    with pytest.warns(bs.InputWarning, match="2.fq: the qualities look like phred64"):
        read = table(bs.read_fastq(one, mate=two, quality_encoding=encoding))
    assert read.column("quality").to_pylist() == ["#5AI", "BZah"]


@pytest.mark.parametrize("encoding", ["auto", "phred64"])
def test_phred64_is_translated_when_asked(tmp_path: Path, encoding: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read = table(bs.read_fastq(phred64(tmp_path), quality_encoding=encoding))
    assert set(read.column("quality").to_pylist()) == {"#+5?I"}


def test_auto_leaves_phred33_alone(one: Path) -> None:
    assert table(bs.read_fastq(one, quality_encoding="auto")) == table(bs.read_fastq(one))


def test_a_byte_that_the_encoding_lacks(one: Path) -> None:
    message = r"record 2, line 8, byte 33: '!' \(byte 33\) cannot be a quality; phred64 text"
    with pytest.raises(FastqError, match=message):
        table(bs.read_fastq(one, quality_encoding="phred64"))


def test_every_number_of_workers_reads_the_same(tmp_path: Path) -> None:
    path = tmp_path / "many.fq"
    path.write_bytes(ONE * 60_000)
    expected = table(bs.read_fastq(path).with_options(threads=1))
    assert expected.num_rows == 120_000
    for threads, memory in ((2, None), (4, 16 << 20)):
        pipeline = bs.read_fastq(path).with_options(threads=threads, memory=memory)
        assert table(pipeline).equals(expected)


def test_the_quarantine_is_not_the_output(one: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.fq"
    pipeline = bs.read_fastq(one, on_bad_record="quarantine", quarantine=target)
    with pytest.raises(ConfigurationError, match=r"out.fq: is written twice; name two files"):
        pipeline.write_fastq(tmp_path / "." / "out.fq")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one.fq"]


def test_warnings_come_also_where_no_batch_does() -> None:
    source = FastqSource((io.BytesIO(b"no FASTQ\n"),), on_bad_record="skip")
    with pytest.warns(bs.InputWarning, match="bad records are left out; the first"):
        assert list(source.batches()) == []
