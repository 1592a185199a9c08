"""FASTA in: every way of writing it, every size of chunk and number of threads, and what is bad."""

import bz2
import gzip
import io
import lzma
import pickle
import warnings
from types import SimpleNamespace

import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.errors import (
    CompressedInputError,
    FastaError,
    InputError,
    PairError,
    RecordTooLongError,
)
from biometal_stream.sources.fasta.source import FastaSource
from tests.pipes import piped
from tests.sources.fasta import naive
from tests.stand_ins import Collect

BUDGET = "biometal_stream.sources.fasta.reads.budget_of"
SQUEEZES = {
    "": bytes,
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstd.compress,
}
GOOD = b"\r\n\n>a x y\r\nAC\r\n\r\ngt\r\n>b\n>c\tBC:Z:1\nACGT\nNN\n> d\n>\nA"
ROWS = [
    ("a", "x y", "ACgt"),
    ("b", None, ""),
    ("c", "\tBC:Z:1", "ACGTNN"),
    ("", "d", ""),
    ("", None, "A"),
]


def rows_of(source, **options):
    """The rows before an error, and the error."""
    found = []
    error = None
    pipeline = bs.Pipeline(source) if hasattr(source, "schema") else bs.read_fasta(source)
    try:
        for batch in pipeline.with_options(**options).batches():
            found += [tuple(row.values()) for row in batch.to_pylist()]
    except (FastaError, RecordTooLongError, CompressedInputError, PairError) as caught:
        error = caught
    return found, error


def expected_of(data):
    found = []
    try:
        for row in naive.parse(data):
            found.append(row)  # noqa: PERF402 - what came before an error stays
    except naive.Bad as bad:
        return found, bad.place
    return found, None


def place_of(error):
    where = getattr(error, "location", None)
    return where and (where.record, where.line, where.offset)


@pytest.fixture
def small_chunks(monkeypatch):
    """Makes chunks of a few bytes, so that records lie across them in every way."""

    def set_size(size):
        monkeypatch.setattr(BUDGET, lambda _: SimpleNamespace(chunk=size))

    return set_size


@pytest.mark.parametrize("squeeze", SQUEEZES)
@pytest.mark.parametrize("threads", [1, 3])
def test_every_way_of_writing_it(tmp_path, squeeze, threads):
    path = tmp_path / "x.fa"
    path.write_bytes(SQUEEZES[squeeze](GOOD))
    assert rows_of(path, threads=threads) == (ROWS, None)
    with piped(path.read_bytes(), 3) as source:
        assert rows_of(source, threads=threads) == (ROWS, None)
    assert bs.read_fasta(path).schema.names == ["name", "description", "sequence"]


_GOOD = (b">", b">a", b">a b", b">a\tb c", b">a \tx", b">\xc3\xa9 1:N:0:A", b"", b"A", b"acgt")
_LONG = (b"ACGTN" * 9, b"ACGTN" * 30, b">" + b"n" * 70)
_BAD = (b"AC-", b";c", b" A", b">a\rb", b">\xff", b"A\r", b"@r")
LINES = st.sampled_from((*_GOOD, *_LONG, *_BAD))


@given(
    st.lists(LINES, max_size=12),
    st.sampled_from([b"\n", b"\r\n"]),
    st.booleans(),
    st.booleans(),
    st.integers(8, 90),
)
def test_against_plain_python(lines, end, closed, mark, size):
    data = (b"\xef\xbb\xbf" if mark else b"") + end.join(lines) + (end if closed else b"")
    wanted, place = expected_of(data)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BUDGET, lambda _: SimpleNamespace(chunk=size))
        # By the source, since a look would name what is another format.
        patch.setattr("biometal_stream.sources.formats.look_for", lambda _: None)
        found, error = rows_of(io.BytesIO(data), threads=1)
    assert found == wanted
    assert place_of(error) == place


