"""Index reads, from files in step with the reads."""

from __future__ import annotations

import gzip
import os
import threading
import warnings
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.cli.main import main
from biometal_stream.endings import UntilError
from biometal_stream.errors import ConfigurationError, InputError, InputWarning, PairError
from biometal_stream.sources.fastq.source import FastqSource

NAMES = ("R1", "R2", "I1", "I2")
LENGTHS = (30, 20, 8, 10)
READS = 5000


def bases(file: int, read: int, length: int) -> str:
    """Bases that differ from read to read and from file to file."""
    return "".join("ACGT"[(read >> (2 * k)) + file + k & 3] for k in range(length))


def record(file: int, read: int, name: str = "M:{read}", mark: bool = True) -> str:
    """One record of a file."""
    sequence = bases(file, read, LENGTHS[file])
    header = name.format(read=read, file=file + 1) + (f" {1 + file % 2}:N:0:ACGT" if mark else "")
    return f"@{header}\n{sequence}\n+\n{chr(70 + file) * len(sequence)}\n"


def written(folder: Path, lanes: int = 1, **options: object) -> list[list[str]]:
    """The names of the files of lanes, in the order R1, R2, I1, I2."""
    files: list[list[str]] = []
    for file, name in enumerate(NAMES):
        files.append([])
        for lane in range(lanes):
            path = folder / f"{lane}_{name}.fq"
            first = lane * READS
            reads = range(first, first + READS)
            path.write_text("".join(record(file, read, **options) for read in reads))  # type: ignore[arg-type]
            files[-1].append(str(path))
    return files


def edited(path: str, change: object) -> None:
    """Changes the records of a file."""
    lines = Path(path).read_text().splitlines(keepends=True)
    records = ["".join(lines[at : at + 4]) for at in range(0, len(lines), 4)]
    change(records)  # type: ignore[operator]
    Path(path).write_text("".join(records))


def table(files: list[list[str]], **options: object) -> pa.Table:
    """All four files, as a table."""
    one, two, index, other = files
    reads = bs.read_fastq(one, mate=two, index=[*index, *other], **options)  # type: ignore[arg-type]
    return reads.stream().read_all()


def expected(reads: range) -> list[tuple[str, str, str]]:
    """The sequence and the index reads of each row."""
    return [
        (bases(mate, read, LENGTHS[mate]), bases(2, read, 8), bases(3, read, 10))
        for read in reads
        for mate in (0, 1)
    ]


def rows(found: pa.Table) -> list[tuple[str, str, str]]:
    """The same of a table."""
    columns = (found.column(name).to_pylist() for name in ("sequence", "index_1", "index_2"))
    return list(zip(*columns, strict=True))


def test_index_reads_are_columns_of_both_mates(tmp_path: Path) -> None:
    found = table(written(tmp_path, lanes=2))
    assert found.schema.names[-4:] == ["index_1", "index_1_quality", "index_2", "index_2_quality"]
    assert rows(found) == expected(range(2 * READS))
    assert set(found.column("index_2_quality").to_pylist()) == {chr(73) * 10}


def test_index_reads_of_single_reads(tmp_path: Path) -> None:
    one, _, index, _ = written(tmp_path)
    found = bs.read(one, index=index).stream().read_all()
    assert found.schema.names[-2:] == ["index_1", "index_1_quality"]
    assert found.column("index_1").to_pylist() == [bases(2, read, 8) for read in range(READS)]


@pytest.mark.parametrize("threads", [1, 3])
@pytest.mark.parametrize("mode", ["stop", "skip"])
def test_compressed_files_and_pipes(tmp_path: Path, threads: int, mode: str) -> None:
    files = written(tmp_path)
    whole = table(files)
    pipes = []
    writers = []
    for each in files:
        data = Path(each[0]).read_bytes()
        Path(f"{each[0]}.gz").write_bytes(gzip.compress(data))
        pipes.append([f"{each[0]}.pipe"])
        os.mkfifo(pipes[-1][0])
        writers.append(threading.Thread(target=Path(pipes[-1][0]).write_bytes, args=(data,)))
        writers[-1].start()
    one, two, index, other = pipes
    piped = bs.read(one, mate=two, index=index + other, on_bad_record=mode)
    assert piped.with_options(threads=threads).stream().read_all().equals(whole)
    for writer in writers:
        writer.join()
    assert table([[f"{each[0]}.gz"] for each in files], on_bad_record=mode).equals(whole)


@pytest.mark.parametrize("name", ["M:{read}/{file}", "S.{read}.{file}"])
def test_files_may_number_the_names(tmp_path: Path, name: str) -> None:
    files = written(tmp_path, name=name, mark=False)
    assert rows(table(files)) == expected(range(READS))
    assert rows(table(files, on_bad_record="skip")) == expected(range(READS))


