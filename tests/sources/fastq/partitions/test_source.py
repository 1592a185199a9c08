"""Files in parts: they give the rows of the whole, and of what is wrong they say the same."""

import gzip
import io
import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import biometal_stream as bs
from biometal_stream.codecs.bgzf.writer import END, compress_blocks
from biometal_stream.codecs.gzip.indexed import INDEX
from biometal_stream.errors import (
    BiometalError,
    ConfigurationError,
    FastqError,
    InputError,
    MissingExtraError,
    PairError,
    SinkError,
)
from biometal_stream.interfaces import GoodRows, ParallelSource, PartitionedSource, ProjectedSource
from biometal_stream.run import LocalRun
from biometal_stream.sources.alone import batches_of
from biometal_stream.sources.fastq.partitions.partition import FastqPartition
from biometal_stream.sources.fastq.source import FastqSource
from tests.fuzz.test_structure import texts
from tests.sources import naive
from tests.sources.test_malformed import MALFORMED
from tests.stand_ins import own_threads

Write = Callable[..., str]


@dataclass(frozen=True)
class Told:
    """What reading gave beside rows."""

    warnings: tuple[str, ...]
    counts: dict[str, int]
    bytes_read: int
    bytes_total: int | None


def read(source: FastqSource | FastqPartition, workers: int = 2) -> tuple[pa.Table, Told]:
    with LocalRun(workers) as run, source.open(run) as reads:
        batches = list(batches_of(reads))
        told = Told(run.warnings, run.counts, reads.bytes_read, reads.bytes_total)
    return pa.Table.from_batches(batches, schema=source.schema), told


def read_parts(parts: Sequence[FastqPartition]) -> tuple[pa.Table, Told]:
    """Reads parts that have been pickled, one after another."""
    read_ = [read(part) for part in pickle.loads(pickle.dumps(parts))]
    told = [each for _, each in read_]
    counts: dict[str, int] = {}
    for each in told:
        for what, number in each.counts.items():
            counts[what] = counts.get(what, 0) + number
    return pa.concat_tables([table for table, _ in read_]), Told(
        tuple(warning for each in told for warning in each.warnings),
        counts,
        sum(each.bytes_read for each in told),
        sum(each.bytes_total or 0 for each in told),
    )


def check(source: FastqSource, nbytes: int, *, parts: int | None = None) -> list[FastqPartition]:
    """The parts give what the whole gives."""
    splits = source.partitions(nbytes)
    assert parts is None or len(splits) == parts
    assert read_parts(splits) == read(source)
    return list(splits)


def error_of(sources: Sequence[FastqSource | FastqPartition]) -> str | None:
    """What the first source that cannot be read says."""
    for source in sources:
        try:
            read(source, 1)
        except BiometalError as error:
            return f"{type(error).__name__} {error}"
    return None


def check_error(source: FastqSource, nbytes: int) -> int:
    """The parts say of what is wrong what the whole says."""
    whole = error_of([source])
    try:
        splits = source.partitions(nbytes)
    except InputError as error:  # it is known and no FASTQ: told before anything is cut
        splits, told = (), f"{type(error).__name__} {error}"
    else:
        told = error_of(splits)
    assert told == whole
    return len(splits)


def bgzf(text: bytes, block: int = 1 << 16) -> bytes:
    view = memoryview(text)
    segments = [view[start : start + block] for start in range(0, len(text), block)]
    return b"".join(compress_blocks(segment, 1) for segment in segments) + END


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(data: bytes, name: str = "reads.fq") -> str:
        path = tmp_path / name
        path.write_bytes(data)
        return str(path)

    return write


def record(number: int, length: int = 50, mark: str = "", quality: str = "@+I5") -> bytes:
    bases = ("ACGTTGCA" * length)[number % 5 :][:length]
    return f"@r{number}{mark} x\n{bases}\n+\n{(quality * length)[:length]}\n".encode()


def records(count: int, length: int = 50, mark: str = "", first: int = 0) -> bytes:
    return b"".join(record(number, length, mark) for number in range(first, first + count))


MANY = records(2000)

REAL = (
    "illumina/human_ga2_76bp",
    "illumina/mammoth_adna_truseq_JK2782_R1",
    "mgi/human_rnaseq_dnbseq_R1",
    "ont/sarscov2_ont",
    "pacbio/fungal_its_pacbio",
)