def test_a_record_of_many_chunks_and_the_limit(tmp_path, small_chunks):
    small_chunks(1000)
    body = b"".join(b"ACGT" * 15 + b"\n" for _ in range(2000))
    path = tmp_path / "x.fa"
    path.write_bytes(b">a\nAC\n>long one\n" + body + b">b\nG\n")
    found, error = rows_of(path, threads=2)
    assert error is None
    assert [(row[0], len(row[2])) for row in found] == [("a", 2), ("long", 120_000), ("b", 1)]
    size = len(b">long one\n" + body)
    for limit, fits in ((size, True), (size - 1, False), (5000, False)):
        found, error = rows_of(FastaSource((path,), max_record_bytes=limit), threads=2)
        assert len(found) == (3 if fits else 1)
        assert (error is None) == fits
        if error is not None:
            assert isinstance(error, RecordTooLongError)
            assert place_of(error) == (2, 3, 6)
            assert "--max-record-size" in str(error)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b">a\nAC\n;c\nGT\n", "record 1, line 3, byte 6: comments are not supported"),
        (b";c\n>a\nAC\n", "record 1, line 1, byte 0: comments are not supported"),
        (b"# c\n>a\nAC\n", "record 1, line 1, byte 0: comments are not supported"),
        (b">a\nAC\n>b\nAC-G\n", "record 2, line 4, byte 11: '-' cannot be a base"),
        (b">a\nMKLV\n", "'L' cannot be a base .* this may be protein"),
        (b">a\nAC GT\n", "remove blanks within and after"),
        (b">a\rACGT\r>b\rAC\r", "line 1, byte 2: lines end with a lone carriage return"),
        (b">a\nAC\rGT\n", "lone carriage return"),
        (b">a\nAC\n@r\nAC\n", "this may be FASTQ"),
        (b">\xff\nAC\n", r"a name must be UTF-8 text: '\\xff'"),
        (b"\n\nACGT\n>a\nAC\n", "record 1, line 3, byte 2: a record must start with '>': 'ACGT'"),
        (b">a\nA\0C\n", r"'\\x00' cannot be a base"),
    ],
)
def test_what_is_bad_is_said(tmp_path, data, message):
    path = tmp_path / "x.fa"
    path.write_bytes(data)
    with pytest.raises(FastaError, match=message) as caught:
        bs.read_fasta(path).run(Collect())
    assert str(caught.value).startswith(f"{path}: ")
    again = pickle.loads(pickle.dumps(caught.value))
    assert (type(again), str(again)) == (FastaError, str(caught.value))


@pytest.mark.parametrize("data", [b"", b"\n", b"\r\n\n", b"\xef\xbb\xbf"])
def test_nothing_is_no_records(data):
    assert rows_of(io.BytesIO(data)) == ([], None)


