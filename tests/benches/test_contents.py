"""Which reads a file holds, whatever its format."""

import gzip

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benches.contents import Contents, count_reads, difference, read_contents
from benches.processes import FailedError

READS = [
    ("a", "x 1", "ACGT", "IIII"),
    ("b", None, "", ""),
    ("c", "y", "GATTACA", "!!!!!#@"),
    ("d", None, "N", "+"),
]
TEXT = "".join(
    f"@{name}{f' {more}' if more else ''}\n{bases}\n+\n{scores}\n"
    for name, more, bases, scores in READS
).encode()


def write(path, reads=READS, quality="quality", **options) -> None:
    columns = list(zip(*reads, strict=True))
    names = ("name", "description", "sequence", quality)
    table = pa.table({name: list(own) for name, own in zip(names, columns, strict=True)})
    if path.suffix == ".parquet":
        pq.write_table(table, path, **options)
    else:
        with pa.ipc.new_file(path, table.schema) as out:
            out.write_table(table, **options)


def test_every_format_of_the_same_reads_holds_the_same(tmp_path) -> None:
    (tmp_path / "a.fastq").write_bytes(TEXT)
    (tmp_path / "b.fastq.gz").write_bytes(gzip.compress(TEXT[:40]) + gzip.compress(TEXT[40:]))
    write(tmp_path / "c.parquet", row_group_size=3)
    write(tmp_path / "d.parquet", quality="quality_scores")
    write(tmp_path / "e.arrow", max_chunksize=2)
    found = {read_contents((str(path),)) for path in tmp_path.iterdir()}
    assert len(found) == 1
    assert {count_reads((str(path),)) for path in tmp_path.iterdir()} == {4}
    assert found.pop().reads == 4


def test_pieces_of_any_size_make_the_same_sums(tmp_path, monkeypatch) -> None:
    (tmp_path / "a.fastq").write_bytes(TEXT)
    path = (str(tmp_path / "a.fastq"),)
    whole = read_contents(path)
    for size in (1, 7, 30):
        monkeypatch.setattr("benches.contents._BUFFER", size)
        assert read_contents(path) == whole
    assert read_contents(path * 2).reads == 8


def contents(tmp_path, reads) -> Contents:
    write(tmp_path / "reads.parquet", reads)
    return read_contents((str(tmp_path / "reads.parquet"),))


def changed(place: int, value: str) -> list[tuple]:
    read = list(READS[2])
    read[place] = value
    return [*READS[:2], tuple(read), READS[3]]


@pytest.mark.parametrize(
    ("reads", "words"),
    [
        (READS, ""),
        (changed(1, "another description"), ""),
        (READS[::-1], "another order"),
        (changed(0, "e"), "other names"),
        (changed(2, "GATTACC"), "other sequences"),
        (changed(3, "!!!!!!!"), "other qualities"),
        ([*READS[:3], ("d", None, "A", "-")], "other sequences and qualities"),
    ],
)
def test_how_reads_differ_is_said(tmp_path, reads, words) -> None:
    assert difference(contents(tmp_path, READS), contents(tmp_path, reads)) == words


@pytest.mark.parametrize("suffix", [".fastq", ".fastq.gz", ".parquet", ".arrow"])
def test_what_is_missing_or_broken_is_an_error(tmp_path, suffix) -> None:
    path = tmp_path / f"out{suffix}"
    for read in (read_contents, count_reads):
        with pytest.raises(FailedError, match="what it wrote cannot be read"):
            read((str(path),))
    path.write_bytes(b"no such thing")
    with pytest.raises(FailedError, match="what it wrote cannot be read"):
        read_contents((str(path),))


def test_a_table_without_reads_is_an_error(tmp_path) -> None:
    write(tmp_path / "a.parquet", quality="something")
    with pytest.raises(FailedError, match="there is no column quality or quality_scores"):
        read_contents((str(tmp_path / "a.parquet"),))