@pytest.mark.parametrize("name", REAL)
def test_real_reads(shared_data: Path, write: Write, name: str) -> None:
    file = shared_data / "reads" / f"{name}.fastq.gz"
    text = gzip.decompress(file.read_bytes())
    for data in (text, bgzf(text)):
        source = FastqSource((write(data),))
        assert len(check(source, len(data) // 7)) >= 6
        assert len(check(source, 1 << 40)) == 1
    whole = read(source)[0]
    splits = source.partitions(len(data) // 7)
    assert sum(split.bytes_total for split in splits) == len(data)
    assert read_parts(splits)[0].equals(whole)
    check(FastqSource((str(file),)), 1000, parts=1)


def test_blocks_of_bgzip(shared_data: Path, tmp_path: Path) -> None:
    """As written by another program, with names in the headers and blocks that end anywhere."""
    file = shared_data / "reads" / "ont" / "ebola_ont.fastq.gz"
    target = tmp_path / "reads.fq.gz"
    try:
        with target.open("wb") as out:
            text = gzip.decompress(file.read_bytes())
            subprocess.run(["bgzip", "-c"], input=text, stdout=out, check=True)
    except FileNotFoundError:
        pytest.skip("there is no bgzip")
    assert len(check(FastqSource((str(target),)), target.stat().st_size // 5)) == 5


@pytest.mark.parametrize(
    "name", ["mgi/human_rnaseq_dnbseq", "illumina/metagenome_226bp", "illumina/human_bcr_phix"]
)
def test_real_mates(shared_data: Path, write: Write, name: str) -> None:
    """Plain with plain, BGZF with BGZF, and one with the other."""
    texts = [
        gzip.decompress((shared_data / "reads" / f"{name}_R{mate}.fastq.gz").read_bytes())
        for mate in (1, 2)
    ]
    plain = [write(text, f"{mate}.fq") for mate, text in enumerate(texts)]
    packed = [write(bgzf(text), f"{mate}.fq.gz") for mate, text in enumerate(texts)]
    lines = [text.split(b"\n")[:-1] for text in texts]
    rows = [
        b"\n".join(each[index : index + 4])
        for index in range(0, len(lines[0]), 4)
        for each in lines
    ]
    both = write(b"\n".join([*rows, b""]), "both.fq")
    whole, _ = read(FastqSource((plain[0],), mate=(plain[1],)))
    for one, two in ((0, 0), (1, 1), (0, 1), (1, 0)):
        source = FastqSource(((plain, packed)[one][0],), mate=((plain, packed)[two][1],))
        size = sum(Path(path).stat().st_size for path in (*source.paths, *source.mate_paths))
        splits = source.partitions(-(-size // 6))
        assert len(splits) == 6
        table, told = read_parts(splits)
        assert table.equals(whole)
        assert told.bytes_read == told.bytes_total == size
    interleaved = FastqSource((both,), interleaved=True)
    splits = interleaved.partitions(Path(both).stat().st_size // 6)
    assert len(splits) >= 6
    assert read_parts(splits)[0].equals(whole)


@settings(max_examples=40)
@given(text=texts, nbytes=st.integers(1, 200), block=st.sampled_from([3, 40, 1000]))
def test_any_text(
    tmp_path_factory: pytest.TempPathFactory, text: bytes, nbytes: int, block: int
) -> None:
    """Good or bad, plain or BGZF: the same rows, or the same error."""
    path = tmp_path_factory.getbasetemp() / "any.fq"
    for data in (text, bgzf(text, block)):
        path.write_bytes(data)
        source = FastqSource((str(path),))
        try:
            wanted = len(naive.parse(text))
        except naive.Bad:
            check_error(source, nbytes)
        else:
            check(source, nbytes)
            assert read(source)[0].num_rows == wanted


@pytest.mark.parametrize("nbytes", [1, 100, 1000, 30_000])
@pytest.mark.parametrize("block", [77, 1000, 65_000])
def test_every_size(write: Write, nbytes: int, block: int) -> None:
    text = records(60, 30) + record(60, 400) + b"@empty\n\n+\n\n" + record(62, 1) * 9
    check(FastqSource((write(text),)), nbytes)
    check(FastqSource((write(bgzf(text, block), "reads.gz"),)), nbytes)


def test_line_ends_marks_and_blank_lines(write: Write) -> None:
    text = b"\xef\xbb\xbf" + MANY.replace(b"\n", b"\r\n") + b"\r\n\n\r\n"
    assert len(check(FastqSource((write(text),)), len(text) // 9)) == 10
    check(FastqSource((write(MANY[:-1]),)), len(text) // 9)


def test_qualities_that_look_like_headers(write: Write) -> None:
    """Each line of a read of one letter could be the start of another, but for its place."""
    text = b"".join(b"@+\nA\n+\n@\n@@\nC\n+\n+\n" for _ in range(200))
    assert len(check(FastqSource((write(text),)), 40)) > 50
    check(FastqSource((write(bgzf(text, 50), "reads.gz"),)), 40)


def test_reads_longer_than_what_is_looked_at(write: Write) -> None:
    text = records(20, 300_000)
    for data in (text, bgzf(text)):
        assert len(check(FastqSource((write(data),)), len(data) // 10)) >= 9


def test_reads_longer_than_the_limit(write: Write) -> None:
    source = FastqSource((write(records(4, 300_000)),), max_record_bytes=1000)
    assert check_error(source, 300_000) <= 2  # it is not looked for the others' ends


def test_interleaved_reads_are_cut_at_mate_1(write: Write) -> None:
    text = b"".join(record(n // 2, 20, f"/{n % 2 + 1}") for n in range(600))
    source = FastqSource((write(text),), interleaved=True)
    for nbytes in (70, 1000, 5000):
        assert len(check(source, nbytes)) > 3
    packed = FastqSource((write(bgzf(text, 500), "reads.gz"),), interleaved=True)
    assert len(check(packed, 500)) > 3


def test_interleaved_reads_of_one_name_are_not_cut(write: Write) -> None:
    source = FastqSource((write(record(1) * 9000),), interleaved=True)
    splits = check(source, 10_000)
    assert len(splits) < 20  # only where the end of the file tells which is mate 1


def test_mates_whose_names_repeat_are_not_cut(write: Write) -> None:
    source = FastqSource(
        (write(record(1) * 3000, "1.fq"),), mate=(write(record(1) * 3000, "2.fq"),)
    )
    check(source, 50_000)


def test_mates_of_other_lengths(write: Write) -> None:
    """The mate is looked for ever farther from the place expected."""
    one = b"".join(record(n, 20 if n < 3000 else 60, "/1") for n in range(6000))
    two = b"".join(record(n, 60 if n < 3000 else 20, "/2") for n in range(6000))
    for first, second in ((one, two), (bgzf(one), bgzf(two)), (bgzf(one), two)):
        source = FastqSource((write(first, "1.fq"),), mate=(write(second, "2.fq"),))
        assert len(check(source, (len(first) + len(second)) // 8)) >= 7


def test_numbers_behind_a_dot_are_no_marks_of_mates(write: Write) -> None:
    """SRR1.1 and SRR1.2 could be mates by their names, and are two reads."""
    text = b"".join(b"@SRR1.%d %d\nACGT\n+\nIIII\n" % (n, n) for n in range(1, 900))
    source = FastqSource((write(text, "1.fq"),), mate=(write(text, "2.fq"),))
    assert len(check(source, 8000)) > 3
    twice = b"".join(b"@SRR1.%d\nACGT\n+\nIIII\n" % (n // 2) for n in range(2, 900))
    assert len(check(FastqSource((write(twice),), interleaved=True), 3000)) > 3


names = st.sampled_from(["r", "a", "a.1", "a.2", "b/1", "c_2"]) | st.integers(0, 40).map(str)
mates = st.lists(
    st.tuples(names, st.integers(0, 4), st.integers(0, 4), st.booleans()), min_size=1, max_size=40
)


@given(pairs=mates, nbytes=st.integers(1, 400), block=st.sampled_from([20, 200]))
def test_any_names(
    tmp_path_factory: pytest.TempPathFactory,
    pairs: list[tuple[str, int, int, bool]],
    nbytes: int,
    block: int,
) -> None:
    """Names that repeat and look like marks of mates: the same rows, or a word that they repeat."""
    folder = tmp_path_factory.getbasetemp()
    ones, twos = (
        [
            f"@{each[0]}{f'/{mate}' * each[3]}\n{'A' * each[mate]}\n+\n{'@' * each[mate]}\n"
            for each in pairs
        ]
        for mate in (1, 2)
    )
    both = "".join(record for pair in zip(ones, twos, strict=True) for record in pair)
    paths = [str(folder / name) for name in ("both.fq", "1.fq", "2.fq")]
    for path, text in zip(paths, (both, "".join(ones), "".join(twos)), strict=True):
        Path(path).write_text(text)
    Path(paths[2]).write_bytes(bgzf("".join(twos).encode(), block))
    for source in (
        FastqSource((paths[0],), interleaved=True),
        FastqSource((paths[1],), mate=(paths[2],)),
    ):
        if error_of([source]) is not None:  # two reads are marked as the same mate
            check_error(source, nbytes)
            continue
        splits = source.partitions(nbytes)
        try:
            table, _ = read_parts(splits)
        except InputError as error:
            assert "names of reads repeat" in str(error)  # noqa: PT017 - it may be raised
            assert not source.interleaved
            assert len({each[0] for each in pairs}) < len(pairs)
        else:
            assert table.equals(read(source)[0])


def test_lanes_and_relative_paths(
    write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers have another folder, and messages call a file as the user did."""
    for name, text in (("1.fq", MANY), ("2.fq", b""), ("3.fq.gz", gzip.compress(MANY))):
        write(text, name)
    write(MANY + b"junk\n", "4.fq")
    monkeypatch.chdir(tmp_path)
    source = FastqSource(("1.fq", "2.fq", "3.fq.gz"), sample="S1")
    splits = source.partitions(50_000)
    bad = FastqSource(("4.fq",)).partitions(50_000)
    whole = read(source)
    monkeypatch.chdir("/")
    assert read_parts(splits) == whole
    with pytest.raises(FastqError, match=r"^4\.fq: record 2001, line 8001, byte"):
        read_parts(bad)


def test_an_empty_file_is_one_part_without_rows(write: Write) -> None:
    (split,) = check(FastqSource((write(b""),)), 10)
    assert split.whole
    check(FastqSource((write(END, "reads.gz"),)), 10, parts=1)


def test_the_protocols(write: Write) -> None:
    source = FastqSource((write(MANY),))
    assert isinstance(source, PartitionedSource)
    split = source.partitions(50_000)[1]
    assert isinstance(split, ParallelSource)
    assert isinstance(split, ProjectedSource)
    assert split == pickle.loads(pickle.dumps(split))
    assert hash(split) == hash(pickle.loads(pickle.dumps(split)))
    narrow = split.project(frozenset({"sequence"}))
    assert read(narrow)[0].equals(read(split)[0].select(["sequence"]))
    assert pa.Table.from_batches(split.batches()).equals(read(split)[0])


def test_what_cannot_be_divided(write: Write, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path, words in (
        ("-", "standard input cannot be read in parts; write it to a file first"),
        (io.BytesIO(MANY), "a file object cannot be read in parts"),
        (pipe, "cannot be read in parts, for it is no file; write it to a file first"),
    ):
        with pytest.raises(ConfigurationError, match=words):
            FastqSource((path,)).partitions(1000)
    for path, words in ((tmp_path / "none", "No such file"), (tmp_path, "is a folder")):
        with pytest.raises(InputError, match=words):
            FastqSource((path,)).partitions(1000)
    with pytest.raises(ConfigurationError, match="at least 1 byte"):
        FastqSource((write(MANY),)).partitions(0)
    with pytest.raises(InputError, match="BAM"):
        FastqSource((write(b"BAM\x01" + MANY),)).partitions(1000)


def specimens() -> list[str]:
    """Some of each folder of bad input."""
    files = sorted(path for path in MALFORMED.glob("*/*") if path.is_file())
    return [str(path.relative_to(MALFORMED)) for path in files[::9]]


@pytest.mark.parametrize("name", specimens())
def test_bad_input_says_the_same_in_parts(shared_data: Path, name: str) -> None:
    path = shared_data / "malformed" / name
    source = FastqSource((str(path),))
    nbytes = max(40, path.stat().st_size // 3)
    try:
        told = error_of(source.partitions(nbytes))
    except InputError as error:  # told before anything is cut
        told = f"{type(error).__name__} {error}"
    assert told == error_of([source])


@pytest.mark.parametrize(
    "fault",
    [
        b"@a\nAC.T\n+\nIIII\n",
        b"@a\nACGT\nACGT\n+\nIIII\nIIII\n",
        b"@a\nACGT\n+\nIII\n",
        b"\n\n\n\n",
        b"@a\n\n+\n",  # the quality line that only the end of a file may lack
        b"@a\nACGT\n+b\nIIII\n",
        b"ACGT\n",
        b"@a\xe9\nACGT\n+\nIIII\n",
    ],
)
def test_a_fault_between_parts(write: Write, fault: bytes) -> None:
    """The numbers of the record, the line and the byte are those of the file."""
    head, tail = records(700), records(700, first=700)
    for data in (head + fault + tail, bgzf(head, 5000)[: -len(END)] + bgzf(fault + tail, 5000)):
        source = FastqSource((write(data),))
        at = len(head) if data.startswith(b"@") else len(bgzf(head, 5000))
        for nbytes in (at // 3, at // 2, at):
            assert check_error(source, nbytes) > 1
    with pytest.raises(FastqError, match=r"record 70[0-2], line 280\d, byte"):
        read(source)


def test_each_place_of_a_fault(write: Write) -> None:
    """A cut before, in and behind a record that is cut short: never skipped, always told."""
    for stop in range(1, len(record(7)), 5):
        text = records(8) + record(8)[:stop] + records(8, first=9)
        for nbytes in (len(text) // 3, len(text) // 2):
            check_error(FastqSource((write(text),)), nbytes)


def test_a_run_of_a_part(write: Write) -> None:
    """In a pipeline, with threads: rows, or the whole's error, and every thread at its end."""
    source = FastqSource((write(MANY + b"@bad\nACGT\n+\nIII\n" + MANY),))
    splits = source.partitions(20_000)
    tables = [bs.Pipeline(split, threads=2).stream().read_all() for split in splits[:3]]
    assert pa.concat_tables(tables).equals(read_parts(splits[:3])[0])
    before = own_threads()
    for split in splits:
        pipeline = bs.Pipeline(split, threads=2) | bs.MinLength(1) | bs.Select(("name",))
        try:
            pipeline.stream().read_all()
        except FastqError as error:
            told = str(error)
            break
    assert told == str(_raised(source))
    assert "record 2001, line 8004, byte" in told
    assert own_threads() == before


def test_a_run_that_is_over_looks_for_no_cause(write: Write) -> None:
    splits = FastqSource((write(MANY + b"@bad\nACGT\n+\nIII\n"),)).partitions(20_000)
    with LocalRun(1) as run, splits[-1].open(run) as reads:
        chunk = next(reads.chunks())
        reads.interrupt()
        with pytest.raises(GoodRows) as good:
            reads.parse(chunk)
    raised = good.value.error
    assert isinstance(raised, FastqError)
    assert "must have as many characters" in str(raised)
    assert "record 2001," not in str(raised)


def test_mates_that_are_strangers(write: Write) -> None:
    one = records(900, mark="/1")
    cases = {
        "swapped": records(500, mark="/2") + record(501, mark="/2") + record(500, mark="/2"),
        "lost": records(450, mark="/2") + records(449, mark="/2", first=451),
        "short": records(890, mark="/2"),
        "long": records(910, mark="/2"),
    }
    for two in cases.values():
        source = FastqSource((write(one, "1.fq"),), mate=(write(two, "2.fq"),))
        for nbytes in (20_000, 60_000):
            check_error(source, nbytes)
        assert isinstance(_raised(source), PairError)


def _raised(source: FastqSource) -> BiometalError:
    with pytest.raises(BiometalError) as raised:
        read(source)
    return raised.value


def test_a_cut_at_strangers_is_told_as_such(write: Write) -> None:
    """As names that repeat could have it: the files are good, and the parts cannot be read."""
    names = [write(record(1) * 50, "1.fq"), write(record(1) * 50, "2.fq")]
    (whole,) = FastqSource((names[0],), mate=(names[1],)).partitions(1 << 20)
    size = len(record(1))
    source = FastqSource((write(MANY, "3.fq"),)).partitions(50_000)[0]
    stop = source.ranges[0].stop
    assert stop is not None
    ranges = tuple(
        replace(part, codec="plain", stop=replace(stop, byte=size * count))
        for part, count in zip(whole.ranges, (20, 21), strict=True)
    )
    with pytest.raises(InputError, match=r"1\.fq and .*2\.fq: cannot be read in parts, for names"):
        read(replace(whole, ranges=ranges, encoding="phred33"))


def test_compressed_input_is_judged_as_a_whole(write: Write) -> None:
    data = bgzf(MANY, 9000)
    middle = len(data) // 2
    damaged = bytearray(data)
    damaged[middle] ^= 0x55
    cases = (
        data[:middle],
        data + b"junk",
        bytes(damaged),
        data[: -len(END)] + data[: middle // 2],
        data[: -len(END)] + gzip.compress(MANY)[:-3],
    )
    for bad in cases:
        source = FastqSource((write(bad, "reads.gz"),))
        assert check_error(source, len(bad) // 5) > 1
        assert error_of([source]) is not None


def test_bgzf_that_was_put_together(write: Write) -> None:
    data = bgzf(MANY, 9000)
    for whole in (
        data + data,
        data + bytes(10) + data,
        data + gzip.compress(MANY) + data,
        data[: -len(END)],  # with a warning, once
    ):
        check(FastqSource((write(whole, "reads.gz"),)), len(whole) // 7)


def test_a_file_that_has_changed(write: Write) -> None:
    for data in (MANY, bgzf(MANY, 9000)):
        path = write(data)
        splits = FastqSource((path,)).partitions(len(data) // 4)
        for changed in (data[:-5], data + b"\n", data[: len(data) // 3]):
            write(changed)
            for split in splits:
                with pytest.raises(InputError, match="has changed since it was divided"):
                    read(split)
        write(b"\0" * len(data))
        assert error_of(splits) is not None
        Path(path).unlink()
        with pytest.raises(InputError, match="No such file"):
            read(splits[0])


def test_the_encoding_is_that_of_the_whole(write: Write) -> None:
    """Decided once for each file, and told once, also where a part looks otherwise."""
    old = b"".join(record(n, quality="hgfB") for n in range(300))
    high = b"".join(record(n, quality="hh") for n in range(3000))
    new = b"".join(record(n, quality="#I") for n in range(3000))
    for choice in ("auto", "phred33"):
        for text in (old, high + new, new + high, high):
            paths = (write(text, "1.fq"), write(MANY, "2.fq"))
            source = FastqSource(paths, quality_encoding=choice)
            if error_of([source]) is None:
                check(source, 20_000)
            else:  # what looks like Phred+64 at first is not
                check_error(source, 20_000)
    source = FastqSource((write(old),), quality_encoding="auto")
    assert read_parts(source.partitions(5000))[1].counts == {"files translated from phred64": 1}
    mixed = FastqSource(
        (write(old, "1.fq"),), mate=(write(records(300), "2.fq"),), quality_encoding="auto"
    )
    check(mixed, 10_000)
    for choice in ("phred64", "solexa"):
        check(FastqSource((write(old),), quality_encoding=choice), 5000)


def test_bad_records_that_are_left_out(write: Write, tmp_path: Path) -> None:
    """One part a file; each has a quarantine of its own, and together they are the whole's."""
    lanes = [records(2000, first=first) for first in (0, 9000)]
    paths = tuple(write(text + b"junk\n" + text, f"{n}.fq") for n, text in enumerate(lanes))
    source = FastqSource(paths, on_bad_record="skip")
    assert len(check(source, 10_000)) == 2
    source = FastqSource(paths, on_bad_record="quarantine", quarantine=tmp_path / "bad.fq")
    whole = read(source)
    splits = [
        split.with_quarantine(tmp_path / f"bad-{index}.fq")
        for index, split in enumerate(source.partitions(10_000))
    ]
    assert read_parts(splits) == whole
    both = b"".join((tmp_path / f"bad-{index}.fq").read_bytes() for index in range(2))
    assert both == (tmp_path / "bad.fq").read_bytes()
    with pytest.raises(ConfigurationError, match="cannot write one quarantine; skip bad records"):
        read(source.partitions(10_000)[1])
    with pytest.raises(ConfigurationError, match="quarantine"):
        FastqSource(paths).partitions(1 << 40)[0].with_quarantine("x")
    with pytest.raises(SinkError, match="is an input; the quarantine must be another file"):
        read(splits[0].with_quarantine(paths[0]))


def index(path: str) -> None:
    """Makes an index as a user does."""
    command = Path(sys.executable).with_name("rapidgzip")
    if not command.exists():
        pytest.skip("there is no rapidgzip")
    subprocess.run(
        [command, "-q", "--export-index", path + INDEX, "--count", path],
        check=True,
        capture_output=True,
    )


@pytest.fixture
def large() -> bytes:
    """More than is inflated at a time."""
    return b"".join(record(n, 100 + n % 50, quality=f"{n * 7919:x}") for n in range(60_000))


def test_gzip_with_an_index(write: Write, large: bytes) -> None:
    path = write(gzip.compress(large, 1), "reads.fq.gz")
    source = FastqSource((path,))
    size = Path(path).stat().st_size
    check(source, size // 4, parts=1)
    index(path)
    assert len(check(source, size // 4)) > 2
    assert len(FastqSource((path,), on_bad_record="skip").partitions(size // 4)) == 1


def test_mates_in_gzip_with_an_index(write: Write, large: bytes) -> None:
    """Cut at the same records, by their number: names may repeat."""
    same = large.replace(b"@r", b"@r x")
    mates = (same, same.replace(b"ACGT", b"TGCA"))
    paths = [write(gzip.compress(text, 1), f"{n}.fq.gz") for n, text in enumerate(mates)]
    source = FastqSource((paths[0],), mate=(paths[1],))
    size = sum(Path(path).stat().st_size for path in paths)
    index(paths[0])
    check(source, size // 4, parts=1)
    index(paths[1])
    assert len(check(source, size // 4)) > 2
    assert len(check(FastqSource((paths[0],), interleaved=True), size // 8)) > 2


def test_gzip_of_several_members_with_an_index(write: Write, large: bytes) -> None:
    half = len(large) // 2
    data = gzip.compress(large[:half], 1) + gzip.compress(large[half:], 1) + bytes(20)
    path = write(data[:-20], "reads.fq.gz")
    index(path)
    assert len(check(FastqSource((path,)), len(data) // 4)) > 2


def test_bad_gzip_with_an_index(write: Write, large: bytes) -> None:
    """It is found out when the file is divided, and said where it is read."""
    data = gzip.compress(large, 1)
    path = write(data, "reads.fq.gz")
    index(path)
    source = FastqSource((path,))
    splits = source.partitions(len(data) // 4)
    damaged = bytearray(data)
    damaged[-7] ^= 1  # the check sum, which no part reads
    write(bytes(damaged), "reads.fq.gz")
    assert check_error(source, len(data) // 4) == 1
    assert "checksum mismatch" in str(_raised(source))
    write(data, "reads.fq.gz")
    other = replace(splits[1].ranges[0], crc=1)
    with pytest.raises(
        InputError, match=r"in parts \(.*with the index .*\.gzidx \(its text is not"
    ):
        read(replace(splits[1], ranges=(other,)))


def test_without_rapidgzip_an_index_is_of_no_use(
    write: Write, large: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(gzip.compress(large, 1), "reads.fq.gz")
    index(path)
    splits = FastqSource((path,)).partitions(200_000)
    assert len(splits) > 1
    monkeypatch.setitem(sys.modules, "rapidgzip", None)
    with pytest.raises(MissingExtraError, match=r"biometal-stream\[rapidgzip\]"):
        read(splits[0])
    monkeypatch.setattr("biometal_stream.codecs.gzip.indexed.find_spec", lambda _: None)
    assert len(FastqSource((path,)).partitions(200_000)) == 1


def test_the_index_of_another_file(write: Write, large: bytes) -> None:
    path = write(gzip.compress(large, 1), "reads.fq.gz")
    other = write(gzip.compress(MANY, 1), "other.fq.gz")
    index(other)
    Path(other + INDEX).rename(path + INDEX)
    with pytest.raises(InputError, match=r"is no index of .* make it again with 'rapidgzip"):
        FastqSource((path,)).partitions(100_000)