@pytest.mark.parametrize("threads", [1, 4])
def test_records_before_the_damage_are_read(tmp_path, threads, small_chunks):
    small_chunks(4096)
    data = b"".join(b">r%d\n%s\n" % (n, b"ACGT" * 20) for n in range(3000))
    packed = gzip.compress(data, 1)
    path = tmp_path / "x.fa.gz"
    path.write_bytes(packed[: len(packed) // 2])
    found, error = rows_of(path, threads=threads)
    assert isinstance(error, CompressedInputError)
    assert 100 < len(found) < 2999  # the record in which the file is cut is not known to be whole
    assert all(row == (f"r{n}", None, "ACGT" * 20) for n, row in enumerate(found))


def test_lanes_and_the_sample(tmp_path):
    for name in "ab":
        (tmp_path / f"{name}.fa").write_bytes(b">%s\nAC" % name.encode())
    reads = bs.read_fasta([tmp_path / "a.fa", tmp_path / "b.fa"], sample="S")
    table = reads.stream().read_all()
    assert table["name"].to_pylist() == ["a", "b"]
    assert table.schema.metadata[b"biometal_stream.sample"] == b"S"


@pytest.mark.parametrize("interleaved", [False, True])
@pytest.mark.parametrize("size", [20, 1 << 20])
def test_mates(tmp_path, interleaved, size, small_chunks):
    small_chunks(size)
    ones = [b">r%d/1\n%s\n" % (n, b"A" * n) for n in range(50)]
    twos = [b">r%d/2 x\n%s\n\n" % (n, b"C" * (50 - n)) for n in range(50)]
    first, second = tmp_path / "1.fa", tmp_path / "2.fa"

    def read(ones, twos):
        if interleaved:
            first.write_bytes(b"".join(a + b for a, b in zip(ones, twos, strict=False)))
            return rows_of(FastaSource((first,), interleaved=True), threads=2)
        first.write_bytes(b"".join(ones))
        second.write_bytes(b"".join(twos))
        return rows_of(FastaSource((first,), mate=second), threads=2)

    found, error = read(ones, twos)
    assert error is None
    assert [row[0] for row in found] == [f"r{n}/{mate}" for n in range(50) for mate in (1, 2)]
    assert [row[3] for row in found] == [1, 2] * 50
    found, error = read(ones, [*twos[:30], *twos[31:], twos[30]])
    assert len(found) == 60
    assert isinstance(error, PairError)
    assert error.location.record == (61 if interleaved else 31)
    assert "are not mates: their names differ" in str(error)
    found, error = read(twos, ones)
    assert found == []
    assert "the mates are swapped" in str(error)
    if size > 1000:  # the smallest chunk of a run has 256 KiB
        same = [b">r%d\n%s\n" % (n, b"ACGT"[n % 3 :] * 9) for n in range(9)]
        assert isinstance(read(same, same)[1], PairError)
    if not interleaved:
        found, error = read(ones, twos[:40])
        assert len(found) == 80
        assert "has no mate" in str(error)


def test_what_needs_quality_says_that_there_is_none(tmp_path):
    path = tmp_path / "x.fa"
    path.write_bytes(GOOD)
    with pytest.raises(bs.SchemaError, match="the reads come from FASTA, which has no qualities"):
        (bs.read_fasta(path) | bs.MinMeanQuality(20)).schema  # noqa: B018
    with pytest.raises(bs.SchemaError, match="the reads come from FASTA, which has no qualities"):
        bs.read_fasta(path).write_fastq(tmp_path / "x.fq")
    kept = (bs.read_fasta(path) | bs.MinLength(4)).stream().read_all()
    assert kept["name"].to_pylist() == ["a", "c"]


def test_other_formats_are_named(tmp_path):
    path = tmp_path / "x"
    for data, said in (
        (b"@r\nAC\n+\nII\n", r"is FASTQ, not FASTA; read it with --format fastq \(read_fastq"),
        (b"<html><body>", "is a web page, not FASTA"),
        (b"BAM\1", "is a BAM file, not FASTA; convert it with 'samtools fasta'"),
    ):
        for squeeze in SQUEEZES.values():
            path.write_bytes(squeeze(data))
            with pytest.raises(InputError, match=said):
                bs.read_fasta(path).run(Collect())


def test_columns_that_are_taken_alone(tmp_path):
    path = tmp_path / "x.fa"
    path.write_bytes(GOOD)
    source = FastaSource((path,))
    for columns in ([], ["name"], ["sequence"], ["description"], ["name", "sequence"]):
        projected = source.project(frozenset(columns))
        batches = list(bs.Pipeline(projected).batches())
        assert sum(batch.num_rows for batch in batches) == len(ROWS)
        for batch in batches:
            assert batch.schema.names == columns
    path.write_bytes(b">\xff\nAC\n")
    with pytest.raises(FastaError, match="UTF-8"):
        list(bs.Pipeline(source.project(frozenset())).batches())


def test_mates_as_lanes_are_warned_about(tmp_path):
    for mate in (1, 2):
        records = (b">r%d/%d\nAC\n" % (n, mate) for n in range(3))
        (tmp_path / f"{mate}.fa").write_bytes(b"".join(records))
    with pytest.warns(bs.InputWarning, match="if these are mates"):
        bs.read_fasta([tmp_path / "1.fa", tmp_path / "2.fa"]).run(Collect())


def test_real_genomes_for_every_number_of_threads(shared_data):
    path = shared_data / "genomes" / "phage.fa.gz"
    wanted = list(naive.parse(gzip.decompress(path.read_bytes())))
    assert len(wanted) > 100
    for threads, memory in ((1, 1 << 24), (3, None)):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert rows_of(path, threads=threads, memory=memory) == (wanted, None)