def test_spots_are_not_numbered_files(tmp_path: Path) -> None:
    one, _, index, _ = written(tmp_path, name="SRR1.{read}", mark=False)
    edited(index[0], lambda records: records.insert(0, records.pop(2)))
    with pytest.raises(PairError, match=r"'@SRR1.0' and the index read '@SRR1.2'"):
        bs.read_fastq(one, index=index).stream().read_all()


@pytest.mark.parametrize("file", range(4))
@pytest.mark.parametrize("gone", [0, 1234, READS - 1])
def test_out_of_step_is_an_error_after_the_reads_before(
    tmp_path: Path, file: int, gone: int
) -> None:
    files = written(tmp_path)
    edited(files[file][0], lambda records: records.pop(gone))
    one, two, index, other = files
    pipeline = bs.read_fastq(one, mate=two, index=index + other)
    found: list[tuple[str, str, str]] = []
    coming = UntilError(pipeline.batches())
    for batch in coming:
        found += rows(pa.Table.from_batches([batch]))
    with pytest.raises(PairError, match=r"not mates|different names|has no (mate|index read)"):
        coming.check()
    assert found == expected(range(gone))


def test_missing_reads_are_named(tmp_path: Path) -> None:
    one, _, index, _ = written(tmp_path)
    edited(one[0], lambda records: records.pop())
    with pytest.raises(PairError, match=r"'@M:4999 .* has no read: .*R1.fq ends after 4,999"):
        bs.read_fastq(one, index=index).stream().read_all()


@pytest.mark.parametrize("quarantine", [False, True])
def test_tolerant_modes_keep_what_all_files_have(tmp_path: Path, quarantine: bool) -> None:
    files = written(tmp_path)
    gone = {0: [3, 700], 1: [44, 45, 46], 2: [0, 45, 2999], 3: [4999]}
    for file, places in gone.items():
        edited(files[file][0], lambda records, at=places: [records.pop(k) for k in at[::-1]])
    edited(files[2][0], lambda records: records.insert(9, "@broken\nACGT\n+\nIII\n"))
    aside = tmp_path / "aside.fq"
    options = {"quarantine": str(aside)} if quarantine else {}
    one, two, index, other = files
    mode = "quarantine" if quarantine else "skip"
    reads = bs.read_fastq(one, mate=two, index=index + other, on_bad_record=mode, **options)  # type: ignore[arg-type]
    with pytest.warns(InputWarning, match="left out") as warned:
        report = reads.write_parquet(str(tmp_path / "kept.parquet"))
    left = {str(each.message).partition(" are left out")[0] for each in warned}
    assert left == {"bad records", "reads without their mate or index read"}
    kept = bs.read_parquet(str(tmp_path / "kept.parquet")).stream().read_all()
    lost = {read for places in gone.values() for read in places}
    assert rows(kept) == [
        row for read in range(READS) if read not in lost for row in expected(range(read, read + 1))
    ]
    orphans = 4 * len(lost) - sum(map(len, gone.values()))
    assert report.counts["reads without their mate"] == orphans
    if quarantine:
        assert aside.read_text().count("\n") == 4 * (orphans + 1)


@given(st.lists(st.sets(st.integers(0, 30), max_size=20), min_size=3, max_size=3))
def test_whatever_is_missing_the_rest_is_brought_together(
    tmp_path_factory: pytest.TempPathFactory, gone: list[set[int]]
) -> None:
    folder = tmp_path_factory.mktemp("gone")
    for file, lost in enumerate(gone):
        text = "".join(record(file, read) for read in range(31) if read not in lost)
        (folder / f"{file}.fq").write_text(text)
    one, two, index = (str(folder / f"{file}.fq") for file in range(3))
    source = FastqSource((one,), mate=(two,), index=(index,), on_bad_record="skip")
    with warnings.catch_warnings(action="ignore"):
        found = [row["name"] for batch in source.batches() for row in batch.to_pylist()[::2]]
    common = set(range(31)).difference(*gone)
    assert found == [f"M:{read}" for read in sorted(common)]


def test_a_copy_of_the_reads_is_no_index(tmp_path: Path) -> None:
    one, _, _, _ = written(tmp_path)
    copy = tmp_path / "copy.fq"
    copy.write_text(Path(one[0]).read_text())
    for mode in ("stop", "skip"):
        with pytest.raises(PairError, match="holds the same reads"):
            bs.read_fastq(one, index=str(copy), on_bad_record=mode).stream().read_all()  # type: ignore[arg-type]


