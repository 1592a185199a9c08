"""`read` of Parquet and Arrow: a run starts where another ended, and what does not fit is told."""

from __future__ import annotations

import io
import os
import shutil
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import biometal_stream as bs
from biometal_stream.cli.main import main

RECORDS = b"".join(b"@r%d\n%s\n+\n%s\n" % (n, b"ACGT" * n, b"IIII" * n) for n in range(1, 21))
PAIRS = b"".join(b"@r%d/%d\nACGT\n+\nIIII\n" % (n // 2, n % 2 + 1) for n in range(20))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("written")
    (folder / "a.fq").write_bytes(RECORDS)
    reads = bs.read_fastq(folder / "a.fq", sample="S1") | bs.Measure(("length",))
    reads.write_parquet(folder / "a.parquet")
    reads.write_parquet(f"{folder}/parts/")
    reads.write_arrow(folder / "a.arrow")
    reads.write_arrow(folder / "a.arrows", stream=True)
    pairs = bs.read_fastq(io.BytesIO(PAIRS), interleaved=True)
    pairs.write_parquet(folder / "pairs.parquet")
    return folder


@pytest.fixture
def here(written: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(written, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow", "a.arrows", "parts", "parts/"])
def test_a_run_starts_where_another_ended(here: Path, name: str) -> None:
    assert main(f"read {name} min-length 20 write out.fq".split()) == 0
    assert main(["read", "a.fq", "min-length", "20", "write", "wanted.fq"]) == 0
    assert Path("out.fq").read_bytes() == Path("wanted.fq").read_bytes()


@pytest.mark.parametrize("command", ["read copy write out.parquet", "read - write out.parquet"])
@pytest.mark.parametrize("name", ["a.parquet", "a.arrow", "a.arrows"])
def test_the_content_tells_the_format(
    here: Path, name: str, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Path(name).rename("copy")
    before = os.dup(0)
    with Path("copy").open("rb") as file:
        os.dup2(file.fileno(), 0)
    try:
        assert main(command.split()) == 0
    finally:
        os.dup2(before, 0)
        os.close(before)
    assert pq.read_schema("out.parquet").metadata[b"biometal_stream.sample"] == b"S1"
    assert pq.read_table("out.parquet")["length"].to_pylist() == [4 * n for n in range(1, 21)]


def test_pairs_are_written_as_pairs(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["read", "pairs.parquet", "write", "1.fq", "--mate", "2.fq"]) == 0
    assert Path("1.fq").read_bytes().count(b"\n@r") == 9
    assert Path("2.fq").read_bytes().count(b"\n@r") == 9
    assert main(["read", "a.parquet", "write", "3.fq", "--mate", "4.fq"]) == 2
    assert "--mate is for paired reads, but these are single" in capfd.readouterr().err


def test_names_of_formats_and_of_samples(here: Path) -> None:
    assert (
        main(["read", "a.parquet", "--format", "parquet", "--sample", "S2", "write", "b.parquet"])
        == 0
    )
    assert pq.read_schema("b.parquet").metadata[b"biometal_stream.sample"] == b"S2"
    command = pq.read_schema("b.parquet").metadata[b"biometal_stream.command"]
    assert command.endswith(b"write b.parquet")


def test_several_files(here: Path) -> None:
    assert main(["read", "a.parquet", "a.parquet", "write", "twice.parquet"]) == 0
    assert pq.read_metadata("twice.parquet").num_rows == 40


@pytest.mark.parametrize(
    ("line", "status", "told"),
    [
        ("--on-bad-record skip read a.parquet", 2, "on_bad_record: for FASTQ"),
        ("--quarantine q.fq read a.parquet", 2, "for FASTQ"),
        ("read a.parquet --mate a.parquet", 2, "mate: for FASTQ"),
        ("read a.parquet --interleaved", 2, "interleaved: for FASTQ"),
        ("read a.parquet --quality-encoding auto", 2, "the input is Parquet; leave out --quality"),
        ("read a.arrow --max-record-size 1M", 2, "the input is Arrow; leave out --max-record-size"),
        ("read a.parquet --format fastq", 1, "is Parquet, not FASTQ; read it with --format parq"),
        ("read a.arrow --format parquet", 1, "a.arrow: is not a Parquet file"),
        ("read a.fq --format arrow", 1, "a.fq: is neither an Arrow file nor an Arrow stream"),
        ("read a.parquet select name min-length 5", 2, "min-length needs a column 'sequence'"),
        ("read a.parquet where gc>0.5 select gc", 2, "'gc'"),
        ("read a.parquet write a.parquet", 1, "is an input"),
        ("read parts write parts", 1, "parts: is a folder that is not empty"),
        ("read parts write parts/part-00000-of-00004.parquet", 1, "is an input"),
        ("read empty write x.parquet", 1, "empty: is a folder; name the files in it"),
        ("read a.parquet a.fq", 1, "a.fq: is not a Parquet file"),
        ("read no.parquet", 1, "no.parquet: cannot be opened: No such file"),
    ],
)
def test_what_does_not_fit(
    here: Path, capfd: pytest.CaptureFixture[str], line: str, status: int, told: str
) -> None:
    Path("empty").mkdir()
    before = {str(path): path.stat().st_mtime_ns for path in here.rglob("*") if path.is_file()}
    words = line.split() if "write" in line else [*line.split(), "write", "x.parquet"]
    assert main(words) == status
    error = capfd.readouterr().err
    assert told in error.splitlines()[-1]
    after = {str(path): path.stat().st_mtime_ns for path in here.rglob("*") if path.is_file()}
    assert after == before


def test_a_parquet_file_in_a_pipe(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    os.mkfifo("pipe")
    data = Path("a.parquet").read_bytes()
    reading = os.open("pipe", os.O_RDONLY | os.O_NONBLOCK)
    writing = os.open("pipe", os.O_WRONLY)
    os.write(writing, data)
    os.close(writing)
    before = os.dup(0)
    os.dup2(reading, 0)
    try:
        assert main(["read", "-", "write", "x.parquet"]) == 1
    finally:
        os.dup2(before, 0)
        os.close(before)
        os.close(reading)
    assert "standard input: is a pipe or device, but Parquet" in capfd.readouterr().err


def test_mates_that_do_not_alternate(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    ones = bs.read_parquet("pairs.parquet").dataset().to_table(filter=pa.compute.field("mate") == 1)
    pq.write_table(ones, "ones.parquet")
    assert main(["read", "ones.parquet", "write", "x.fq"]) == 1
    assert "ones.parquet: row 2: mate is 1, not 2" in capfd.readouterr().err
    assert (
        main(
            [
                "read",
                "ones.parquet",
                "select",
                "name",
                "description",
                "sequence",
                "quality",
                "write",
                "x.fq",
            ]
        )
        == 0
    )
    assert Path("x.fq").read_bytes().count(b"\n@r") == 9