def test_wrong_inputs(tmp_path: Path) -> None:
    one, two, index, other = (each[0] for each in written(tmp_path))
    with pytest.raises(ConfigurationError, match="one or two with its index reads: 1 files, 3"):
        bs.read_fastq(one, index=[index, other, two])
    with pytest.raises(ConfigurationError, match="index reads need mates in two files"):
        bs.read_fastq(one, interleaved=True, index=index)
    with pytest.raises(ConfigurationError, match="is named twice"):
        bs.read_fastq(one, index=one).stream().read_all()
    with pytest.raises(ConfigurationError, match="index: for FASTQ only"):
        bs.read(one, index=index, format="fasta")
    with pytest.raises(InputError, match="nowhere"):
        bs.read_fastq(one, index="nowhere.fq").stream().read_all()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("R1 --mate R2 --index I1 --index I2", None),
        ("R1 --mate R2 --index I1 I2", None),
        ("R1 --mate R2 --index I1 demultipex", "'demultipex'. Did you mean demultiplex?"),
        ("R1 --index I1 --index I2 --index R2", "--index names 3 files for 1 file"),
        ("R1 --interleaved --index I1", "give the mates with --mate, not --interleaved"),
        ("R1 --index -  --index -", "standard input (-) can be read only once"),
    ],
)
def test_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: str, message: str | None
) -> None:
    paths = {name: path for name, (path,) in zip(NAMES, written(tmp_path), strict=True)}
    line = [paths.get(word, word) for word in words.split()]
    status = main(["read", *line, "write", str(tmp_path / "x.parquet"), "--quiet"])
    assert (status == 0) is (message is None)
    assert (message or "") in capsys.readouterr().err


def test_spark_takes_them(tmp_path: Path) -> None:
    pytest.importorskip("pyspark")
    from biometal_stream.interop.spark.options import parsed_options
    from biometal_stream.sources.fastq.format import FORMAT

    index = written(tmp_path)[2][0]
    assert parsed_options(FORMAT, {"index": index})["index"] == (index,)


def test_columns_that_nothing_uses_are_not_made(tmp_path: Path) -> None:
    one, two, index, other = written(tmp_path)
    source = FastqSource(tuple(one), mate=tuple(two), index=(*index, *other))
    for columns in (["index_2"], ["name", "index_1_quality"], ["sequence"], []):
        part = source.project(frozenset(columns))
        (batch, *_) = part.batches()
        assert batch.schema.names == columns
        assert batch.num_rows > 1
    with pytest.raises(ConfigurationError, match=r"columns must be among .* index_2_quality"):
        source.project(frozenset(["index_3"]))


def test_a_bad_index_read_is_an_error_with_its_location(tmp_path: Path) -> None:
    one, _, index, _ = written(tmp_path)

    def spoil(records: list[str]) -> None:
        records[17] = records[17].replace("A", "!")

    edited(index[0], spoil)
    with pytest.raises(bs.errors.RecordError, match=r"I1.fq: record 18, line 70"):
        bs.read_fastq(one, index=index).stream().read_all()


@pytest.mark.parametrize("suffix", ["", ".bgz"])
@pytest.mark.parametrize("paired", [False, True])
def test_partitions_of_files_in_step(tmp_path: Path, suffix: str, paired: bool) -> None:
    files = written(tmp_path, lanes=2)
    if suffix:
        for path in (path for lane in files for path in lane):
            report = bs.read_fastq(path).write_fastq(f"{path}.gz")
            assert report.reads_out == READS
        files = [[f"{path}.gz" for path in lane] for lane in files]
    one, two, index, other = files
    mate = tuple(two) if paired else ()
    source = FastqSource(tuple(one), mate=mate, index=(*index, *other))
    size = sum(Path(str(path)).stat().st_size for path in source.inputs)
    partitions = source.partitions(size // 10)
    assert len(partitions) > 2
    found = pa.Table.from_batches([batch for part in partitions for batch in part.batches()])
    assert found.equals(pa.Table.from_batches(source.batches()))
    assert rows(found) == expected(range(2 * READS))[:: 1 if paired else 2]


def test_an_error_in_a_partition_is_that_of_the_whole(tmp_path: Path) -> None:
    one, two, index, other = written(tmp_path)
    edited(index[0], lambda records: records.insert(4100, records.pop(4000)))
    source = FastqSource(tuple(one), mate=tuple(two), index=(*index, *other))
    errors = []
    for each in (source, *source.partitions(100_000)):
        coming = UntilError(each.batches())
        for _ in coming:
            pass
        try:
            coming.check()
        except PairError as error:
            errors.append(str(error))
    assert len(errors) >= 2
    assert len(set(errors)) == 1
    assert "record 4001" in errors[0]


def test_files_that_number_the_names_are_not_divided(tmp_path: Path) -> None:
    one, two, index, other = written(tmp_path, name="M:{read}/{file}", mark=False)
    source = FastqSource(tuple(one), mate=tuple(two), index=(*index, *other))
    (partition,) = source.partitions(100_000)
    assert rows(pa.Table.from_batches(partition.batches())) == expected(range(READS))
